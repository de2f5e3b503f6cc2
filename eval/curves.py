"""Curves as inline SVG: several rates along one scale, small panels side by side."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

__all__ = ["Panel", "curves_svg"]

WIDTH, HEIGHT = 220, 150  # of a panel's frame
LEFT, TOP, BELOW, GAP = 40, 26, 44, 46
LEGEND = 22
KINDS = 6  # lines that page.html tells apart, by colour and by dashes


@dataclass(frozen=True, slots=True)
class Panel:
    """lines: for each kind the points (value on the scale, rate 0..1; None leaves a gap). reference: a rate
    drawn across (the untouched recordings'). limit: a rate that is not to be passed."""

    title: str
    lines: Mapping[str, Sequence[tuple[float, float | None]]]
    reference: float | None = None
    limit: float | None = None


def curves_svg(panels: Sequence[Panel], scale: Sequence[float], unit: str, title: str) -> str:
    """Panels in a row. scale: the values from left to right, evenly spaced whatever they are.

    Raises ValueError for a point that is not on the scale.
    """
    kinds = list(dict.fromkeys(kind for panel in panels for kind in panel.lines))
    width = len(panels) * (LEFT + WIDTH + GAP)
    height = TOP + HEIGHT + BELOW + (LEGEND if len(kinds) > 1 else 0)
    name = html.escape(title)
    parts = [
        f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{name}" '
        f'xmlns="http://www.w3.org/2000/svg"><title>{name}</title>'
    ]
    for index, panel in enumerate(panels):
        parts += _panel(panel, LEFT + index * (LEFT + WIDTH + GAP), list(scale), unit, kinds)
    if len(kinds) > 1:
        parts += _legend(kinds, height - 8)
    return "".join(parts) + "</svg>"


def _top(panel: Panel) -> float:
    """The end of the scale: a quarter, a half or all, whichever holds the panel's rates."""
    rates = [rate for line in panel.lines.values() for _, rate in line if rate is not None]
    rates += [rate for rate in (panel.reference, panel.limit) if rate is not None]
    return next(top for top in (0.1, 0.25, 0.5, 1.0) if max(rates, default=0.0) <= top)


def _panel(panel: Panel, left: float, scale: list[float], unit: str, kinds: list[str]) -> list[str]:
    top = _top(panel)

    def x(value: float) -> float:
        return left + WIDTH * (scale.index(value) + 0.5) / len(scale)

    def y(rate: float) -> float:
        return TOP + HEIGHT * (1 - rate / top)

    parts = [f'<text class="title" x="{left}" y="{TOP - 10}">{html.escape(panel.title)}</text>']
    parts.append(f'<rect class="frame" x="{left}" y="{TOP}" width="{WIDTH}" height="{HEIGHT}"/>')
    for rate in (0.0, top / 2, top):
        parts.append(f'<text class="label" x="{left - 4}" y="{y(rate) + 4:.1f}">{100 * rate:g} %</text>')
    for value in scale:
        parts.append(f'<text class="tick" x="{x(value):.1f}" y="{TOP + HEIGHT + 15}">{value:g}</text>')
    middle = left + WIDTH / 2
    parts.append(f'<text class="tick" x="{middle:.0f}" y="{TOP + HEIGHT + 30}">{html.escape(unit)}</text>')
    for across, style in ((panel.reference, "reference"), (panel.limit, "limit")):
        if across is not None:
            ends = f'x1="{left}" x2="{left + WIDTH}"'
            parts.append(f'<line class="{style}" {ends} y1="{y(across):.1f}" y2="{y(across):.1f}"/>')
    for kind, line in panel.lines.items():
        places = [(x(value), y(rate)) for value, rate in sorted(line) if rate is not None]
        places.sort()
        number = kinds.index(kind) % KINDS
        shape = " ".join(f"{a:.1f},{b:.1f}" for a, b in places)
        parts.append(f'<polyline class="curve k{number}" points="{shape}"/>')
        parts += [f'<circle class="spot k{number}" cx="{a:.1f}" cy="{b:.1f}" r="2.5"/>' for a, b in places]
    return parts


def _legend(kinds: Sequence[str], y: float) -> list[str]:
    parts = []
    for number, kind in enumerate(kinds):
        x = LEFT + 130 * number
        parts.append(
            f'<line class="curve k{number % KINDS}" x1="{x}" x2="{x + 26}" y1="{y - 4}" y2="{y - 4}"/>'
        )
        parts.append(f'<text x="{x + 32}" y="{y}">{html.escape(kind)}</text>')
    return parts
