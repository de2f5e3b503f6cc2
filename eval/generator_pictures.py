"""Spectrograms of a recording and its copies, side by side: a small PNG a recording.

Columns, from the left: the recording, then each system in the order given; 0 Hz at the bottom, 8 kHz on top.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from earwitness.picture import Picture
from earwitness.png import png
from earwitness.samples import Float32
from earwitness.spectrogram import palette

__all__ = ["MOST_BYTES", "side_by_side", "write_pictures"]

UInt8 = npt.NDArray[np.uint8]
MOST_BYTES = 100_000
RATE = 16_000
_LONGEST_S = 2.5
_COLUMNS, _ROWS, _GAP = 260, 200, 6


class _Sound:
    """What ``Picture`` takes."""

    rate = RATE

    def __init__(self, samples: Float32) -> None:
        self.samples = samples[None]


def side_by_side(sounds: Sequence[Float32]) -> bytes:
    """A PNG of the first 2.5 s of sounds (n,) at 16 kHz, one beside the other; the darkest is the loudest.

    Fewer shades or rows are used where it would be 100 kB or more.
    """
    for shades, rows in ((64, _ROWS), (32, _ROWS), (16, _ROWS), (16, _ROWS // 2), (8, _ROWS // 4)):
        made = png(_page(sounds, shades, rows), palette()[:: 64 // shades])
        if len(made) < MOST_BYTES:
            break
    return made


def _page(sounds: Sequence[Float32], shades: int, rows: int) -> UInt8:
    page = np.zeros((rows, len(sounds) * (_COLUMNS + _GAP) - _GAP), np.uint8)
    for number, samples in enumerate(sounds):
        begin = number * (_COLUMNS + _GAP)
        page[:, begin : begin + _COLUMNS] = _drawn(samples, rows) // (256 // shades)
    return page


def _drawn(samples: Float32, rows: int) -> UInt8:
    picture = Picture(spectrogram_columns=_COLUMNS)
    picture.push(_Sound(samples[: round(_LONGEST_S * RATE)]))  # type: ignore[arg-type]
    picture.finish()
    level = picture.spectrogram()[::-1]
    down = np.arange(rows) * level.shape[0] // rows
    across = np.arange(_COLUMNS) * max(1, level.shape[1]) // _COLUMNS
    return np.asarray(level[down][:, across], np.uint8)


def write_pictures(
    folder: Path, recordings: Sequence[tuple[str, Sequence[tuple[str, Float32]]]]
) -> list[dict[str, object]]:
    """recordings: (name, sounds by system). Writes ``copies_<k>.png``; gives what a result says of them."""
    folder.mkdir(parents=True, exist_ok=True)
    told: list[dict[str, object]] = []
    for number, (name, sounds) in enumerate(recordings, start=1):
        file = folder / f"copies_{number}.png"
        file.write_bytes(side_by_side([samples for _, samples in sounds]))
        told.append({"file": file.name, "recording": name, "columns": [system for system, _ in sounds]})
    return told
