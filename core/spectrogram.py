"""A recording as a picture to look at: waveform above spectrogram, with seconds and kilohertz, as a PNG.

Drawn with what the base install has: the house's own picture of a recording, its own PNG, and ten digits.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import numpy.typing as npt

from earwitness.audio import open_audio
from earwitness.errors import TargetError
from earwitness.picture import Picture
from earwitness.png import png
from earwitness.target import refuse_target, replacing
from earwitness.timeline import tick_step

__all__ = ["palette", "plot", "refuse_plot", "spectrogram_png"]

UInt8 = npt.NDArray[np.uint8]

INK = ((255, 255, 255), (228, 238, 249), (150, 190, 226), (66, 118, 184), (28, 52, 112), (10, 14, 40))
SHADES = 64
PAPER, DARKEST = 0, SHADES - 1
WIDTH, WAVE, SPECTRUM = 1200, 120, 384  # pixels, without the margins
LEFT, TOP, RIGHT, BOTTOM, GAP = 56, 16, 16, 32, 12
SCALE = 2  # pixels a dot of a digit
_MOST_TICKS = 12
# Digits as three dots by five, a row a letter: the bits of each from the left.
_GLYPHS = {
    "0": "75557", "1": "26227", "2": "71747", "3": "71717", "4": "55711", "5": "74717", "6": "74757",
    "7": "71244", "8": "75757", "9": "75717", ".": "00002", ":": "02020", " ": "00000", "k": "45655",
    "H": "55755", "z": "07247", "s": "07427",
}  # fmt: skip


def plot(source: str | os.PathLike[str], out: str | os.PathLike[str]) -> None:
    """Draw a recording. out: a .png file.

    Raises TargetError, and what opening a recording raises; then ``out`` is what it was.
    """
    refuse_plot(out)
    picture = Picture()
    with open_audio(source) as stream:
        for block in stream.blocks():
            picture.push(block)
    picture.finish()
    with replacing(Path(out)) as aside:
        aside.write_bytes(spectrogram_png(picture))


def refuse_plot(out: str | os.PathLike[str]) -> None:
    """Raise TargetError for a place that a picture could not be written to."""
    if Path(out).suffix.lower() != ".png":
        raise TargetError(
            "a picture is written as PNG.", subject=str(out), hint="Give a name that ends in .png."
        )
    refuse_target(Path(out), None)


def spectrogram_png(picture: Picture) -> bytes:
    """The bytes of a PNG. picture: finished, of a recording with at least one sample.

    The level of the spectrogram goes from the loudest (ink) to 75 dB below it (paper).
    """
    height = TOP + WAVE + GAP + SPECTRUM + BOTTOM
    page: UInt8 = np.zeros((height, LEFT + WIDTH + RIGHT), dtype=np.uint8)
    across = slice(LEFT, LEFT + WIDTH)
    page[TOP : TOP + WAVE, across] = _wave(picture.waveform())
    start = TOP + WAVE + GAP
    level = picture.spectrogram()
    page[start : start + SPECTRUM, across] = _stretched(level[::-1] // (256 // SHADES), SPECTRUM, WIDTH)
    _seconds(page, start + SPECTRUM, picture.duration_s)
    _kilohertz(page, start, picture.max_hz / 1000)
    return png(page, palette())


def palette() -> UInt8:
    """64 shades from paper to ink, shape (64, 3): dark on light as in print."""
    anchors = np.array(INK, dtype=np.float64)
    at = np.linspace(0, len(INK) - 1, SHADES)
    shades = np.stack([np.interp(at, np.arange(len(INK)), anchors[:, k]) for k in range(3)], axis=1)
    return np.rint(shades).astype(np.uint8)


def _wave(envelope: npt.NDArray[np.float32]) -> UInt8:
    """The envelope, shape (2, columns), as ink between its lowest and highest sample."""
    low, high = (_stretched(row[None], 1, WIDTH)[0] for row in envelope)
    peak = max(float(np.abs(envelope).max(initial=0.0)), 1e-9)
    rows = 1.0 - 2.0 * np.arange(WAVE)[:, None] / (WAVE - 1)  # +1 on top
    step = 1.0 / (WAVE - 1)
    inside = (rows >= low / peak - step) & (rows <= high / peak + step)
    return np.where(inside, SHADES // 2 + SHADES // 4, PAPER).astype(np.uint8)


def _stretched(values: npt.NDArray[np.number], height: int, width: int) -> npt.NDArray[np.number]:
    """Nearest neighbour, shape (rows, columns) to (height, width)."""
    rows = np.arange(height) * values.shape[0] // height
    columns = np.arange(width) * values.shape[1] // width
    stretched: npt.NDArray[np.number] = values[rows][:, columns]
    return stretched


def _seconds(page: UInt8, row: int, duration_s: float) -> None:
    """Ticks and seconds below ``row``."""
    step = tick_step(duration_s, _MOST_TICKS)
    for number in range(int(duration_s / step) + 1):
        column = LEFT + round(number * step / duration_s * (WIDTH - 1))
        page[row : row + 5, column] = DARKEST
        text = f"{number * step:g}" + (" s" if number == 0 else "")
        _write(page, row + 8, column - len(text) * 2 * SCALE, text)


def _kilohertz(page: UInt8, start: int, top_khz: float) -> None:
    """Ticks and kHz left of the spectrogram that starts at row ``start``."""
    step = next(step for step in (0.5, 1, 2, 4, 5, 10) if top_khz / step <= 8)
    for number in range(int(top_khz / step) + 1):
        row = start + round((1 - number * step / top_khz) * (SPECTRUM - 1))
        page[row, LEFT - 5 : LEFT] = DARKEST
        text = f"{number * step:g}" + (" kHz" if number == 0 else "")
        _write(page, row - 2 * SCALE, LEFT - 9 - len(text) * 4 * SCALE, text)


def _write(page: UInt8, row: int, column: int, text: str) -> None:
    """Dots of SCALE pixels; what lies outside the page is cut off."""
    for place, letter in enumerate(text):
        dots = [[int(bits, 16) >> shift & 1 for shift in (2, 1, 0)] for bits in _GLYPHS[letter]]
        for (y, x), dot in np.ndenumerate(np.array(dots)):
            if dot:
                top, left = row + y * SCALE, column + (place * 4 + x) * SCALE
                page[max(top, 0) : top + SCALE, max(left, 0) : left + SCALE] = DARKEST
