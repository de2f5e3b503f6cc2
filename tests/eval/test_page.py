"""The page of results: every list with its numbers and drawings; the one in the repository is up to date."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from earwitness.eval.intervals import share
from earwitness.eval.page import NAME, main, page
from earwitness.eval.report import RESULTS

RATE = {"rate": 0.5, "interval": None}
RATES = {"flagged": share(1, 20), "undecided": share(5, 20)}
MADE = {"family": "flow", "auc": 0.9, "found": share(4, 5), "called_human": share(0, 5)}
CLEAN: dict[str, Any] = {
    "eer": {"rate": 0.1234, "interval": {"low": 0.1, "high": 0.15}},
    "macro_eer": {"rate": 0.11},
    "auc": 0.95,
    "verdicts": {
        "all": {"fpr": 0.04, "fnr": 0.2, "abstained_human": 0.1, "abstained_synthetic": None},
    },
    "families": {
        "gan & co": {"n": 5, "eer": 0.2, "interval": None},
        "flow": {"n": 7, "eer": 0.1, "interval": {"low": 0.05, "high": 0.3}},
    },
    "generators": {"Easy": MADE, "Hard & new": MADE | {"found": share(1, 5), "called_human": share(2, 5)}},
    "groups": {"sex": {"groups": {"f": RATES, "m": RATES}, "gap_flagged": 0.0, "gap_undecided": 0.0}},
    "reliability": [
        {"n": 5, "mean_p": 0.1, "synthetic_share": 0.2},
        {"n": 0, "mean_p": None, "synthetic_share": None},
    ],
}
RESULT: dict[str, Any] = {
    "schema": "earwitness.eval.accuracy/1",
    "command": "python -m <something>",
    "commit": "0123456789abcdef",
    "modified": True,
    "machine": {"cpu": "Some CPU", "cores": 2},
    "manifest": {"human": 10, "synthetic": 12, "systems": 3},
    "shortcuts": {"auc": 0.61, "troubling": True},
    "systems": {
        "earwitness": {"conditions": {"clean": CLEAN, "gsm": {"eer": {"rate": 0.3, "interval": None}}}},
        "aasist": {"conditions": {"clean": {"eer": {"rate": 0.46}, "families": {}}}},
    },
}


class Titles(HTMLParser):
    """Collects the text of h3, and what is asked for from elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.fetched: list[str] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = tag == "h3"
        self.fetched += [value or "" for name, value in attrs if name in ("src", "href")]

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.found.append(data)
            self._inside = False


@pytest.fixture
def results(tmp_path: Path) -> Path:
    (tmp_path / "wild.json").write_text(json.dumps(RESULT), encoding="utf-8")
    (tmp_path / "speed.json").write_text('{"schema": "other/1"}', encoding="utf-8")
    return tmp_path


def test_numbers_and_drawings_of_a_list(results: Path) -> None:
    text = page(results)
    for words in (
        "12.3 % (10.0",
        "python -m &lt;something&gt;",
        "0123456789ab (modified)",
        "gan &amp; co (5)",
        "more than a fifth is called human of Hard &amp; new.",
    ):
        assert words in text
    assert "AUC of 0.61: the list gives its classes away" in text
    reader = Titles()
    reader.feed(text)
    assert reader.found == [
        "Equal error rate by channel",
        "Equal error rate by kind of generator",
        "Found, by generator",
        "People wrongly called synthetic, by sex",
        "Stated probability against what was true",
    ]
    assert reader.fetched == []


def test_partly_synthetic_recordings_have_a_table(results: Path) -> None:
    time = {"precision": RATE, "recall": RATE, "f1": RATE}
    files = {"partial": share(9, 10), "human": share(1, 10)}
    numbers = {"files": files, "time": time, "time_partial": time, "frames": {"eer": RATE}}
    what = {"partial": 10, "human": 10, "engines": ["a", "b"]}
    content = {"schema": "earwitness.eval.segments/1", "set": what, "conditions": {"gsm": numbers}}
    (results / "parts.json").write_text(json.dumps(content), encoding="utf-8")
    text = page(results)
    assert "10 partly synthetic recordings of 2 engines beside 10 human ones." in text
    assert "<td>gsm</td><td>90.0 % (55.5" in text
    assert "10 human and 12 synthetic clips of 3 systems." in text


def test_a_bare_result_makes_a_page_too(results: Path) -> None:
    bare = {**RESULT, "systems": {"earwitness": {"conditions": {"clean": {}}}}, "shortcuts": None}
    (results / "wild.json").write_text(json.dumps(bare), encoding="utf-8")
    reader = Titles()
    reader.feed(page(results))
    assert reader.found == []


def test_the_command_writes_beside_the_results_or_elsewhere(results: Path, tmp_path: Path) -> None:
    assert main(["--results", str(results)]) == 0
    assert (results / NAME).read_text(encoding="utf-8") == page(results)
    assert main(["--results", str(results), "--out", str(tmp_path / "x.html")]) == 0
    assert (tmp_path / "x.html").is_file()


def test_a_damaged_result_is_named(results: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (results / "wild.json").write_text("no json", encoding="utf-8")
    assert main(["--results", str(results)]) == 2
    assert "wild.json" in capsys.readouterr().err


def test_the_page_in_the_repository_is_what_the_results_give() -> None:
    assert (RESULTS / NAME).read_text(encoding="utf-8") == page(RESULTS)


def test_the_sweep_has_a_section_of_its_own(results: Path) -> None:
    empty = {"schema": "earwitness.eval.robustness/1", "axes": {}, "clean": {"eer": None}, "command": "c"}
    empty |= {"subset": {"human": 3, "synthetic": 4, "systems": 2}, "target": {"limits": {}, "points": {}}}
    (results / "sweep.json").write_text(json.dumps(empty), encoding="utf-8")
    text = page(results)
    assert '<h2 id="sweep">' in text
    assert text.index('<h2 id="wild">') < text.index('<h2 id="sweep">')
