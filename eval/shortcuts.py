"""Could the classes of a list be told apart without listening to the speech?

A probe sees only what has nothing to do with synthesis: lengths, silences, levels, bandwidth, zeros, the
file's own rate and how much it is compressed. If it tells human from synthetic clips it has not seen, then
so may a detector, whose error rates on that list then flatter it (Müller et al. 2021, arXiv 2106.12914).
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from earwitness.audio import load_audio
from earwitness.errors import AudioError
from earwitness.eval import metrics
from earwitness.eval.protocols import Clip
from earwitness.generators.attacks.audit import FEATURES, features
from earwitness.generators.attacks.sources import RATE
from earwitness.samples import resample

__all__ = [
    "MOST_CLIPS",
    "NAMES",
    "TROUBLING",
    "described",
    "folds_of",
    "left_out_logits",
    "probe",
    "shortcuts",
    "table_of",
]

Float64 = npt.NDArray[np.float64]
FILE = {"rate_hz": "sample rate of the file", "bits_per_sample": "how much it is compressed"}
NAMES = FEATURES | FILE
"""What the probe sees, and what it is."""
MOST_CLIPS = 2_000
TROUBLING = 0.55
"""AUC of the probe above which a list gives its classes away."""
_FOLDS = 5
_RIDGE, _ROUNDS = 1.0, 25


def described(clip: Clip) -> dict[str, float] | None:
    """The features of a clip's file; None for one that cannot be decoded or is empty."""
    try:
        audio = load_audio(clip.path, mono=True)
    except AudioError:
        return None
    samples = audio.mono()
    if samples.size == 0:
        return None
    found = features(resample(samples[None], audio.rate, RATE)[0] if audio.rate != RATE else samples)
    bits = 8 * clip.path.stat().st_size / samples.size
    return found | {"rate_hz": float(audio.rate), "bits_per_sample": round(bits, 4)}


def shortcuts(clips: Sequence[Clip], most: int = MOST_CLIPS) -> dict[str, Any] | None:
    """What the probe finds, on at most so many clips, evenly spread; None without 2 * _FOLDS of each class.

    auc: of the probe, on clips of clusters (speakers, else corpora) it did not learn from. single: of each
    feature alone, as far from 0.5 as it is. troubling: whether the probe is past TROUBLING.
    """
    spread = clips[:: max(1, -(-len(clips) // most))]
    seen, table = table_of(spread)
    truth = np.array([clip.synthetic for clip in seen], bool)
    if min(truth.sum(), (~truth).sum()) < 2 * _FOLDS:
        return None
    whole = probe(table, truth, folds_of(seen))
    single = {
        name: round(metrics.auc(column[~truth], column[truth]), 3)
        for name, column in zip(NAMES, table.T, strict=True)
    }
    worst = sorted(single, key=lambda name: -abs(single[name] - 0.5))
    return {
        "clips": len(seen),
        "auc": whole,
        "troubling": whole > TROUBLING,
        "single": {name: single[name] for name in worst},
    }


def table_of(clips: Sequence[Clip]) -> tuple[list[Clip], Float64]:
    """The clips that can be decoded, and their features (n, k) in the order of NAMES."""
    pairs = [(clip, found) for clip in clips if (found := described(clip)) is not None]
    table = np.array([[found[name] for name in NAMES] for _, found in pairs], np.float64)
    return [clip for clip, _ in pairs], table


def folds_of(clips: Sequence[Clip]) -> npt.NDArray[np.integer]:
    """The fold of each clip: a cluster (a speaker, else a corpus) is in one, if there are enough of them."""
    apart = len({clip.cluster for clip in clips}) >= 2 * _FOLDS
    keys = [clip.cluster if apart else f"{clip.cluster}/{clip.path.name}" for clip in clips]
    return np.array([zlib.crc32(key.encode()) % _FOLDS for key in keys])


def probe(table: Float64, truth: npt.NDArray[np.bool_], folds: npt.NDArray[np.integer]) -> float:
    """AUC of ``left_out_logits``."""
    scores = left_out_logits(table, truth, folds)
    return metrics.auc(scores[~truth], scores[truth])


def left_out_logits(table: Float64, truth: npt.NDArray[np.bool_], folds: npt.NDArray[np.integer]) -> Float64:
    """Logits (n,) of "synthetic", fold by fold from a logistic model that the other folds taught.

    table: features (n, k), of which the model sees the ranks and their squares.
    """
    ranks = np.stack([_ranks(values) for values in table.T], 1)
    inputs = np.hstack([np.ones((len(table), 1)), ranks, ranks**2])
    scores = np.zeros(len(table))
    for fold in np.unique(folds):
        out = folds == fold
        if len(set(truth[~out].tolist())) < 2:
            continue
        weights = _logistic(inputs[~out], truth[~out])
        scores[out] = inputs[out] @ weights
    return scores


def _ranks(values: Float64) -> Float64:
    """From -0.5 to 0.5; equal values share the middle of their places."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    middle = np.cumsum(counts) - (counts + 1) / 2
    return np.asarray(middle[place] / max(1, values.size - 1) - 0.5)


def _logistic(inputs: Float64, truth: npt.NDArray[np.bool_]) -> Float64:
    """Weights of ridge logistic regression, classes weighed alike, by Newton's method."""
    weights = np.zeros(inputs.shape[1])
    share = truth.mean()
    weigh = np.where(truth, 0.5 / share, 0.5 / (1 - share))
    ridge = _RIDGE * np.eye(inputs.shape[1])
    for _ in range(_ROUNDS):
        likely = 0.5 * (1 + np.tanh(inputs @ weights / 2))
        slope = inputs.T @ (weigh * (likely - truth)) + _RIDGE * weights
        bend = (inputs * (weigh * likely * (1 - likely))[:, None]).T @ inputs + ridge
        step = np.linalg.solve(bend, slope)
        weights = weights - step
        if math.sqrt(float(step @ step)) < 1e-6:
            break
    return weights
