"""From frame vectors to scores of windows: attentive statistics in numpy, with running sums.

Okabe et al. 2018, eq. 4-6: weights are the softmax of an attention logit over the window; the window
is described by the weighted mean and standard deviation of its frame vectors. Sums over any window
come from cumulated sums, so that overlapping windows cost no more than disjoint ones.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from earwitness.contracts import Float32

__all__ = ["pooled_statistics", "window_starts"]

_MUTED = 1e-4  # what is left of the weight of a frame without speech (as in training/network.py)
_VARIANCE_FLOOR = 1e-5


def window_starts(frames: int, width: int, hop: int) -> npt.NDArray[np.int64]:
    """First frames of the windows that lie inside ``frames``: every ``hop``, at least one if frames > 0."""
    if frames <= 0:
        return np.zeros(0, dtype=np.int64)
    return np.arange(0, max(frames - width, 0) + 1, hop, dtype=np.int64)


def pooled_statistics(
    vectors: Float32, attention: Float32, speech: Float32, starts: npt.NDArray[np.int64], width: int
) -> Float32:
    """Mean and standard deviation of each window, shape (windows, 2 * dim).

    vectors: (frames, dim); attention: (frames,) logits; speech: (frames,) share of speech 0..1;
    windows run from ``starts`` to ``starts + width`` or the end.
    """
    weight = np.exp(attention - attention.max(), dtype=np.float64) * np.maximum(speech, _MUTED)
    wide = vectors.astype(np.float64)
    stops = np.minimum(starts + width, len(vectors))

    def over_windows(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        sums = np.concatenate([np.zeros((1, *values.shape[1:])), np.cumsum(values, axis=0)])
        return np.asarray(sums[stops] - sums[starts])

    total = over_windows(weight)[:, None]
    mean = over_windows(weight[:, None] * wide) / total
    square = over_windows(weight[:, None] * wide**2) / total
    spread = np.sqrt(np.maximum(square - mean**2, _VARIANCE_FLOOR))
    return np.concatenate([mean, spread], axis=1).astype(np.float32)
