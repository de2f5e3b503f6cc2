"""Which generators are found and which are not: what is said of the clips of each.

Rates count every clip, undecided ones included. The area under the curve is that of the generator's clips
against all human clips of the list, at no threshold.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from earwitness.eval import metrics
from earwitness.eval.intervals import share
from earwitness.eval.protocols import Clip, Outcome
from earwitness.report import Verdict

__all__ = ["FEWEST", "generators_found"]

FEWEST = 3  # clips of a generator, below which nothing is said of it


def generators_found(clips: Sequence[Clip], outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """For each generator with three clips at least: its family, AUC, and the shares of its clips that are
    found and that are called human, with exact 95 % intervals."""
    told = list(zip(clips, outcomes, strict=True))
    human = [o.score for c, o in told if not c.synthetic and o.score is not None]
    members: dict[str, list[tuple[Clip, Outcome]]] = {}
    for clip, outcome in told:
        if clip.synthetic:
            members.setdefault(clip.system, []).append((clip, outcome))
    return {
        name: {"family": found[0][0].family, **_rates([outcome for _, outcome in found], human)}
        for name, found in sorted(members.items())
        if len(found) >= FEWEST
    }


def _rates(outcomes: Sequence[Outcome], human: Sequence[float]) -> dict[str, Any]:
    scores = [outcome.score for outcome in outcomes if outcome.score is not None]
    found = sum(outcome.flagged for outcome in outcomes)
    missed = sum(o.verdict == Verdict.LIKELY_HUMAN for o in outcomes)
    known = bool(scores) and bool(human)
    return {
        "auc": round(metrics.auc(np.asarray(human), np.asarray(scores)), 6) if known else None,
        "found": share(found, len(outcomes)),
        "called_human": share(missed, len(outcomes)),
    }
