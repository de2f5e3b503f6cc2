"""Which columns carry the mark: two states, marked or not, and a price for changing between them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from earwitness.watermark.features import Float32
from earwitness.watermark.layout import COLUMNS

__all__ = ["Columns", "marked_columns"]

Columns = tuple[int, int]

# Natural-log units: a change must be worth as much as about two loud columns say.
_CHANGE = 8.0
_SHORTEST = 3


def marked_columns(chips: Float32, signs: Float32, phase: int, window: tuple[int, int]) -> list[Columns]:
    """Stretches [first, last + 1) of columns that carry the mark.

    chips: evidence at one weighing and offset, (blocks, 36, 30). signs: ±1, 0 where unknown, (36, 30), of a
    block that starts at column ``phase``. window: blocks in which the mark was found.
    """
    flat = chips.reshape(-1, chips.shape[-1])
    pattern = np.tile(np.roll(signs, phase, axis=0), (chips.shape[0], 1))
    said = (flat * pattern).sum(1, dtype=np.float64)
    power = np.where(pattern != 0, np.square(flat), 0).sum(1, dtype=np.float64)
    inside = slice(window[0] * COLUMNS, window[1] * COLUMNS)
    strength = float(said[inside].sum() / (power[inside].sum() + 1e-12))
    gain = strength * said - 0.5 * strength**2 * power
    stretches = _stretches(_best_path(gain))
    return [(first, last) for first, last in stretches if last - first >= _SHORTEST]


def _best_path(gain: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """The likeliest states (True = marked) when being marked gains ``gain`` in each column."""
    count = len(gain)
    came_from = np.zeros((count, 2), np.int8)
    without, marked = 0.0, -_CHANGE / 2
    for k in range(count):
        came_from[k] = (marked - _CHANGE > without, without - _CHANGE <= marked)
        without, marked = (
            max(without, marked - _CHANGE),
            max(marked, without - _CHANGE) + float(gain[k]),
        )
    states = np.zeros(count, bool)
    state = int(marked > without)
    for k in range(count - 1, -1, -1):
        states[k] = bool(state)
        state = int(came_from[k, state])
    return states


def _stretches(states: npt.NDArray[np.bool_]) -> list[Columns]:
    edges = np.diff(np.concatenate([[0], states.astype(np.int8), [0]]))
    firsts, lasts = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    return [(int(a), int(b)) for a, b in zip(firsts, lasts, strict=True)]
