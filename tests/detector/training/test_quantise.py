"""In 8 bits a model says what it said, nearly, is a third as large, keeps its heads, and can be restored."""

import csv
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
import pytest
import soundfile
import torch

from earwitness.detector.calibrate import Calibration
from earwitness.detector.card import Card
from earwitness.detector.frontend import VIEWS
from earwitness.detector.model import SpectrogramDetector
from earwitness.detector.training.export import export
from earwitness.detector.training.network import NetConfig, SpectrogramNet
from earwitness.detector.training.quantise import main, quantise, some_sounds
from earwitness.detector.training.restore import restored

Float32 = npt.NDArray[np.float32]
OPEN = Calibration(1.0, 0.0, 1e9)
VIEW_NAMES = ("wideband", "full")


@pytest.fixture(scope="module")
def sounds(speech: Float32) -> list[Float32]:
    return [np.roll(speech, 7_000 * k)[:24_000].copy() for k in range(4)]


@pytest.fixture(scope="module")
def nets(sounds: list[Float32]) -> list[SpectrogramNet]:
    found = []
    for view in VIEW_NAMES:
        torch.manual_seed(len(view))
        net = SpectrogramNet(NetConfig(view=view)).train()
        with torch.no_grad():
            for sound in sounds * 4:
                net(torch.from_numpy(np.stack([VIEWS[view](sound)] * 2)))
        found.append(net.eval())
    return found


@pytest.fixture(scope="module")
def plain(nets: list[SpectrogramNet], tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("model") / "plain.onnx"
    export(nets, target)
    return target


@pytest.fixture(scope="module")
def small(plain: Path, sounds: list[Float32]) -> Path:
    target = plain.with_name("small.onnx")
    quantise(plain, target, sounds)
    return target


def detector_of(path: Path) -> SpectrogramDetector:
    return SpectrogramDetector(Card("spectro", "1", "0" * 64, 38, 6, OPEN, OPEN, {}), path.read_bytes(), 1)


def test_vectors_are_nearly_what_they_were(plain: Path, small: Path, sounds: list[Float32]) -> None:
    exact, rough = (detector_of(path).frames(sounds[1]) for path in (plain, small))
    for one, other in zip(exact, rough, strict=True):
        assert np.corrcoef(one.ravel(), other.ravel())[0, 1] > 0.98
    assert not np.array_equal(exact[0], rough[0])


def test_the_file_is_less_than_half_as_large_and_keeps_what_goes_with_it(plain: Path, small: Path) -> None:
    assert small.stat().st_size < 0.5 * plain.stat().st_size
    one, other = ({p.key: p.value for p in onnx.load(str(path)).metadata_props} for path in (plain, small))
    assert one == other
    order = [
        [n.name for n in onnx.load(str(path)).graph.node if n.op_type == "Conv"] for path in (plain, small)
    ]
    assert order[0] == order[1]
    kinds = {node.op_type for node in onnx.load(str(small)).graph.node}
    assert {"QuantizeLinear", "DequantizeLinear"} <= kinds


def test_it_can_be_done_in_place(plain: Path, small: Path, sounds: list[Float32], tmp_path: Path) -> None:
    copy = tmp_path / "copy.onnx"
    copy.write_bytes(plain.read_bytes())
    quantise(copy, copy, sounds)
    assert copy.read_bytes() == small.read_bytes(), "and the same comes out every time"


def test_networks_come_back_out_of_it(nets: list[SpectrogramNet], small: Path, sounds: list[Float32]) -> None:
    for old, new in zip(nets, restored(small, sounds), strict=True):
        x = torch.from_numpy(VIEWS[old.config.view](sounds[2])[None])
        with torch.no_grad():
            before, after = old.trunk(x).ravel(), new.trunk(x).ravel()
        assert float(torch.corrcoef(torch.stack([before, after]))[0, 1]) > 0.98


def test_the_command_takes_its_sounds_from_a_list(plain: Path, sounds: list[Float32], tmp_path: Path) -> None:
    with (tmp_path / "manifest.tsv").open("w", newline="", encoding="utf-8") as handle:
        writer = csv.writer(handle, delimiter="\t")
        writer.writerow(["path"])
        for k, sound in enumerate(sounds):
            soundfile.write(tmp_path / f"{k}.flac", sound, 16_000)
            writer.writerow([f"{k}.flac"])
    assert [len(sound) for sound in some_sounds(tmp_path / "manifest.tsv")] == [24_000] * 4
    target = tmp_path / "out.onnx"
    assert main([str(plain), str(target), "--real", str(tmp_path / "manifest.tsv")]) == 0
    assert detector_of(target).frames(sounds[0])[0].shape == detector_of(plain).frames(sounds[0])[0].shape
