"""A shipped model comes back as networks that say what it says, also while they learn."""

from __future__ import annotations

import json
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
    nets = [learnt(view, sounds) for view in ("phases", "features", "full")]
    nets[1].learnt_steps = False
    target = tmp_path_factory.mktemp("shipped") / "three.onnx"
    export(nets, target)
    return target, nets


@pytest.fixture(scope="module")
def again(shipped: tuple[Path, list[SpectrogramNet]], sounds: list[Float32]) -> list[SpectrogramNet]:
    return restored(shipped[0], sounds)


def test_scores_are_what_they_were(
    shipped: tuple[Path, list[SpectrogramNet]], again: list[SpectrogramNet], sounds: list[Float32]
) -> None:
    _, nets = shipped
    assert [net.config.view for net in again] == ["phases", "features", "full"]
    assert [net.learnt_steps for net in again] == [True, False, True]
    for old, new in zip(nets, again, strict=True):
        x = torch.from_numpy(VIEWS[old.config.view](sounds[2])[None])
        with torch.no_grad():
            assert torch.allclose(old.trunk(x), new.trunk(x), atol=1e-4)
            assert float(new(x)) == pytest.approx(float(old(x)), abs=1e-4)
            if old.learnt_steps:
                assert torch.allclose(new.steps(new.trunk(x)), old.steps(old.trunk(x)), atol=1e-4)


def test_a_model_without_scores_of_steps_comes_back_without(
    shipped: tuple[Path, list[SpectrogramNet]], sounds: list[Float32], tmp_path: Path
) -> None:
    """As editions before the fourth shipped."""
    model = onnx.load(str(shipped[0]))
    kept = [entry for entry in model.metadata_props if entry.key != "local"]
    del model.metadata_props[:]
    model.metadata_props.extend(kept)
    onnx.save(model, str(tmp_path / "old.onnx"))
    found = restored(tmp_path / "old.onnx", sounds[:1])
    assert [net.learnt_steps for net in found] == [False] * 3
    x = torch.from_numpy(VIEWS["full"](sounds[2])[None])
    with torch.no_grad():
        assert float(found[2](x)) == pytest.approx(float(shipped[1][2](x)), abs=1e-4)


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
        assert net.learnt_steps == old.learnt_steps


def test_what_was_exported_comes_back_as_the_same_file(
    shipped: tuple[Path, list[SpectrogramNet]], again: list[SpectrogramNet], tmp_path: Path
) -> None:
    """Heads and scores of steps as they were, to the last digit that is kept."""
    export(again, tmp_path / "again.onnx")
    one, other = (
        {entry.key: entry.value for entry in onnx.load(str(path)).metadata_props}
        for path in (shipped[0], tmp_path / "again.onnx")
    )
    assert set(one) == {"w1", "b1", "w2", "b2", "local", "views"}
    for key in one.keys() - {"views"}:
        assert np.allclose(np.array(json.loads(one[key])), np.array(json.loads(other[key])), atol=2e-7), key
    assert one["views"] == other["views"]


def test_other_graphs_are_refused(tmp_path: Path, sounds: list[Float32]) -> None:
    nothing = onnx.helper.make_model(onnx.helper.make_graph([], "none", [], []))
    onnx.save(nothing, str(tmp_path / "none.onnx"))
    with pytest.raises(ModelError, match="no model of ours"):
        restored(tmp_path / "none.onnx", sounds)
