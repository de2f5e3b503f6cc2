"""What the detector reacted to as a heat map for the HTML page: a table, so that it can be read aloud."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from earwitness.report import Explanation, OccludedBand, OccludedCell, Report
from earwitness.wording import channel_name, clock

__all__ = ["Cell", "Heat", "Row", "heats"]

DARKEST = 0.7  # opacity; ink stays readable on it
LEAST_SCALE = 1.0  # LLR: where everything matters little, nothing is painted dark


@dataclass(frozen=True, slots=True)
class Cell:
    """text: fall of the LLR; tone: class of the style sheet; shade: opacity 0..1 of its colour."""

    text: str
    tone: str
    shade: float


@dataclass(frozen=True, slots=True)
class Row:
    """A band: silenced throughout, and in each stretch of time (() where that was not tried)."""

    name: str
    whole: Cell
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Heat:
    """One excerpt. times: starts of its stretches; rows: from the highest band to the lowest."""

    sentence: str
    cannot_tell: str
    caption: str
    times: tuple[str, ...]
    rows: tuple[Row, ...]


def heats(report: Report) -> tuple[Heat, ...]:
    """A heat map an excerpt; () where nothing was explained.

    Whole bands share one scale, stretches another: taking away half a second never does as much.
    """
    bands = _scale(band for found in report.explanation for band in found.bands)
    cells = _scale(cell for found in report.explanation for cell in found.cells)
    return tuple(_heat(found, bands, cells) for found in report.explanation)


def _scale(parts: Iterable[OccludedBand]) -> float:
    return max((abs(part.drop_llr) for part in parts), default=LEAST_SCALE)


def _heat(found: Explanation, bands: float, cells: float) -> Heat:
    starts = sorted({cell.start_s for cell in found.cells})
    where = "" if found.channel is None else f", {channel_name(found.channel)}"
    span = f"{clock(found.start_s, tenths=True)} to {clock(found.end_s, tenths=True)}"
    said = f"How far the LLR ({_number(found.llr_synthetic, '+.1f')}) falls without each part"
    rows = [_row(band, found.cells, bands, cells) for band in sorted(found.bands, key=lambda b: -b.low_hz)]
    return Heat(
        sentence=found.sentence,
        cannot_tell=found.cannot_tell,
        caption=f"Excerpt {span}{where}. {said}.",
        times=tuple(clock(start, tenths=True) for start in starts),
        rows=tuple(rows),
    )


def _row(band: OccludedBand, cells: Iterable[OccludedCell], of_bands: float, of_cells: float) -> Row:
    own = [cell for cell in cells if (cell.low_hz, cell.high_hz) == (band.low_hz, band.high_hz)]
    return Row(
        name=f"{band.low_hz / 1000:g}–{band.high_hz / 1000:g} kHz",  # noqa: RUF001 (a range)
        whole=_cell(band, of_bands),
        cells=tuple(_cell(cell, of_cells) for cell in sorted(own, key=lambda cell: cell.start_s)),
    )


def _cell(part: OccludedBand, scale: float) -> Cell:
    shade = round(DARKEST * abs(part.drop_llr) / max(scale, LEAST_SCALE), 2)
    return Cell(_number(part.drop_llr, ".1f"), "more" if part.drop_llr > 0 else "less", shade)


def _number(value: float, form: str) -> str:
    return f"{round(value, 1) + 0.0:{form}}".replace("-", "\u2212")
