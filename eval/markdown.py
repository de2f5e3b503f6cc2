"""Numbers and tables as the README shows them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

__all__ = ["DASH", "TIMES", "Row", "number", "percent", "table"]

DASH = "\N{EN DASH}"
TIMES = "\N{MULTIPLICATION SIGN}"

Row = Sequence[str]


def table(head: Row, rows: Iterable[Row]) -> str:
    """A table in markdown."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines.extend("| " + " | ".join(row) + " |" for row in rows)
    return "\n".join(lines)


def percent(rate: float | None, interval: dict[str, Any] | None = None) -> str:
    """A rate as "12.3 %", with its interval where there is one."""
    if rate is None:
        return DASH
    text = f"{100 * rate:.1f} %"
    if interval:
        text += f" ({100 * interval['low']:.1f}{DASH}{100 * interval['high']:.1f})"
    return text


def number(value: float | None, digits: int = 2) -> str:
    """A number with fixed digits."""
    return DASH if value is None else f"{value:.{digits}f}"
