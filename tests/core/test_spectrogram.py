"""core/spectrogram.py: a tone is where the axis says, and a picture takes its place whole."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from earwitness.errors import NotAudioError, TargetError
from earwitness.spectrogram import GAP, LEFT, SPECTRUM, TOP, WAVE, WIDTH, palette, plot

Write = Callable[..., Path]


def pixels(path: Path) -> np.ndarray:
    """The indexed picture of a PNG that :func:`earwitness.png.png` wrote."""
    data = path.read_bytes()
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", data[16:24])
    start = data.index(b"IDAT")
    (size,) = struct.unpack(">I", data[start - 4 : start])
    rows = np.frombuffer(zlib.decompress(data[start + 4 : start + 4 + size]), np.uint8).reshape(height, -1)
    assert rows.shape[1] == width + 1
    return np.cumsum(rows[:, 1:], axis=0, dtype=np.uint8)


@pytest.mark.parametrize(("rate", "seconds"), [(16_000, 3.0), (8_000, 0.02), (44_100, 70.0)])
def test_a_tone_is_drawn_where_it_is(
    tone: Callable[..., np.ndarray], write_wav: Write, tmp_path: Path, rate: int, seconds: float
) -> None:
    plot(write_wav(tone(seconds, rate, 2000.0), rate), tmp_path / "p.png")
    start = TOP + WAVE + GAP
    found = pixels(tmp_path / "p.png")[start : start + SPECTRUM, LEFT : LEFT + WIDTH]
    loudest = np.median(found.argmax(axis=0))
    top_hz = min(rate / 2, 16_000)
    assert (1 - loudest / SPECTRUM) * top_hz == pytest.approx(2000, abs=0.03 * top_hz)


def test_silence_is_paper_with_axes(write_wav: Write, tmp_path: Path) -> None:
    plot(write_wav(np.zeros(16_000, np.float32)), tmp_path / "p.png")
    found = pixels(tmp_path / "p.png")
    start = TOP + WAVE + GAP
    assert not found[start : start + SPECTRUM, LEFT : LEFT + WIDTH].any()
    assert found[:, : LEFT - 6].any()  # the numbers
    assert found[start + SPECTRUM :, :].any()


def test_what_is_refused_leaves_what_was_there(write_wav: Write, tmp_path: Path) -> None:
    sound = write_wav(np.zeros(1600, np.float32))
    for name in ("p.jpg", "none/p.png"):
        with pytest.raises(TargetError):
            plot(sound, tmp_path / name)
    (tmp_path / "p.png").write_text("old")
    (tmp_path / "text").write_text("text")
    with pytest.raises(NotAudioError):
        plot(tmp_path / "text", tmp_path / "p.png")
    assert (tmp_path / "p.png").read_text() == "old"


def test_the_palette_goes_from_paper_to_ink() -> None:
    colours = palette()
    assert colours.shape == (64, 3)
    assert colours[0].tolist() == [255, 255, 255]
    assert (np.diff(colours.astype(int).sum(axis=1)) <= 0).all()
