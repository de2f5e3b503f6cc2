"""The thresholds in force, in words: read from the card of the model that judged."""

from __future__ import annotations

import math
from typing import Any

from earwitness.cli.cards import read_cards
from earwitness.errors import ModelError
from earwitness.report import Report

__all__ = ["thresholds_in_words"]

NAMES = ("synthetic", "likely_synthetic", "likely_human")


def thresholds_in_words(report: Report, prior: float) -> str | None:
    """A sentence without its full stop; None when the model that judged has no such card.

    The card states LLRs at equal odds; a prior moves all of them by its log-odds.
    """
    names = {model.name for model in report.models}
    try:
        cards = [card for card in read_cards() if card.name in names]
    except ModelError:
        return None
    for card in cards:
        stated = _thresholds(card.card, report.quality.telephone)
        if all(isinstance(stated.get(name), int | float) for name in NAMES):
            shift = math.log(prior / (1 - prior))
            high, middle, low = (float(stated[name]) - shift for name in NAMES)
            return (
                f"synthetic from LLR {high:+.2f}, likely synthetic from {middle:+.2f}, "
                f"likely human up to {low:+.2f}"
            )
    return None


def _thresholds(card: dict[str, Any], telephone: bool) -> dict[str, Any]:
    runtime = card.get("runtime")
    table = runtime if isinstance(runtime, dict) else card
    if telephone and isinstance(table.get("telephone"), dict):
        table = table["telephone"]
    stated = table.get("thresholds")
    return stated if isinstance(stated, dict) else {}
