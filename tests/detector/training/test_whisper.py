"""Whisper's encoder: read from a file of the true format, and wired as the published network is."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
import torch

from earwitness.detector.training.whisper import LAYERS, WIDTH, WhisperNet, log_mel, read_ctranslate2
from earwitness.errors import ModelError


def _text(value: str) -> bytes:
    data = value.encode() + b"\0"
    return struct.pack("<H", len(data)) + data


def write_ctranslate2(path: Path, arrays: dict[str, np.ndarray], version: int = 6) -> None:  # type: ignore[type-arg]
    """A CTranslate2 file of half-precision arrays."""
    parts = [struct.pack("<I", version), _text("WhisperSpec"), struct.pack("<II", 3, len(arrays))]
    for name, array in arrays.items():
        data = array.astype("<f2").tobytes()
        shape = struct.pack(f"<B{array.ndim}I", array.ndim, *array.shape)
        parts += [_text(name), shape, struct.pack("<BI", 4, len(data)), data]
    path.write_bytes(b"".join(parts))


def encoder(rng: np.random.Generator) -> dict[str, np.ndarray]:  # type: ignore[type-arg]
    """Arrays named and shaped as in tiny.en."""
    shapes: dict[str, tuple[int, ...]] = {
        "position_encodings/encodings": (1500, WIDTH),
        "conv1/weight": (WIDTH, 80, 3),
        "conv1/bias": (WIDTH,),
        "conv2/weight": (WIDTH, WIDTH, 3),
        "conv2/bias": (WIDTH,),
    }
    for k in range(LAYERS):
        for name, (rows, columns) in {
            "self_attention/linear_0": (3 * WIDTH, WIDTH),
            "self_attention/linear_1": (WIDTH, WIDTH),
            "ffn/linear_0": (4 * WIDTH, WIDTH),
            "ffn/linear_1": (WIDTH, 4 * WIDTH),
        }.items():
            shapes[f"layer_{k}/{name}/weight"] = (rows, columns)
            shapes[f"layer_{k}/{name}/bias"] = (rows,)
        for name in ("self_attention/layer_norm", "ffn/layer_norm"):
            shapes[f"layer_{k}/{name}/gamma"] = shapes[f"layer_{k}/{name}/beta"] = (WIDTH,)
    return {f"encoder/{name}": rng.normal(0, 0.02, shape) for name, shape in shapes.items()}


def test_every_array_of_the_encoder_lands_in_its_layer(tmp_path: Path) -> None:
    arrays = encoder(np.random.default_rng(0))
    write_ctranslate2(tmp_path / "model.bin", arrays)
    net = WhisperNet()
    net.load_encoder(tmp_path / "model.bin")
    state = net.state_dict()
    assert state["positions"].numpy() == pytest.approx(
        arrays["encoder/position_encodings/encodings"], abs=1e-3
    )
    for k in range(LAYERS):
        theirs = arrays[f"encoder/layer_{k}/ffn/linear_1/weight"]
        assert state[f"blocks.{k}.down.weight"].numpy() == pytest.approx(theirs, abs=1e-3)


def test_another_version_is_refused(tmp_path: Path) -> None:
    write_ctranslate2(tmp_path / "model.bin", {"a": np.zeros(2)}, version=5)
    with pytest.raises(ModelError, match="version 6"):
        read_ctranslate2(tmp_path / "model.bin")


def test_one_vector_every_20_ms_and_one_score_a_clip() -> None:
    net = WhisperNet().eval()
    with torch.no_grad():
        assert net.trunk(torch.zeros(2, 80, 120)).shape == (2, 60, 128)
        assert net(torch.zeros(2, 80, 120)).shape == (2,)


def test_log_mel_has_whispers_range() -> None:
    tone = (0.5 * np.sin(np.arange(16_000) * 0.2)).astype(np.float32)
    mel = log_mel(tone)
    assert mel.shape == (80, 100)
    assert mel.max() - mel.min() <= 2.0 + 1e-5  # eight decades, divided by four
