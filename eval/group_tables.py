"""README tables: what people of each group are told, by result file."""

from __future__ import annotations

from typing import Any

from earwitness.eval.groups import TRAITS
from earwitness.eval.markdown import percent, table

__all__ = ["group_table", "has_groups"]

CLEAN = "clean"


def has_groups(content: dict[str, Any]) -> bool:
    """Does the result hold rates of groups?"""
    return bool(_clean(content))


def group_table(name: str, content: dict[str, Any]) -> str:
    """One row a group of people: wrongly called synthetic, told nothing; clean recordings."""
    rows = []
    for trait in TRAITS:
        found = _clean(content).get(trait)
        if not found:
            continue
        for group, rates in found["groups"].items():
            flagged, undecided = rates["flagged"], rates["undecided"]
            rows.append(
                (
                    trait,
                    group,
                    str(flagged["n"]),
                    percent(flagged["rate"], {"low": flagged["low"], "high": flagged["high"]}),
                    percent(undecided["rate"]),
                )
            )
        rows.append(
            (trait, "largest gap", "", percent(found["gap_flagged"]), percent(found["gap_undecided"]))
        )
    head = ("by", "people", "clips", "called synthetic (95 %)", "undecided")
    return f"{name}: what people of each group are told\n\n{table(head, rows)}"


def _clean(content: dict[str, Any]) -> dict[str, Any]:
    conditions = content["systems"].get("earwitness", {"conditions": {}})["conditions"]
    found: dict[str, Any] = conditions.get(CLEAN, {}).get("groups", {})
    return found
