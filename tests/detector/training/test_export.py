"""What is exported scores as what was trained: ONNX trunk, numpy head, and the pooling between them."""

from pathlib import Path

import numpy as np
import pytest
import torch

from earwitness.detector.calibrate import Calibration
from earwitness.detector.model import Card, SpectrogramDetector
from earwitness.detector.pooling import pooled_statistics
from earwitness.detector.training.export import export, load_network, main
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


def detector_of(path: Path) -> SpectrogramDetector:
    card = Card("spectro", "1", "0" * 64, 38, 6, OPEN, OPEN, {})
    return SpectrogramDetector(card, path.read_bytes(), threads=1)


def score_of(detector: SpectrogramDetector, features: np.ndarray, weight: np.ndarray) -> float:
    """Raw score of the whole clip as one window, by the code of the runtime."""
    vectors, attention = detector.frames(features)
    pooled = pooled_statistics(vectors, attention, weight, np.array([0]), len(vectors))
    return float(detector.scores(pooled)[0])


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("run") / "best.pt"
    torch.save({"average": trained().state_dict(), "step": 1, "eer": 0.5}, path)
    return path


@pytest.fixture(scope="module")
def exported(checkpoint: Path) -> Path:
    target = checkpoint.with_name("spectro.onnx")
    assert main([str(checkpoint), str(target)]) == 0
    return target


@pytest.mark.parametrize("frames", [96, 177, 240, 400])
def test_the_runtime_scores_as_the_network_does(exported: Path, checkpoint: Path, frames: int) -> None:
    net, detector = load_network(checkpoint), detector_of(exported)
    features = 0.8 * np.random.default_rng(frames).standard_normal((256, frames)).astype(np.float32)
    with torch.no_grad():
        batch = torch.from_numpy(features[None])
        plain = float(net(batch))
        vectors = net.trunk(batch)
        weight = torch.linspace(0, 1, vectors.shape[1])
        weighted = float(net.score(vectors, weight[None]))
    assert detector.frames(features)[0] == pytest.approx(vectors[0].numpy(), abs=1e-3)
    assert score_of(detector, features, np.ones(vectors.shape[1], np.float32)) == pytest.approx(
        plain, abs=1e-3
    )
    assert score_of(detector, features, weight.numpy()) == pytest.approx(weighted, abs=1e-3)
    assert plain != pytest.approx(weighted, abs=1e-6)


def test_checkpoints_are_loaded_for_use(checkpoint: Path) -> None:
    net = load_network(checkpoint)
    assert not net.training
    assert torch.equal(net.head[0].weight, trained().head[0].weight)


def test_other_sizes_are_exported_too(tmp_path: Path) -> None:
    net = trained(NetConfig(widths=(4, 4, 8, 8), stem=4, frame_dim=6))
    export(net, tmp_path / "small.onnx")
    detector = detector_of(tmp_path / "small.onnx")
    assert detector.vector_size == 6
    features = np.random.default_rng(0).standard_normal((256, 120)).astype(np.float32)
    with torch.no_grad():
        vectors = net.trunk(torch.from_numpy(features[None]))[0].numpy()
        expected = float(net(torch.from_numpy(features[None])))
    assert not net.training, "exporting leaves a network as it was"
    assert detector.frames(features)[0] == pytest.approx(vectors, abs=1e-3)
    assert score_of(detector, features, np.ones(15, np.float32)) == pytest.approx(expected, abs=1e-3)
