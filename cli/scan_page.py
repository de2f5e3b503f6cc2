"""A scan's results as one page: self-contained, sorted by suspicion, links to nothing outside."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import IO, Any

import earwitness
from earwitness.report import Verdict
from earwitness.wording import FOOTNOTE, TITLE, clean, clock, percent, prior_words

__all__ = ["MAX_ROWS", "PageFacts", "write_page"]

MAX_ROWS = 5000
"""A browser gets slow beyond; the most suspicious come first, so the rest is the least of it."""

_TEMPLATE = Path(__file__).with_name("scan_page.html")
_LAST = -1e9  # sorts rows without a number below all others


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What stands above the table.

    sources: the folders and files scanned. counts: files by verdict, None for errors.
    audio_s: seconds of sound. skipped: files that were no audio or video. models: "name version".
    """

    sources: Sequence[str]
    counts: Mapping[Verdict | None, int]
    audio_s: float
    skipped: int
    prior: float
    models: Sequence[str]
    made: datetime


def write_page(records: Iterable[dict[str, Any]], facts: PageFacts, file: IO[str]) -> None:
    """Write the page row by row. ``records``: lines of the results file, most suspicious first."""
    from jinja2 import Environment

    # Autoescape: names and tags come from whoever made the files.
    template = Environment(autoescape=True).from_string(_TEMPLATE.read_text(encoding="utf-8"))
    total = sum(facts.counts.values())
    values = {
        "facts": {
            "total": f"{total:,}",
            "audio": clock(facts.audio_s),
            "sources": [clean(source) for source in facts.sources],
            "made": facts.made.strftime("%Y-%m-%d %H:%M"),
            "version": earwitness.__version__,
            "models": facts.models,
            "prior": prior_words(facts.prior),
            "skipped": facts.skipped,
            "footnote": FOOTNOTE,
            "left_out": max(0, total - MAX_ROWS),
        },
        "tiles": list(_tiles(facts.counts)),
        "rows": (_row(record) for record in islice(records, MAX_ROWS)),
    }
    for piece in template.generate(values):
        file.write(piece)


def _tiles(counts: Mapping[Verdict | None, int]) -> Iterator[dict[str, object]]:
    tiles: list[tuple[str, str, Verdict | None]] = [
        (verdict.value, TITLE[verdict], verdict) for verdict in Verdict
    ]
    for key, title, verdict in [*tiles, ("error", "Not judged (error)", None)]:
        count = counts.get(verdict, 0)
        yield {"key": key, "title": title, "count": f"{count:,}", "weight": count}


def _row(record: dict[str, Any]) -> dict[str, object]:
    if "error" in record:
        return {
            "key": "error",
            "title": "Error",
            "name": clean(record["file"]),
            "reason": clean(record["error"]["message"]),
            "p_sort": _LAST,
            "llr_sort": _LAST,
            "length_sort": _LAST,
            "speech_sort": _LAST,
        }
    p, llr, length = record["p_synthetic"], record["llr_synthetic"], record["file"]["duration_s"]
    speech = record["quality"]["speech_s"]
    return {
        "key": record["verdict"],
        "title": TITLE[Verdict(record["verdict"])],
        "name": clean(record["file"]["name"]),
        "reason": clean(record["reason"]),
        "warnings": [clean(warning) for warning in record["warnings"]],
        "p": None if p is None else percent(p),
        "p_width": None if p is None else round(100 * p),
        "p_sort": _LAST if p is None else p,
        "llr": None if llr is None else f"{llr:+.1f}",
        "llr_sort": _LAST if llr is None else llr,
        "length": clock(length),
        "length_sort": length,
        "speech": clock(speech),
        "speech_sort": speech,
    }
