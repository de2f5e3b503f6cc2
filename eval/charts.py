"""Two plain drawings as inline SVG: rates with intervals, and stated against observed probability."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Rate", "rates_svg", "reliability_svg"]

ROW, LABEL, WIDTH, NUMBER = 22, 250, 430, 120
SIDE, MARGIN = 260, 34


@dataclass(frozen=True, slots=True)
class Rate:
    """One row: a rate 0..1, its interval where there is one, and a second rate to hold against it."""

    label: str
    rate: float | None
    low: float | None = None
    high: float | None = None
    other: float | None = None


def rates_svg(rows: Sequence[Rate], title: str, top: float | None = None) -> str:
    """Rows of dots on one scale from 0 to ``top`` (the highest value if None), with bars for intervals.

    A hollow dot is the other system's rate.
    """
    known = [v for r in rows for v in (r.rate, r.high, r.other) if v is not None]
    scale = top or max([*known, 0.05])
    height = ROW * (len(rows) + 1)
    parts = [_open(LABEL + WIDTH + NUMBER, height, title)]
    for step in range(5):
        value = scale * step / 4
        x = LABEL + WIDTH * step / 4
        parts.append(f'<line class="grid" x1="{x:.0f}" y1="0" x2="{x:.0f}" y2="{ROW * len(rows)}"/>')
        parts.append(f'<text class="tick" x="{x:.0f}" y="{height - 6}">{100 * value:.0f} %</text>')
    for index, row in enumerate(rows):
        parts += _row(row, ROW * index + ROW / 2, scale)
    return "".join(parts) + "</svg>"


def _row(row: Rate, y: float, scale: float) -> list[str]:
    def place(value: float) -> float:
        return LABEL + WIDTH * min(value / scale, 1.0)

    parts = [f'<text class="label" x="{LABEL - 10}" y="{y + 4:.0f}">{html.escape(row.label)}</text>']
    if row.low is not None and row.high is not None:
        ends = f'x1="{place(row.low):.1f}" x2="{place(row.high):.1f}"'
        parts.append(f'<line class="bar" {ends} y1="{y:.0f}" y2="{y:.0f}"/>')
    if row.other is not None:
        parts.append(f'<circle class="other" cx="{place(row.other):.1f}" cy="{y:.0f}" r="4"/>')
    if row.rate is not None:
        parts.append(f'<circle class="dot" cx="{place(row.rate):.1f}" cy="{y:.0f}" r="4"/>')
        parts.append(
            f'<text class="value" x="{LABEL + WIDTH + 12}" y="{y + 4:.0f}">{100 * row.rate:.1f} %</text>'
        )
    return parts


def reliability_svg(points: Sequence[tuple[float, float, int]], title: str) -> str:
    """Stated probability (x) against the share that was synthetic (y); n decides a dot's size."""
    parts = [_open(SIDE + 2 * MARGIN, SIDE + 2 * MARGIN, title)]
    left, right = MARGIN, MARGIN + SIDE
    parts.append(f'<rect class="frame" x="{left}" y="{MARGIN}" width="{SIDE}" height="{SIDE}"/>')
    parts.append(f'<line class="grid" x1="{left}" y1="{right}" x2="{right}" y2="{left}"/>')
    most = max([n for _, _, n in points], default=1)
    places = [(left + SIDE * x, right - SIDE * y, 2 + 6 * (n / most) ** 0.5) for x, y, n in points if n]
    parts.append(f'<polyline class="line" points="{" ".join(f"{x:.1f},{y:.1f}" for x, y, _ in places)}"/>')
    parts += [f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="{r:.1f}"/>' for x, y, r in places]
    for value in (0.0, 0.5, 1.0):
        parts.append(
            f'<text class="tick" x="{left + SIDE * value:.0f}" y="{right + 16}">{100 * value:.0f} %</text>'
        )
        parts.append(
            f'<text class="label" x="{left - 4}" y="{right - SIDE * value + 4:.0f}">{100 * value:.0f}</text>'
        )
    return "".join(parts) + "</svg>"


def _open(width: int, height: int, title: str) -> str:
    name = html.escape(title)
    return (
        f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{name}" '
        f'xmlns="http://www.w3.org/2000/svg"><title>{name}</title>'
    )
