"""From frame vectors to scores of windows: attentive statistics in numpy.

Okabe et al. 2018, eq. 4-6: weights are the softmax of an attention logit over the window; the window
is described by the weighted mean and standard deviation of its frame vectors. The same arithmetic as
``SpectrogramNet.score`` in training/network.py.
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
    """Mean and standard deviation of each window, shape (windows, members, 2 * dim).

    vectors: (frames, members, dim); attention: (frames, members) logits; speech: (frames,) 1 near speech,
    0 where nobody speaks; windows run from ``starts`` (each below ``frames``) to ``starts + width`` or to
    the end.
    """
    if not len(starts):
        return np.zeros((0, vectors.shape[1], 2 * vectors.shape[2]), dtype=np.float32)
    index = starts[:, None] + np.arange(min(width, len(vectors)))
    inside = index < len(vectors)
    index = np.minimum(index, len(vectors) - 1)
    # Each window by itself: sums taken over the whole chunk would drown windows of far lower attention.
    heard = np.log(np.maximum(speech, _MUTED, dtype=np.float64))
    logits = (attention.astype(np.float64) + heard[:, None])[index]
    logits[~inside] = -np.inf
    weight = np.exp(logits - logits.max(axis=1, keepdims=True))
    weight /= weight.sum(axis=1, keepdims=True)
    wide = vectors.astype(np.float64)[index]
    mean = np.einsum("wfm,wfmd->wmd", weight, wide)
    square = np.einsum("wfm,wfmd->wmd", weight, wide**2)
    spread = np.sqrt(np.maximum(square - mean**2, _VARIANCE_FLOOR))
    return np.concatenate([mean, spread], axis=2).astype(np.float32)
