"""The bar: one block a cell, higher and redder with the probability, a dot where nothing was judged."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from rich.console import Console
from rich.text import Text

from earwitness.cli.panel_time import bar, ticks, time_lines
from earwitness.report import Report, Segment


def test_blocks_grow_with_the_probability() -> None:
    text = bar([0.0, 0.3, 0.6, 1.0, None])
    assert text.plain == "▁▃▅█·"
    colours = [str(span.style) for span in text.spans]
    assert colours == ["cyan", "bright_black", "yellow", "red", "dim"]


def test_plain_blocks_are_ascii() -> None:
    assert bar([0.0, 0.5, 1.0, None], plain=True).plain.isascii()


@pytest.mark.parametrize("width", [30, 60, 92])
@pytest.mark.parametrize("duration", [0.7, 12.0, 600.0, 36_000.0])
def test_ticks_stand_at_their_times(duration: float, width: int) -> None:
    line = ticks(duration, width).plain
    assert len(line) == width
    assert line.startswith("|0:00")
    assert line.count("|") >= 2
    for column, mark in enumerate(line):
        if mark == "|" and column:
            label = line[column + 1 :].split()[0].split("|")[0]
            seconds = sum(float(part) * 60**k for k, part in enumerate(reversed(label.split(":"))))
            assert seconds / duration * width == pytest.approx(column, abs=1.01)


def test_bar_is_as_wide_as_asked_and_shows_the_pause(make_report: Callable[..., Report]) -> None:
    lines = [line for line in time_lines(make_report(duration_s=20.0), 40) if isinstance(line, Text)]
    drawn = lines[1].plain
    assert len(drawn) == 40
    assert drawn[8:12] == "····"  # 4 to 6 s
    assert "·" not in drawn[:8]


def test_nothing_judged_nothing_drawn(make_report: Callable[..., Report]) -> None:
    assert list(time_lines(make_report("inconclusive", None), 60)) == []


def test_stretches_beyond_three_are_counted(make_report: Callable[..., Report]) -> None:
    console = Console(width=80, record=True, file=io.StringIO())
    for line in time_lines(make_report(llr=1.4, duration_s=300.0), 74):
        console.print(line)
    assert "; and " in console.export_text()


@pytest.mark.parametrize(
    ("duration", "words"),
    [
        (0.05, "0.52 ms"),
        (0.959, "10 ms"),
        (5.0, "0.052 s"),
        (20.0, "0.21 s"),
        (600.0, "6.2 s"),
        (3600.0, "0:38"),
    ],
)
def test_the_length_of_a_block_is_readable(
    make_report: Callable[..., Report], duration: float, words: str
) -> None:
    lines = list(time_lines(make_report(duration_s=duration), 96))
    assert any(isinstance(line, Text) and f"Each block: {words}. " in line.plain for line in lines)


def test_called_stretches_are_those_pointed_out(make_report: Callable[..., Report]) -> None:
    """Neither longer nor likelier ones that the verdict does not rest on."""
    called = (Segment(start_s=3.0, end_s=3.9, p_synthetic=0.9, llr_synthetic=2.2),)
    report = make_report("partly_synthetic", llr=1.4, duration_s=300.0, stretches=called)
    text = drawn(report)
    assert "Stands out: 0:03.0 to 0:03.9 (90 %); raised, too weakly to be called: " in text
    assert "shorter" not in text


def test_what_stands_out_of_human_speech_is_not_called(make_report: Callable[..., Report]) -> None:
    assert "Stands out, too weakly to be called: " in drawn(make_report("likely_human", llr=0.5))


def drawn(report: Report) -> str:
    console = Console(width=80, record=True, file=io.StringIO())
    for line in time_lines(report, 200):
        console.print(line, width=200, soft_wrap=True)
    return console.export_text()
