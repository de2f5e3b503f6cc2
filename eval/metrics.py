"""Error rates, costs and calibration of detection scores; numpy only.

Polarity everywhere: *higher = synthetic*. ``human`` and ``synthetic`` are the scores of the clips
of each class, shape (n,), finite. A clip is called synthetic when its score is at or above the
threshold. FPR is the share of human clips called synthetic (false alarms), FNR the share of
synthetic clips not called so (misses). Rates are fractions 0..1. LLRs are natural logarithms of
p(score | synthetic) / p(score | human).

ASVspoof scores grow with "bona fide" and name the errors the other way round: its Pmiss (bona
fide rejected) is our FPR, its Pfa (spoof accepted) our FNR. Cost functions here keep its numbers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Float64 = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

__all__ = [
    "ASVSPOOF5",
    "Cost",
    "DecisionRates",
    "Eer",
    "ReliabilityBin",
    "act_dcf",
    "auc",
    "cllr",
    "decision_rates",
    "eer",
    "error_rates",
    "min_cllr",
    "min_dcf",
    "pav_llrs",
    "reliability",
    "roc",
    "threshold_at_fpr",
]


@dataclass(frozen=True, slots=True)
class Eer:
    """Equal error rate in its two usual definitions.

    rate: where the convex hull of the ROC meets FPR = FNR (interpolated; our headline number).
    argmin: mean of FPR and FNR at the observed threshold where they differ least (ASVspoof's).
    threshold: that observed threshold.
    """

    rate: float
    argmin: float
    threshold: float


@dataclass(frozen=True, slots=True)
class Cost:
    """Prior and prices of a detection cost function (ASVspoof's names).

    p_spoof: prior of synthetic speech. c_miss: price of rejecting a human recording.
    c_fa: price of accepting a synthetic one.
    """

    p_spoof: float = 0.05
    c_miss: float = 1.0
    c_fa: float = 10.0

    def dcf(self, fpr: Float64 | float, fnr: Float64 | float) -> Float64:
        """Cost of the error rates, divided by that of the better blind decision."""
        human, spoof = self.c_miss * (1 - self.p_spoof), self.c_fa * self.p_spoof
        return np.asarray((human * np.asarray(fpr) + spoof * np.asarray(fnr)) / min(human, spoof))

    @property
    def llr_threshold(self) -> float:
        """Bayes threshold on the synthetic/human LLR: at or above it, reject."""
        return float(np.log(self.c_miss * (1 - self.p_spoof) / (self.c_fa * self.p_spoof)))


ASVSPOOF5 = Cost(p_spoof=0.05, c_miss=1.0, c_fa=10.0)


def _check(human: npt.ArrayLike, synthetic: npt.ArrayLike) -> tuple[Float64, Float64]:
    pair = np.asarray(human, np.float64).ravel(), np.asarray(synthetic, np.float64).ravel()
    for name, scores in zip(("human", "synthetic"), pair, strict=True):
        if scores.size == 0:
            raise ValueError(f"there are no {name} scores.")
        if not np.isfinite(scores).all():
            raise ValueError(f"the {name} scores are not all finite.")
    return pair


def roc(human: npt.ArrayLike, synthetic: npt.ArrayLike) -> tuple[Float64, Float64, Float64]:
    """Thresholds (k,), rising, with FPR and FNR at each; the last threshold is +inf (nothing called)."""
    negatives, positives = _check(human, synthetic)
    thresholds = np.unique(np.concatenate([negatives, positives]))
    below_human = np.searchsorted(np.sort(negatives), thresholds, side="left")
    below_synthetic = np.searchsorted(np.sort(positives), thresholds, side="left")
    fpr = np.append(1 - below_human / negatives.size, 0.0)
    fnr = np.append(below_synthetic / positives.size, 1.0)
    return np.append(thresholds, np.inf), fpr, fnr


def eer(human: npt.ArrayLike, synthetic: npt.ArrayLike) -> Eer:
    """Equal error rate, see :class:`Eer`."""
    thresholds, fpr, fnr = roc(human, synthetic)
    nearest = int(np.argmin(np.round(np.abs(fpr - fnr), 12)))  # of equals the lowest, not by float noise
    rate = _hull_at_diagonal(fpr, fnr)
    argmin = float((fpr[nearest] + fnr[nearest]) / 2)
    return Eer(rate, argmin, float(thresholds[nearest]))


def _hull_at_diagonal(fpr: Float64, fnr: Float64) -> float:
    """Where the lower convex hull of the points (fpr, fnr) crosses the diagonal.

    Starts with the chord from (0, 1) to (1, 0) and moves its ends to the point that lies farthest
    under it, until none does: a handful of passes, where building the whole hull takes a loop.
    """
    left, right = (0.0, 1.0), (1.0, 0.0)
    while True:
        above, below = left[1] - left[0], right[0] - right[1]  # both > 0: the ends' sides of the diagonal
        weight = (right[0] - left[0]) / (above + below)
        crossing = weight * left[1] + (1 - weight) * left[0]
        costs = weight * fnr + (1 - weight) * fpr
        lowest = int(np.argmin(costs))
        if costs[lowest] >= crossing - 1e-12:
            return float(crossing)
        point = (float(fpr[lowest]), float(fnr[lowest]))
        if point[0] == point[1]:
            return point[0]
        if point[1] > point[0]:
            left = point
        else:
            right = point


def error_rates(human: npt.ArrayLike, synthetic: npt.ArrayLike, threshold: float) -> tuple[float, float]:
    """(FPR, FNR) at a threshold."""
    negatives, positives = _check(human, synthetic)
    return float(np.mean(negatives >= threshold)), float(np.mean(positives < threshold))


def threshold_at_fpr(human: npt.ArrayLike, rate: float) -> float:
    """The lowest observed-score threshold whose FPR is at most ``rate`` (just above the top if need be)."""
    scores = np.sort(np.asarray(human, np.float64))
    allowed = int(np.floor(rate * scores.size + 1e-9))
    candidates = np.append(np.unique(scores), np.nextafter(scores[-1], np.inf))
    flagged = scores.size - np.searchsorted(scores, candidates, side="left")
    return float(candidates[np.argmax(flagged <= allowed)])


def min_dcf(human: npt.ArrayLike, synthetic: npt.ArrayLike, cost: Cost = ASVSPOOF5) -> float:
    """Normalised detection cost at the best threshold (1 = no better than a blind decision)."""
    _, fpr, fnr = roc(human, synthetic)
    return float(cost.dcf(fpr, fnr).min())


def act_dcf(human: npt.ArrayLike, synthetic: npt.ArrayLike, cost: Cost = ASVSPOOF5) -> float:
    """Normalised detection cost of LLRs at the Bayes threshold."""
    return float(cost.dcf(*error_rates(human, synthetic, cost.llr_threshold)))


def cllr(human: npt.ArrayLike, synthetic: npt.ArrayLike) -> float:
    """Cost of log-likelihood ratios in bits: 0 perfect, 1 as good as always saying "don't know"."""
    negatives, positives = np.asarray(human, np.float64), np.asarray(synthetic, np.float64)
    missed = np.logaddexp(0.0, -positives).mean()
    alarmed = np.logaddexp(0.0, negatives).mean()
    return float((missed + alarmed) / (2 * np.log(2)))


def pav_llrs(human: npt.ArrayLike, synthetic: npt.ArrayLike) -> tuple[Float64, Float64]:
    """The best rising map of these very scores to LLRs (pool adjacent violators), for each class.

    Equal scores share one LLR; ends may be infinite.
    """
    negatives, positives = _check(human, synthetic)
    values, where = np.unique(np.concatenate([negatives, positives]), return_inverse=True)
    count_human = np.bincount(where[: negatives.size], minlength=values.size)
    count_synthetic = np.bincount(where[negatives.size :], minlength=values.size)
    blocks: list[list[int]] = []  # [human, synthetic, distinct scores] of each pooled block
    for block in zip(count_human.tolist(), count_synthetic.tolist(), [1] * values.size, strict=True):
        blocks.append(list(block))
        while len(blocks) > 1 and blocks[-2][1] * blocks[-1][0] >= blocks[-1][1] * blocks[-2][0]:
            last = blocks.pop()
            blocks[-1] = [a + b for a, b in zip(blocks[-1], last, strict=True)]
    pooled = np.array(blocks, np.float64)
    with np.errstate(divide="ignore"):
        llrs = np.log(pooled[:, 1] / positives.size) - np.log(pooled[:, 0] / negatives.size)
    per_value = np.repeat(llrs, pooled[:, 2].astype(np.intp))[where]
    return per_value[: negatives.size], per_value[negatives.size :]


def min_cllr(human: npt.ArrayLike, synthetic: npt.ArrayLike) -> float:
    """Cllr after the best possible recalibration: what discrimination alone allows, in bits."""
    return cllr(*pav_llrs(human, synthetic))


def auc(human: npt.ArrayLike, synthetic: npt.ArrayLike) -> float:
    """Chance that a synthetic clip scores above a human one; ties count half."""
    negatives, positives = _check(human, synthetic)
    ordered = np.sort(negatives)
    below = np.searchsorted(ordered, positives, side="left")
    at_most = np.searchsorted(ordered, positives, side="right")
    return float((below + at_most).mean() / (2 * negatives.size))


@dataclass(frozen=True, slots=True)
class DecisionRates:
    """Errors among the clips that were decided; abstentions apart. None where nothing was decided."""

    fpr: float | None
    fnr: float | None
    abstained_human: float | None
    abstained_synthetic: float | None
    human: int
    human_decided: int
    human_flagged: int
    synthetic: int
    synthetic_decided: int
    synthetic_flagged: int


def decision_rates(synthetic: Bools, flagged: Bools, abstained: Bools) -> DecisionRates:
    """Rates of verdicts, arrays of shape (n,): the truth, "called synthetic", "no decision"."""
    if (flagged & abstained).any():
        raise ValueError("a clip cannot be both called synthetic and left undecided.")
    decided = ~abstained
    counts = {}
    for name, members in (("human", ~synthetic), ("synthetic", synthetic)):
        counts[name] = tuple(int(np.sum(members & which)) for which in (members, decided, flagged))
    (human, human_decided, human_flagged) = counts["human"]
    (fakes, fakes_decided, fakes_flagged) = counts["synthetic"]
    return DecisionRates(
        fpr=_share(human_flagged, human_decided),
        fnr=_share(fakes_decided - fakes_flagged, fakes_decided),
        abstained_human=_share(human - human_decided, human),
        abstained_synthetic=_share(fakes - fakes_decided, fakes),
        human=human,
        human_decided=human_decided,
        human_flagged=human_flagged,
        synthetic=fakes,
        synthetic_decided=fakes_decided,
        synthetic_flagged=fakes_flagged,
    )


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """Clips whose stated probability lies in [low, high): their mean, and how many were synthetic."""

    low: float
    high: float
    n: int
    mean_p: float
    synthetic_share: float


def reliability(
    p_synthetic: npt.ArrayLike, synthetic: Bools, bins: int = 10, *, balanced: bool = False
) -> list[ReliabilityBin]:
    """Reliability bins of equal width over 0..1; empty bins are left out.

    balanced: weigh the classes to equal shares, for probabilities that assume equal prior odds.
    """
    p = np.asarray(p_synthetic, np.float64)
    weight = np.ones(p.size)
    if balanced:
        for members in (synthetic, ~synthetic):
            weight[members] = p.size / (2 * max(int(members.sum()), 1))
    index = np.clip((p * bins).astype(np.intp), 0, bins - 1)
    table = []
    for which in np.unique(index).tolist():
        inside = index == which
        mean_p, share = (
            float(np.average(v[inside], weights=weight[inside])) for v in (p, synthetic.astype(float))
        )
        table.append(ReliabilityBin(which / bins, (which + 1) / bins, int(inside.sum()), mean_p, share))
    return table
