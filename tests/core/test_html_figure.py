"""The drawings cover the whole time axis, stay small, and mark what was not judged."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable

import numpy as np
import pytest

from earwitness.html_figure import MOST_SPANS, figure
from earwitness.picture import Picture
from earwitness.report import Report, Segment
from earwitness.samples import Audio


def picture_of(seconds: float, channels: int = 1, rate: int = 16_000) -> Picture:
    picture = Picture()
    samples = (
        np.random.default_rng(0).standard_normal((channels, int(seconds * rate))).astype(np.float32) * 0.1
    )
    picture.push(Audio(samples=samples, rate=rate))
    picture.finish()
    return picture


def test_curve_and_gaps_cover_the_axis_once(make_report: Callable[..., Report]) -> None:
    drawn = figure(make_report(duration_s=20.0), picture_of(20.0))
    (lane,) = drawn.lanes
    assert drawn.judged
    assert [(g.left, g.width) for g in lane.gaps] == [(20.0, 10.0)]  # the pause from 4 to 6 s
    assert lane.steps.count("M") == 2
    assert lane.area.count("Z") == 2
    ends = [float(x) for x in re.findall(r"H([\d.]+)", lane.steps)]
    assert ends == sorted(ends)
    assert ends[-1] == pytest.approx(20.0)


def test_the_end_without_segments_is_a_gap(make_report: Callable[..., Report]) -> None:
    report = make_report(segments=(Segment(start_s=2.0, end_s=3.0, p_synthetic=0.9),), duration_s=10.0)
    (lane,) = figure(report, None).lanes
    assert [(g.left, g.width) for g in lane.gaps] == [(0.0, 20.0), (30.0, 70.0)]
    assert [(b.left, b.width) for b in lane.bands] == [(20.0, 10.0)]
    assert lane.waveform == ""


def test_a_segment_beyond_the_end_is_cut(make_report: Callable[..., Report]) -> None:
    report = make_report(segments=(Segment(start_s=9.5, end_s=13.5, p_synthetic=0.9),), duration_s=10.0)
    (lane,) = figure(report, None).lanes
    assert "H10.000" in lane.steps
    assert lane.bands[0].left + lane.bands[0].width == pytest.approx(100)


def test_ten_hours_stay_small(make_report: Callable[..., Report]) -> None:
    report = make_report(duration_s=36_000.0)
    assert len(report.segments) == 72_000
    (lane,) = figure(report, None).lanes
    assert len(lane.steps) < 60_000
    assert len(lane.read_out) <= MOST_SPANS
    assert len(lane.bands) <= 200


def test_channels_get_their_own_lane_and_waveform(make_report: Callable[..., Report]) -> None:
    drawn = figure(make_report(duration_s=5.0, channels=2, apart=True), picture_of(5.0, channels=2))
    assert [lane.name for lane in drawn.lanes] == ["channel 1", "channel 2"]
    assert drawn.lanes[0].waveform != drawn.lanes[1].waveform


def test_spectrogram_is_an_image_as_wide_as_the_recording(make_report: Callable[..., Report]) -> None:
    drawn = figure(make_report(duration_s=5.0), picture_of(5.0))
    assert drawn.spectrogram is not None
    head, data = drawn.spectrogram.uri.split(",")
    assert head == "data:image/png;base64"
    assert base64.b64decode(data).startswith(b"\x89PNG")
    assert drawn.spectrogram.width == pytest.approx(100, abs=1)
    assert drawn.spectrogram.max_khz == 8
    assert [label.label for label in drawn.spectrogram.labels] == ["0", "2", "4", "6", "8"]


def test_nothing_judged_nothing_drawn(make_report: Callable[..., Report]) -> None:
    drawn = figure(make_report("inconclusive", None, duration_s=1.0), picture_of(1.0))
    assert not drawn.judged
    assert drawn.lanes[0].steps == ""
    assert drawn.lanes[0].waveform.startswith("M0 ")
    assert drawn.lanes[0].summary == "No stretch could be judged."


@pytest.mark.parametrize("seconds", [0.5, 7.0, 61.0])
def test_ticks_lie_on_the_axis(make_report: Callable[..., Report], seconds: float) -> None:
    ticks = figure(make_report(duration_s=seconds), None).ticks
    assert ticks[0].left == 0
    assert 2 <= len(ticks) <= 9
    assert all(0 <= tick.left <= 95 for tick in ticks)
    assert len({tick.label for tick in ticks}) == len(ticks)
