"""Is the sync pattern of a key anywhere in the evidence, and where?

For every window of blocks, weighing, offset and phase the evidence is laid over the pattern. The correlation
is divided by the root of the sum of squares of the very chips it was made of: whatever the sound, signs that
do not belong to it are coin tosses, so the quotient has mean 0 and variance 1 for unmarked audio.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from earwitness.watermark.evidence import Evidence
from earwitness.watermark.features import Float32
from earwitness.watermark.layout import COLUMNS, PAIRS, Layout

__all__ = ["Hit", "hits", "windows_of"]

Complex = npt.NDArray[np.complex64]

WINDOW_BLOCKS = 2


@dataclass(frozen=True, slots=True)
class Hit:
    """One place where the pattern may be.

    z: the correlation. whole: found over all blocks together. window: (first, last + 1) block.
    """

    z: float
    whole: bool
    window: tuple[int, int]
    profile: int
    offset: int
    phase: int


def windows_of(blocks: int) -> list[tuple[int, int]]:
    """Stretches of blocks that are looked at together: all, and every two neighbours."""
    windows = [(0, blocks)]
    if blocks > WINDOW_BLOCKS:
        windows += [(k, k + WINDOW_BLOCKS) for k in range(blocks - WINDOW_BLOCKS + 1)]
    return windows


def hits(evidence: Evidence, layout: Layout, count: int) -> list[Hit]:
    """The strongest hits over all windows, best first, one a (window, profile, offset, phase)."""
    blocks = evidence.chips.shape[2]
    if not blocks:
        return []
    windows = windows_of(blocks)
    sums = np.concatenate([np.zeros_like(evidence.chips[:, :, :1]), evidence.chips.cumsum(2)], axis=2)
    folded = np.stack([sums[:, :, last] - sums[:, :, first] for first, last in windows])
    z = correlate(folded, layout)
    flat = z.ravel()
    best = np.argpartition(-flat, min(count, flat.size - 1))[:count]
    best = best[np.argsort(-flat[best])]
    found = []
    for index in best:
        window, profile, offset, phase = (int(k) for k in np.unravel_index(index, z.shape))
        found.append(Hit(float(flat[index]), window == 0, windows[window], profile, offset, phase))
    return found


def correlate(folded: Float32, layout: Layout) -> Float32:
    """Correlation at each phase, (..., 36, 30) to (..., 36). Phase k: the block starts at column k."""
    pattern = np.zeros(COLUMNS * PAIRS, np.float32)
    pattern[layout.sync] = layout.signs[layout.sync]
    said = _circular(folded, pattern.reshape(COLUMNS, PAIRS))
    power = _circular(folded * folded, np.abs(pattern).reshape(COLUMNS, PAIRS))
    floor = np.float32(1e-6) * power.max() + np.float32(1e-12)
    return np.asarray(said / np.sqrt(np.maximum(power, floor)), np.float32)


def _circular(values: Float32, pattern: Float32) -> Float32:
    """Circular cross-correlation along the columns, summed over the pairs."""
    spectrum = np.fft.rfft(values, axis=-2)
    spectrum *= np.conj(np.fft.rfft(pattern, axis=0))
    return np.asarray(np.fft.irfft(spectrum.sum(-1), COLUMNS, axis=-1), np.float32)
