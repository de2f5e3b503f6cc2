"""The summary page: sorted, escaped, self-contained, bounded."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

from earwitness.cli import scan_page
from earwitness.cli.scan_page import PageFacts, write_page
from earwitness.report import Report, Verdict

ERROR = {"file": "bad.mp3", "error": {"type": "undecodable", "title": "T", "message": "it is broken."}}


def page(records: Iterable[dict[str, Any]], counts: dict[Verdict | None, int] | None = None) -> str:
    facts = PageFacts(
        sources=["calls"],
        counts=counts or {Verdict.SYNTHETIC: 1, None: 1},
        audio_s=3725,
        skipped=7,
        prior=0.5,
        models=["fake 1"],
        made=datetime(2026, 11, 23, 12, 30, tzinfo=UTC),
    )
    out = io.StringIO()
    write_page(records, facts, out)
    return out.getvalue()


class Tags(HTMLParser):
    """Collects the start tags, and the text of table cells row by row."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.rows: list[list[str]] = []
        self._in_cell = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "tr":
            self.rows.append([])
        if tag == "td":
            self.rows[-1].append("")
            self._in_cell = True

    def handle_endtag(self, tag: str) -> None:
        self._in_cell = self._in_cell and tag != "td"

    def handle_data(self, data: str) -> None:
        if self._in_cell:
            self.rows[-1][-1] += data


def test_says_what_the_records_say(make_report: Callable[..., Report]) -> None:
    record = make_report("synthetic", 6.0, name="calls/one.wav").to_dict()
    tags = Tags(page([record, ERROR]))
    first, second = (row for row in tags.rows if row)
    assert first[0] == "calls/one.wav"
    assert first[1] == "Synthetic speech"
    assert first[3] == "+6.0"
    assert second[:2] == ["bad.mp3", "Error"]
    assert "it is broken." in second[-1]
    text = page([record, ERROR])
    assert "1:02:05 of sound" in text
    assert "fake 1" in text
    assert "7 other files" in text


def test_names_and_reasons_are_escaped(make_report: Callable[..., Report]) -> None:
    evil = '<img src=x onerror="alert(1)">\x1b\u202e.wav'
    record = make_report("synthetic", 6.0, name=evil).to_dict()
    record["reason"] = record["warnings"][:0] or "</script><script>alert(2)</script>"
    record["warnings"] = ["<b>warning</b>"]
    error = {"file": evil, "error": {"type": "x", "title": "T", "message": "<i>m</i>"}}
    text = page([record, error])
    tags = Tags(text)
    assert [tag for tag, _ in tags.tags].count("script") == 1
    assert not any(tag == "img" for tag, _ in tags.tags)
    assert "<b>warning" not in text
    assert "<i>m" not in text
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert tags.rows[1][0] == '<img src=x onerror="alert(1)">\\x1b\\u202e.wav'


def test_links_to_nothing_outside(make_report: Callable[..., Report]) -> None:
    text = page([make_report("synthetic", 6.0).to_dict(), ERROR])
    attributes = [name for _, attrs in Tags(text).tags for name in attrs]
    assert not {"src", "href", "action", "srcset"} & set(attributes)
    assert not re.search(r"https?:|//[a-z]|@import|url\(", text)
    assert "default-src 'none'" in text


def test_counts_stand_above_and_can_filter() -> None:
    tags = Tags(page([], {Verdict.SYNTHETIC: 3, Verdict.LIKELY_HUMAN: 1200, None: 2}))
    tiles = [attrs["data-only"] for _, attrs in tags.tags if "data-only" in attrs]
    assert tiles == [*(verdict.value for verdict in Verdict), "error"]
    assert "<b>1,200</b>" in page([], {Verdict.LIKELY_HUMAN: 1200})


def test_a_very_long_table_ends_and_says_so(make_report: Callable[..., Report]) -> None:
    record = make_report("likely_human", -4.0).to_dict()
    many = (record for _ in range(scan_page.MAX_ROWS + 10))
    text = page(many, {Verdict.LIKELY_HUMAN: scan_page.MAX_ROWS + 10})
    assert text.count('<tr class="') == scan_page.MAX_ROWS
    assert "10 more files" in text


def test_never_calls_a_recording_genuine(make_report: Callable[..., Report]) -> None:
    text = page([make_report("likely_human", -4.0).to_dict()], {Verdict.LIKELY_HUMAN: 1})
    words = re.sub(r"<style>.*?</style>|<script>.*?</script>", "", text, flags=re.S).lower()
    assert not re.search(r"\b(real|genuine|authentic|proven)\b", words)
