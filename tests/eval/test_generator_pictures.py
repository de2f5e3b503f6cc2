"""Pictures stand side by side and stay small."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from earwitness.eval.generator_pictures import MOST_BYTES, side_by_side, write_pictures

Float32 = npt.NDArray[np.float32]


def size(png: bytes) -> tuple[int, int]:
    width, height = struct.unpack(">II", png[16:24])
    return int(width), int(height)


def test_columns(speech_like: Callable[..., Float32]) -> None:
    one = side_by_side([speech_like(3.0)])
    three = side_by_side([speech_like(1.0), speech_like(3.0), np.zeros(16_000, np.float32)])
    assert one.startswith(b"\x89PNG")
    assert size(one) == (260, 200)
    assert size(three) == (3 * 266 - 6, 200)


def test_noise_is_drawn_more_coarsely() -> None:
    rng = np.random.default_rng(0)
    sounds = [rng.standard_normal(40_000).astype(np.float32) * np.float32(0.1) for _ in range(7)]
    assert len(side_by_side(sounds)) < MOST_BYTES


def test_files(tmp_path: Path, speech_like: Callable[..., Float32]) -> None:
    x = speech_like(1.0)
    told = write_pictures(tmp_path / "p", [("a.flac", [("recording", x), ("gan", x)])])
    assert told == [{"file": "copies_1.png", "recording": "a.flac", "columns": ["recording", "gan"]}]
    assert (tmp_path / "p" / "copies_1.png").read_bytes().startswith(b"\x89PNG")
