"""The panel reads well in any terminal: narrow, without colour, without Unicode."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest
from rich.console import Console

from earwitness.cli.panel import print_report, print_summary
from earwitness.report import Explanation, Report, Verdict
from earwitness.wording import TITLE

Make = Callable[..., Report]


def show(
    report: Report, width: int = 80, encoding: str = "utf-8", terminal: bool = True, **options: object
) -> str:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding, errors="strict")
    console = Console(file=stream, width=width, force_terminal=terminal, highlight=False, **options)  # type: ignore[arg-type]
    print_report(console, report, 0.5)
    stream.flush()
    return raw.getvalue().decode(encoding)


@pytest.mark.parametrize("width", [40, 60, 80, 120, 300])
@pytest.mark.parametrize("verdict", list(Verdict))
def test_no_line_is_too_long(make_report: Make, width: int, verdict: Verdict) -> None:
    report = make_report(verdict.value, channels=2, apart=True, name="n" * 200, warnings=("w" * 200,))
    text = show(report, width, no_color=True, color_system=None)
    assert TITLE[verdict].upper() in text
    for line in text.splitlines():
        assert len(line) <= min(width, 96)


def test_a_terminal_gets_a_frame_and_a_pipe_gets_none(make_report: Make) -> None:
    assert "╭" in show(make_report())
    piped = show(make_report(), terminal=False)
    assert "╭" not in piped
    assert "\x1b" not in piped
    assert piped.splitlines()[0].strip() == "call.wav"


def test_without_unicode_everything_can_be_written(make_report: Make) -> None:
    text = show(make_report(channels=2, apart=True), encoding="ascii")
    assert "LIKELY SYNTHETIC" in text


def test_no_color_leaves_no_colour(make_report: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    colour = re.compile(r"\x1b\[(?:\d+;)*(?:3[0-8]|9[0-7])[;m]")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert colour.search(show(make_report()))
    monkeypatch.setenv("NO_COLOR", "1")
    assert not colour.search(show(make_report()))


def test_channels_are_named(make_report: Make) -> None:
    text = show(make_report(channels=2, apart=True))
    assert "Channel 1" in text
    assert "Channel 2" in text
    assert "on channel" in text


def test_inconclusive_says_what_would_help(make_report: Make) -> None:
    report = make_report(
        "inconclusive", None, duration_s=1.0, quality={"reasons": ("Only 0.8 s of speech.",)}
    )
    text = show(report, color_system=None)
    assert "No probability: nothing could be scored." in text
    assert "What would help: A longer excerpt" in text
    assert "Only 0.8 s of speech." in text
    assert "Probability over time" not in text


def test_a_reason_is_not_said_twice(make_report: Make) -> None:
    report = make_report("inconclusive", None, reason="Too short.", quality={"reasons": ("Too short.",)})
    assert show(report).count("Too short.") == 1


def test_what_the_detector_reacted_to_stands_under_why_and_is_no_proof(make_report: Make) -> None:
    found = Explanation(
        start_s=0, end_s=3, llr_synthetic=4.2, bands=(),
        sentence="Without the band 5.5-7 kHz it would fall.", cannot_tell="It is no proof.",
    )  # fmt: skip
    flat = " ".join(show(make_report(explanation=(found, found)), terminal=False).split())
    line = "Reacted to: Without the band 5.5-7 kHz it would fall. It is no proof."
    assert flat.count(line) == 1
    assert flat.index("Why ") < flat.index(line) < flat.index("Evidence ")
    assert "Reacted to" not in show(make_report())


def test_partly_speaks_of_the_whole(make_report: Make) -> None:
    assert "the speech as a whole" in " ".join(show(make_report("partly_synthetic", 0.4)).split())


def test_summary_has_a_line_a_file(make_report: Make) -> None:
    stream = io.StringIO()
    rows: list[tuple[str, Report | str]] = [
        ("a.wav", make_report()),
        ("b.wav", "not audio"),
        ("c", make_report("inconclusive", None)),
    ]
    print_summary(Console(file=stream, width=60), rows)
    lines = [line.split() for line in stream.getvalue().splitlines()]
    assert lines[0] == ["3", "files"]
    assert lines[2] == ["a.wav", "Likely", "synthetic", "93", "%"]
    assert lines[3] == ["b.wav", "error"]
    assert lines[4] == ["c", "Inconclusive"]
