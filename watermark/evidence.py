"""What a reader looks at: tiles of a stretch of sound on a time grid, weighed by how far they can be trusted.

Nobody tells the reader what happened to the recording, so it weighs the tiles in three ways and takes the
best: all alike (nothing happened), by how far they rise above the noise floor of their band (hiss, rooms),
and by how well each band comes through GSM and its like (best below 2 kHz, above 3.4 kHz nothing). Each way
counts as one more try in the p-value.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from earwitness.watermark.features import Float32, column_mean, limit, log_energy, outstanding
from earwitness.watermark.layout import BANDS, COLUMNS, FRAMES_A_COLUMN, PAIRS

__all__ = ["OFFSETS", "PROFILES", "Evidence", "Levels", "Warp"]

PROFILES = 3
OFFSETS = FRAMES_A_COLUMN
_FLOOR_PERCENTILE = 10
_EMPTY_DB = 75.0
_LEAST_TRUST = 0.05
# Harmonics make the lowest bands unsteady; noise and rooms take the highest ones first.
_ZONES = np.stack(
    [
        np.interp(np.arange(BANDS), (0, 6, 13, 20, 59), (0.4, 0.6, 0.9, 1, 1)),
        np.interp(np.arange(BANDS), (0, 6, 12, 18, 48, 59), (0.3, 0.4, 0.8, 1, 1, 0.4)),
    ]
).astype(np.float32)
# What GSM leaves of a mark, as fitted to 26 recordings: least where its pulses follow the waveform least.
_TELEPHONE = np.interp(
    np.arange(BANDS),
    (0, 2, 4, 6, 8, 10, 13, 16, 20, 25, 30, 36, 42),
    (0.3, 0.7, 1.6, 1.6, 2.1, 2.7, 2.7, 1.9, 0.9, 0.65, 0.44, 0.28, 0),
).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Warp:
    """What was done to a marked recording: durations times ``time``, frequencies times ``pitch``."""

    time: float = 1.0
    pitch: float = 1.0

    @property
    def plain(self) -> bool:
        """True when nothing was changed."""
        return self.time == 1.0 and self.pitch == 1.0


@dataclass(frozen=True, slots=True)
class Levels:
    """Column levels of a stretch at one pitch, a row every 16 ms, and the trust in them.

    column: dB, (rows, 60). trust: (3, rows, 60).
    """

    column: Float32
    trust: Float32

    @classmethod
    def of(cls, power: Float32, pitch: float = 1.0) -> Levels:
        """From (frames, 257) power."""
        column = column_mean(log_energy(power, pitch))
        if not len(column):
            return cls(column, np.zeros((PROFILES, 0, BANDS), np.float32))
        return cls(column, _trust(column))


def _trust(column: Float32) -> Float32:
    """How far each tile can be trusted in each of the three ways, (rows, 60) to (3, rows, 60)."""
    top = column.max()
    sound = 1 / (1 + np.power(np.float32(10), (top - np.float32(_EMPTY_DB) - column) * np.float32(0.1)))
    # A tile that is louder than the one before is its own; one that is softer may be an echo of it.
    rise = column.copy()
    rise[FRAMES_A_COLUMN:] -= column[:-FRAMES_A_COLUMN]
    rise[:FRAMES_A_COLUMN] = 0
    own = 1 / (1 + np.exp(np.clip((np.float32(2) - rise) / np.float32(2), -20, 20)))
    rank = len(column) * _FLOOR_PERCENTILE // 100
    floor = np.partition(column, rank, axis=0)[rank]
    above = np.power(np.float32(10), (column - floor - np.float32(3)) * np.float32(0.1)) - 1
    np.maximum(above, 0, out=above)
    risen = above / (1 + above) + np.float32(_LEAST_TRUST)
    plain = sound * (np.float32(0.4) + own) * _ZONES[0]
    rough = sound * risen * (np.float32(0.4) + own) * _ZONES[1]
    coded = sound * (np.float32(0.4) + own) * _TELEPHONE
    return np.stack([plain, rough, coded]).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Weighed chips on the grids that start at each of four offsets: shape (3, 4, blocks, 36, 30).

    rows: the row of ``Levels`` that each column of each offset was taken from, (4, blocks * 36); -1 past
    the end.
    """

    chips: Float32
    rows: npt.NDArray[np.intp]
    warp: Warp

    @classmethod
    def of(cls, levels: Levels, warp: Warp) -> Evidence:
        """Read the levels (made at ``warp.pitch``) on time grids stretched by ``warp.time``."""
        step = FRAMES_A_COLUMN * warp.time
        available = len(levels.column)
        columns = max(0, int((available - 1) / step) + 1) if available > 0 else 0
        blocks = -(-columns // COLUMNS)
        rows = np.full((OFFSETS, blocks * COLUMNS), -1, np.intp)
        trust = levels.trust
        chips = np.zeros((len(trust), OFFSETS, blocks * COLUMNS, PAIRS), np.float32)
        for offset in range(OFFSETS):
            at = np.round(offset * warp.time + step * np.arange(columns)).astype(np.intp)
            at = at[at < len(levels.column)]
            if not len(at):
                continue
            said = limit(outstanding(levels.column[at]))
            trusted = trust[:, at] * said
            chips[:, offset, : len(at)] = trusted[..., ::2] - trusted[..., 1::2]
            rows[offset, : len(at)] = at
        return cls(chips.reshape(len(trust), OFFSETS, blocks, COLUMNS, PAIRS), rows, warp)
