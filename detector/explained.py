"""What the detector reacted to, as the report tells it: numbers read as the channel asks, and a sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from earwitness.contracts import ChannelScores, Occluded
from earwitness.report import Explanation, OccludedBand, OccludedCell
from earwitness.wording import clock

__all__ = ["CANNOT_TELL", "explanations"]

Band = TypeVar("Band", bound=OccludedBand)

CANNOT_TELL = "This shows what the network reacted to, not what made it; it is no proof."
TELLING = 0.2  # LLR that must go with a part before it is named


def explanations(scores: Sequence[ChannelScores], read: Callable[[float], float]) -> tuple[Explanation, ...]:
    """One for each excerpt that parts of were silenced, the most synthetic first.

    read: from the card's window LLR to that of the channel (telephone or not).
    """
    found = [_explanation(one, scored.channel, read) for scored in scores for one in scored.occluded]
    return tuple(sorted(found, key=lambda e: -e.llr_synthetic))


def _explanation(tried: Occluded, channel: int | None, read: Callable[[float], float]) -> Explanation:
    llr = round(read(tried.llr), 3)
    bands = tuple(
        OccludedBand(low_hz=p.low_hz, high_hz=p.high_hz, drop_llr=round(llr - read(p.llr), 3))
        for p in tried.bands
    )
    cells = tuple(
        OccludedCell(
            low_hz=p.low_hz,
            high_hz=p.high_hz,
            drop_llr=round(llr - read(p.llr), 3),
            start_s=p.start_s,
            end_s=p.end_s,
        )
        for p in tried.cells
    )
    name = f"the excerpt {_span(tried.start_s, tried.end_s)}"
    if channel is not None:
        name += f" of channel {channel + 1}"
    return Explanation(
        start_s=tried.start_s,
        end_s=tried.end_s,
        llr_synthetic=llr,
        bands=bands,
        cells=cells,
        sentence=_sentence(name, llr, bands, cells),
        cannot_tell=CANNOT_TELL,
        channel=channel,
    )


def _sentence(name: str, llr: float, bands: Sequence[OccludedBand], cells: Sequence[OccludedCell]) -> str:
    """The band that most of the LLR goes with, on whichever side of 0 it is, and its strongest stretch."""
    side = 1 if llr >= 0 else -1
    top = _most(bands, side)
    if top is None or side * top.drop_llr < TELLING:
        return f"No single band carries the LLR of {name} ({llr:+.1f})."
    moves = "fall" if side > 0 else "rise"
    said = (
        f"Without the band {_khz(top)} the LLR of {name} would {moves} from {llr:+.1f} "
        f"to {llr - top.drop_llr:+.1f}"
    )
    stretch = _most([cell for cell in cells if cell.low_hz == top.low_hz], side)
    if stretch is None or side * stretch.drop_llr < TELLING:
        return f"{said}."
    return f"{said}; of its stretches {_span(stretch.start_s, stretch.end_s)} counts most."


def _most(parts: Iterable[Band], side: int) -> Band | None:
    return max(parts, key=lambda part: side * part.drop_llr, default=None)


def _khz(band: OccludedBand) -> str:
    return f"{band.low_hz / 1000:g}-{band.high_hz / 1000:g} kHz"


def _span(start_s: float, end_s: float) -> str:
    return f"{clock(start_s, tenths=True)}-{clock(end_s, tenths=True)}"
