"""What is exported scores as what was trained: ONNX trunk, numpy head, and the pooling between them."""

from pathlib import Path

import numpy as np
import pytest
import torch

from earwitness.detector.calibrate import Calibration
from earwitness.detector.card import Card
from earwitness.detector.frontend import HOP, N_FFT, VIEWS
from earwitness.detector.model import SpectrogramDetector
from earwitness.detector.pooling import pooled_statistics
from earwitness.detector.training.export import export, load_network, main, view_of
from earwitness.detector.training.network import NetConfig, SpectrogramNet

OPEN = Calibration(1.0, 0.0, 1e9)


def trained(config: NetConfig | None = None) -> SpectrogramNet:
    """A network with weights of a trained one's size, batch statistics included."""
    torch.manual_seed(1)
    net = SpectrogramNet(config)
    with torch.no_grad():
        for name, buffer in net.named_buffers():
            if name.endswith("running_mean"):
                buffer.normal_(0, 0.3)
            if name.endswith("running_var"):
                buffer.uniform_(0.5, 2.0)
    return net.eval()


def tiny(view: str = "features") -> NetConfig:
    return NetConfig(widths=(4, 4, 8, 8), stem=4, frame_dim=6, view=view)


def detector_of(path: Path) -> SpectrogramDetector:
    card = Card("spectro", "1", "0" * 64, 38, 6, OPEN, OPEN, {})
    return SpectrogramDetector(card, path.read_bytes(), threads=1)


def sound(seed: int, frames: int = 120) -> np.ndarray:
    """Samples that make so many spectrogram frames."""
    return np.random.default_rng(seed).normal(0, 0.1, N_FFT + (frames - 1) * HOP).astype(np.float32)


def score_of(detector: SpectrogramDetector, samples: np.ndarray, weight: np.ndarray) -> float:
    """Raw score of the whole clip as one window, by the code of the runtime."""
    vectors, attention = detector.frames(samples)
    pooled = pooled_statistics(vectors, attention, weight, np.array([0]), len(vectors))
    return float(detector.scores(pooled)[0])


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("run") / "best.pt"
    torch.save({"average": trained().state_dict(), "view": "features", "step": 1, "eer": 0.5}, path)
    return path


@pytest.fixture(scope="module")
def exported(checkpoint: Path) -> Path:
    target = checkpoint.with_name("spectro.onnx")
    assert main([str(target), str(checkpoint)]) == 0
    return target


@pytest.mark.parametrize("frames", [96, 177, 240, 400])
def test_the_runtime_scores_as_the_network_does(exported: Path, checkpoint: Path, frames: int) -> None:
    net, detector = load_network(checkpoint), detector_of(exported)
    samples = sound(frames, frames)
    with torch.no_grad():
        batch = torch.from_numpy(VIEWS["features"](samples)[None])
        plain = float(net(batch))
        vectors = net.trunk(batch)
        weight = torch.linspace(0, 1, vectors.shape[1])
        weighted = float(net.score(vectors, weight[None]))
    assert detector.frames(samples)[0][:, 0] == pytest.approx(vectors[0].numpy(), abs=1e-3)
    ones = np.ones(vectors.shape[1], np.float32)
    assert score_of(detector, samples, ones) == pytest.approx(plain, abs=1e-3)
    assert score_of(detector, samples, weight.numpy()) == pytest.approx(weighted, abs=1e-3)
    assert plain != pytest.approx(weighted, abs=1e-6)


def test_checkpoints_are_loaded_for_use(checkpoint: Path) -> None:
    net = load_network(checkpoint)
    assert not net.training
    assert torch.equal(net.head[0].weight, trained().head[0].weight)


def test_other_sizes_are_exported_too(tmp_path: Path) -> None:
    net = trained(tiny())
    export([net], tmp_path / "small.onnx")
    detector = detector_of(tmp_path / "small.onnx")
    assert detector.vector_shape == (1, 6)
    with torch.no_grad():
        features = torch.from_numpy(VIEWS["features"](sound(0))[None])
        vectors, expected = net.trunk(features)[0].numpy(), float(net(features))
    assert not net.training, "exporting leaves a network as it was"
    assert detector.frames(sound(0))[0][:, 0] == pytest.approx(vectors, abs=1e-3)
    assert score_of(detector, sound(0), np.ones(15, np.float32)) == pytest.approx(expected, abs=1e-3)


def test_several_networks_in_one_file_give_the_mean_of_their_scores(tmp_path: Path) -> None:
    nets = [trained(tiny(view)) for view in VIEWS]
    with torch.no_grad():
        nets[2].head[3].bias += 3.0
    export(nets, tmp_path / "all.onnx")
    detector = detector_of(tmp_path / "all.onnx")
    assert detector.vector_shape == (4, 6)
    for frames in (15, 120, 177):
        x = sound(frames, frames)
        views = {name: view(x) for name, view in VIEWS.items()}
        with torch.no_grad():
            each = [float(net(torch.from_numpy(views[view_of(net)][None]))) for net in nets]
        steps = len(detector.frames(x)[0])
        assert score_of(detector, x, np.ones(steps, np.float32)) == pytest.approx(np.mean(each), abs=1e-3)


def test_a_checkpoint_knows_its_view(tmp_path: Path) -> None:
    net = trained(NetConfig(view="wideband"))
    torch.save({"average": net.state_dict(), "view": "wideband"}, tmp_path / "wide.pt")
    assert view_of(load_network(tmp_path / "wide.pt")) == "wideband"


@pytest.mark.parametrize("frames", [15, 120])
def test_steps_of_several_networks_are_the_mean_of_theirs(tmp_path: Path, frames: int) -> None:
    """Of those that learnt such scores; the others count nothing."""
    nets = [trained(tiny(view)) for view in ("features", "full")]
    other = trained(tiny("phases"))
    other.learnt_steps = False
    with torch.no_grad():
        nets[1].local.bias += 2.0
    x = sound(frames, frames)
    with torch.no_grad():
        views = [torch.from_numpy(VIEWS[view_of(net)](x)[None]) for net in nets]
        each = [net.steps(net.trunk(view))[0].numpy() for net, view in zip(nets, views, strict=True)]
    for members, expected in ((nets, np.mean(each, axis=0)), ([nets[0], other], each[0])):
        export(members, tmp_path / "steps.onnx")
        detector = detector_of(tmp_path / "steps.onnx")
        assert detector.steps(detector.frames(x)[0]) == pytest.approx(expected, abs=1e-3)


def test_a_network_that_never_learnt_steps_has_none(tmp_path: Path) -> None:
    weights = {k: v for k, v in trained().state_dict().items() if not k.startswith("local.")}
    torch.save({"average": weights, "view": "features"}, tmp_path / "old.pt")
    export([load_network(tmp_path / "old.pt")], tmp_path / "old.onnx")
    detector = detector_of(tmp_path / "old.onnx")
    assert detector.steps(detector.frames(sound(0))[0]) is None
