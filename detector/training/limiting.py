"""Where verdicts change: limits learnt from development recordings, for every kind of channel by itself.

- ``likely_human``: ``MISSED`` of the synthetic recordings score below it, each engine counting alike;
- ``likely_synthetic``: the lowest limit above which ``FLAGGED`` of the people score, of all and of those that
  are not called inconclusive;
- ``synthetic``: ``PROVED`` of the people score below it, and it stands for odds of seven to one at least.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from earwitness.contracts import Float32
from earwitness.detector.calibrate import LLR_LIMIT

__all__ = ["ENOUGH_BY_KIND", "by_kind", "in_columns", "thresholds"]

MISSED = 0.05
FLAGGED = 0.10
FLAGGED_BY_KIND = 0.02
PROVED = 0.99
LEAST = 2.0  # LLR of what is called synthetic outright, even where no person of ours scores half of that
ENOUGH = 30  # people of a kind; a handful that landed on the wrong side of 4 kHz says nothing
ENOUGH_BY_KIND = 100  # of each class, to have limits of its own
GAP = 0.5  # between limits, so that a verdict does not hang on a hair

Flags = npt.NDArray[np.bool_]


def thresholds(
    llr: Float32,
    synthetic: Flags,
    kinds: npt.NDArray[np.str_],
    flagged: float = FLAGGED,
    human: float = np.inf,
    weights: npt.NDArray[np.float64] | None = None,
) -> dict[str, float]:
    """Limits for recordings of any kind: the worst one decides for false alarms.

    llr, synthetic, kinds: one entry a scored clip. flagged: see the module's text. human: the highest that
    ``likely_human`` may be. weights: how much each synthetic clip counts (``weighing``); people count alike,
    so that a corpus they are many of cannot be talked down.
    """
    conditions = [llr[~synthetic & (kinds == name)] for name in sorted(set(kinds))]
    people = [scores for scores in conditions if len(scores) >= ENOUGH] or conditions
    if weights is None:
        below = np.quantile(llr[synthetic], MISSED)
    else:
        below = np.quantile(llr[synthetic], MISSED, weights=weights[synthetic], method="inverted_cdf")
    missed = min(float(below), human)
    likely = max(_likely(scores, missed, flagged) for scores in people)
    proved = max(LEAST, *(float(np.quantile(scores, PROVED)) for scores in people))
    return {
        "synthetic": round(min(max(proved, likely + GAP), LLR_LIMIT - GAP / 2), 3),
        "likely_synthetic": round(likely, 3),
        "likely_human": round(min(missed, likely - GAP), 3),
    }


def by_kind(
    llr: Float32,
    synthetic: Flags,
    kinds: npt.NDArray[np.str_],
    names: Sequence[str],
    weights: npt.NDArray[np.float64] | None = None,
) -> dict[str, list[float]]:
    """Limits under each of the kinds ``names``, in their order; where too few clips are, the common ones.

    ``likely_human`` is nowhere higher than in common: what people score carries over to new voices, but new
    generators leave weaker traces than those we have, which in a clean recording nearly all stand out.
    """
    common = thresholds(llr, synthetic, kinds, weights=weights)

    def limits(kind: str) -> dict[str, float]:
        clips = kinds == kind
        enough = min((clips & ~synthetic).sum(), (clips & synthetic).sum()) >= ENOUGH_BY_KIND
        if not enough:
            return common
        known = llr[clips], synthetic[clips], kinds[clips]
        return thresholds(
            *known, FLAGGED_BY_KIND, common["likely_human"], None if weights is None else weights[clips]
        )

    return in_columns([limits(kind) for kind in names])


def in_columns(limits: Sequence[Mapping[str, float]]) -> dict[str, list[float]]:
    """Limits of one kind after the other, at least of one, as a card has them: by name, of all kinds."""
    return {name: [one[name] for one in limits] for name in limits[0]}


def _likely(people: Float32, human: float, flagged: float) -> float:
    """The lowest limit at which few people are flagged, of all and of those that anything is said about.

    Counting only the share of all would let a condition in which nearly everybody is inconclusive pass,
    though most of what is said about people there is wrong.
    """
    limits = np.sort(people)[::-1]
    said_human = int((people <= human).sum())
    above = np.arange(len(limits))  # people above each limit
    decided = np.maximum(above + said_human, 1)
    fine = (above <= flagged * len(people)) & ((above <= flagged * decided) | (above == 0))
    # The lowest limit from which on upwards everything is fine: flags are the scores strictly above it.
    first_bad = int(np.argmin(fine)) if not fine.all() else len(fine)
    return float(limits[first_bad - 1]) + 1e-3
