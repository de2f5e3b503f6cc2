"""A shipped model comes back as networks that say what it says, also while they learn."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
import pytest
import soundfile
import torch

from earwitness.detector.frontend import VIEWS
from earwitness.detector.training.export import export, load_network
from earwitness.detector.training.network import NetConfig, SpectrogramNet
from earwitness.detector.training.restore import main, restored
from earwitness.errors import ModelError

Float32 = npt.NDArray[np.float32]


def learnt(view: str, sounds: list[Float32]) -> SpectrogramNet:
    """A network whose norms have seen something, so that folding them matters."""
    torch.manual_seed(len(view))
    net = SpectrogramNet(NetConfig(view=view)).train()
    with torch.no_grad():
        for sound in sounds:
            net(torch.from_numpy(np.stack([VIEWS[view](sound)] * 2)))
        for layer in net.modules():
            if isinstance(layer, torch.nn.BatchNorm2d):
                layer.weight.uniform_(0.5, 1.5)
                layer.bias.uniform_(-0.3, 0.3)
    return net.eval()


@pytest.fixture(scope="module")
def sounds(speech: Float32) -> list[Float32]:
    return [np.roll(speech, 7_000 * k)[:24_000].copy() for k in range(4)]


@pytest.fixture(scope="module")
def shipped(
    tmp_path_factory: pytest.TempPathFactory, sounds: list[Float32]
) -> tuple[Path, list[SpectrogramNet]]:
    nets = [learnt(view, sounds) for view in ("phases", "features")]
    target = tmp_path_factory.mktemp("shipped") / "two.onnx"
    export(nets, target)
    return target, nets


def test_scores_are_what_they_were(shipped: tuple[Path, list[SpectrogramNet]], sounds: list[Float32]) -> None:
    target, nets = shipped
    again = restored(target, sounds)
    assert [net.config.view for net in again] == ["phases", "features"]
    for old, new in zip(nets, again, strict=True):
        x = torch.from_numpy(VIEWS[old.config.view](sounds[2])[None])
        with torch.no_grad():
            assert torch.allclose(old.trunk(x), new.trunk(x), atol=1e-4)
            assert float(new(x)) == pytest.approx(float(old(x)), abs=1e-4)


def test_norms_normalise_again_while_learning(
    shipped: tuple[Path, list[SpectrogramNet]], sounds: list[Float32]
) -> None:
    """In training mode a norm uses the batch: on the recordings it was measured on, nothing changes much."""
    target, _ = shipped
    net = restored(target, sounds)[1]
    batch = torch.from_numpy(np.stack([VIEWS["features"](sound) for sound in sounds]))
    with torch.no_grad():
        settled = net.trunk(batch)
        moving = net.train().trunk(batch)
    assert torch.allclose(settled, moving, atol=0.05 * float(settled.abs().max()))


def test_the_command_writes_a_checkpoint_a_member(
    shipped: tuple[Path, list[SpectrogramNet]], sounds: list[Float32], tmp_path: Path
) -> None:
    rows = ["path\trole"]
    for k, sound in enumerate(sounds):
        soundfile.write(tmp_path / f"{k}.flac", sound, 16_000)
        rows.append(f"{k}.flac\t{'train' if k else 'dev'}")
    (tmp_path / "real.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    assert main([str(shipped[0]), str(tmp_path / "real.tsv"), str(tmp_path / "out")]) == 0
    for old in shipped[1]:
        net = load_network(tmp_path / "out" / f"{old.config.view}.pt")
        x = torch.from_numpy(VIEWS[old.config.view](sounds[1])[None])
        with torch.no_grad():
            assert float(net(x)) == pytest.approx(float(old(x)), abs=1e-4)


def test_other_graphs_are_refused(tmp_path: Path, sounds: list[Float32]) -> None:
    nothing = onnx.helper.make_model(onnx.helper.make_graph([], "none", [], []))
    onnx.save(nothing, str(tmp_path / "none.onnx"))
    with pytest.raises(ModelError, match="no model of ours"):
        restored(tmp_path / "none.onnx", sounds)
