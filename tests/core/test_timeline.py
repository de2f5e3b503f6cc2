"""Cells average what lies in them; stretches are runs; nothing is invented where nothing was judged."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from earwitness.report import Report, Segment
from earwitness.timeline import cells, judged_channels, segments_of, stretches, tick_step


def seg(start: float, end: float, p: float | None, channel: int | None = None) -> Segment:
    return Segment(start_s=start, end_s=end, p_synthetic=p, channel=channel)


def test_cells_average_by_time() -> None:
    values = cells([seg(0, 1, 0.0), seg(1, 2, 1.0), seg(2, 4, 0.5)], 4.0, 2)
    assert values == pytest.approx([0.5, 0.5])
    assert cells([seg(0, 1, 0.0), seg(1, 4, 1.0)], 4.0, 2) == pytest.approx([0.5, 1.0])


def test_cells_finer_than_segments_repeat_them() -> None:
    values = cells([seg(0, 1, 0.2), seg(1, 2, 0.9)], 2.0, 8)
    assert values == pytest.approx([0.2] * 4 + [0.9] * 4)


def test_pauses_and_ends_stay_empty() -> None:
    values = cells([seg(1, 2, 0.7), seg(2, 3, None)], 5.0, 5)
    assert values == [None, pytest.approx(0.7), None, None, None]


def test_a_short_segment_in_a_long_file_is_not_lost() -> None:
    values = cells([seg(1000.0, 1000.5, 0.9)], 3600.0, 80)
    assert [v for v in values if v is not None] == pytest.approx([0.9])


@pytest.mark.parametrize("columns", [0, 1, 7])
def test_no_segments_no_cells(columns: int) -> None:
    assert cells([], 10.0, columns) == [None] * columns
    assert cells([seg(0, 1, 0.5)], 0.0, columns) == [None] * columns


def test_stretches_are_runs_bridged_over_pauses_only() -> None:
    found = stretches(
        [
            seg(0, 1, 0.9),
            seg(1, 2, None),
            seg(2, 3, 0.95),  # same run: the pause between was short
            seg(3, 4, 0.1),
            seg(4, 5, 0.9),  # a judged human second lies between
            seg(5, 9, None),
            seg(9, 10, 0.85),  # the pause was long
        ]
    )
    assert [(s.start_s, s.end_s) for s in found] == [(0, 3), (4, 5), (9, 10)]
    assert found[0].p_synthetic == pytest.approx(0.925)


def test_threshold_counts_from_itself() -> None:
    assert len(stretches([seg(0, 1, 0.5)], 0.5)) == 1
    assert stretches([seg(0, 1, 0.499)], 0.5) == []


def test_channels_are_told_apart(make_report: Callable[..., Report]) -> None:
    assert judged_channels(make_report(channels=2, apart=True)) == (0, 1)
    assert judged_channels(make_report(channels=2)) == (None,)
    assert judged_channels(make_report("inconclusive", None)) == (None,)
    report = make_report(channels=2, apart=True)
    assert {s.channel for s in segments_of(report, 1)} == {1}


@pytest.mark.parametrize(
    ("duration", "most"), [(0.3, 8), (1, 8), (59, 5), (3600, 8), (36_000, 8), (90_000, 7)]
)
def test_ticks_fit(duration: float, most: int) -> None:
    step = tick_step(duration, most)
    assert duration / step <= most
    assert duration / step >= most / 4
