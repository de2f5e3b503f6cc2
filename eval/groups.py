"""For whom it errs: what people of each group are told, and the largest gap between groups.

Human clips only: who is wrongly called synthetic, and who gets no answer. Rates count every clip, undecided
ones included, so that a group that is mostly told nothing does not look well served.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from earwitness.eval.intervals import share
from earwitness.eval.protocols import SPEAKER_TRAITS, Clip, Outcome

__all__ = ["FEWEST", "TRAITS", "groups"]

TRAITS = (*SPEAKER_TRAITS, "language", "corpus")
"""What people may be grouped by: columns of a manifest; those of no use are left out."""
FEWEST = 20  # clips of a group, below which a rate says nothing


def groups(clips: Sequence[Clip], outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """For each trait with two groups of 20 clips at least: false alarms and abstentions of each group, with
    exact 95 % intervals, and the gap between the highest and the lowest rate."""
    told = [(c, o) for c, o in zip(clips, outcomes, strict=True) if not c.synthetic]
    table: dict[str, Any] = {}
    for trait in TRAITS:
        members: dict[str, list[Outcome]] = {}
        for clip, outcome in told:
            if value := clip.trait(trait):
                members.setdefault(value, []).append(outcome)
        rated = {name: _rates(found) for name, found in sorted(members.items()) if len(found) >= FEWEST}
        if len(rated) > 1:
            table[trait] = {
                "groups": rated,
                "gap_flagged": _gap([entry["flagged"] for entry in rated.values()]),
                "gap_undecided": _gap([entry["undecided"] for entry in rated.values()]),
            }
    return table


def _rates(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    flagged = sum(outcome.flagged for outcome in outcomes)
    undecided = sum(outcome.undecided for outcome in outcomes)
    return {"flagged": share(flagged, len(outcomes)), "undecided": share(undecided, len(outcomes))}


def _gap(shares: Sequence[dict[str, Any]]) -> float:
    rates = [entry["rate"] for entry in shares]
    return float(max(rates) - min(rates))
