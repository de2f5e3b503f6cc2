"""Tracks and the time line: it covers the recording, never overlaps, and pauses are pauses."""

import itertools

import numpy as np
import pytest

from earwitness.contracts import ChannelScores, Window
from earwitness.detector import segments
from earwitness.detector.calibrate import Local, probability
from earwitness.detector.segments import (
    COARSE_S,
    MOST_SEGMENTS,
    Track,
    smoothed,
    stretches,
    time_line,
    track,
)

STEP_S = COARSE_S
FINE_S = 0.08
LOCAL = Local(width=3, slope=2.0, share=0.5, offset=-1.0, human=-1.0, stretch=2.0, contrast=4.0)
NAN = float("nan")


def coarse(found: list[Window], duration_s: float) -> Track:
    """The track of windows alone."""
    return track(ChannelScores(None, tuple(found), 0.0), duration_s, None)


def fine(llrs: list[float | None], duration_s: float | None = None) -> Track:
    """A track of single steps; None is a pause."""
    values = np.array([np.nan if llr is None else llr for llr in llrs], dtype=float)
    return Track(FINE_S, len(llrs) * FINE_S if duration_s is None else duration_s, values)


def heard(raw: list[float], found: list[Window]) -> ChannelScores:
    return ChannelScores(None, tuple(found), 0.0, None, np.array(raw, np.float32))


def windows(llrs: list[float], first_s: float = 0.0, length_s: float = 3.04) -> list[Window]:
    """One window every step."""
    starts = [first_s + STEP_S * k for k in range(len(llrs))]
    return [
        Window(round(s, 3), round(s + length_s, 3), llr, 1.0) for s, llr in zip(starts, llrs, strict=True)
    ]


def one_a_step(llrs: list[float | None]) -> list[Window]:
    """Windows as long as a step, so that each step's LLR is known; None is a pause."""
    return [
        Window(round(STEP_S * k, 3), round(STEP_S * (k + 1), 3), llr, 1.0)
        for k, llr in enumerate(llrs)
        if llr is not None
    ]


@pytest.mark.parametrize("duration", [0.3, 0.48, 0.5, 3.04, 9.65, 10.0, 10.1, 61.37])
@pytest.mark.parametrize("seed", range(3))
def test_segments_cover_the_recording_without_gap_or_overlap(duration: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    count = int(max(0.0, duration - 3.04) / STEP_S) + 1
    kept = [w for w in windows(rng.normal(size=count).tolist()) if rng.random() < 0.4]
    line = time_line(coarse(kept, duration))
    assert line[0].start_s == 0
    assert line[-1].end_s == pytest.approx(duration, abs=1e-3)
    for before, after in itertools.pairwise(line):
        assert before.end_s == after.start_s
        assert before.p_synthetic is not None or after.p_synthetic is not None, "pauses are joined"
    assert all(s.start_s < s.end_s for s in line)
    assert all(s.end_s - s.start_s <= STEP_S + 1e-3 for s in line if s.p_synthetic is not None)


def test_no_windows_one_empty_segment() -> None:
    (only,) = time_line(coarse([], 12.34), channel=1)
    assert (only.start_s, only.end_s, only.p_synthetic, only.llr_synthetic, only.channel) == (
        0, 12.34, None, None, 1,
    )  # fmt: skip


def test_a_recording_of_no_length_has_a_time_line_of_no_length() -> None:
    (only,) = time_line(coarse([], 0.0))
    assert (only.start_s, only.end_s) == (0, 0)


def test_the_tail_after_the_last_window_is_no_pause() -> None:
    """Windows end with the last whole frame, up to a tenth of a second before the recording does."""
    line = time_line(coarse(windows([1.0] * 14), 13 * STEP_S + 3.04 + 0.1))
    assert all(s.p_synthetic is not None for s in line)


def test_a_long_rest_without_window_is_a_pause() -> None:
    line = time_line(coarse(windows([1.0]), 10.0))
    assert line[-1].p_synthetic is None
    assert line[-1].end_s - line[-1].start_s > 6


def test_equal_windows_give_their_llr_everywhere() -> None:
    line = time_line(coarse(windows([1.25] * 10), 7.36))
    assert {s.llr_synthetic for s in line} == {1.25}
    assert {s.p_synthetic for s in line} == {round(probability(1.25), 4)}


def test_a_step_listens_most_to_the_windows_it_lies_in_the_middle_of() -> None:
    line = coarse(windows([-2.0] * 15 + [2.0] * 15), 17.0)
    numbers = line.llrs[np.isfinite(line.llrs)]
    assert np.all(np.diff(numbers) >= -1e-6)
    crossing = float(np.argmax(numbers > 0)) * STEP_S
    assert crossing == pytest.approx(15 * STEP_S + 3.04 / 2, abs=0.5)


def test_windows_with_more_speech_weigh_more() -> None:
    both = [Window(0.0, 0.48, 3.0, 0.9), Window(0.0, 0.48, -3.0, 0.3)]
    assert time_line(coarse(both, 0.48))[0].llr_synthetic == pytest.approx(
        (0.9 * 3 - 0.3 * 3) / 1.2, abs=1e-3
    )


def test_windows_beyond_the_end_are_cut() -> None:
    line = time_line(coarse(windows([1.0, 2.0], first_s=4.8), 5.0))
    assert line[-1].end_s == 5.0


def test_stretches_above_and_below() -> None:
    line = coarse(one_a_step([-1, -1, 2, 3, 5.5, -1, 2, -3]), 8 * STEP_S)
    above = stretches(line, above=2.0)
    assert [s.start_s / STEP_S for s in above] == pytest.approx([2, 6])
    assert [s.end_s / STEP_S for s in above] == pytest.approx([5, 7])
    assert above[0].mean_llr == pytest.approx(3.5)
    assert above[0].peak_llr == pytest.approx(5.5)
    (below,) = stretches(line, below=-2.0)
    assert (below.start_s, below.end_s) == pytest.approx((7 * STEP_S, 8 * STEP_S))
    assert (below.mean_llr, below.peak_llr) == (-3.0, -3.0)


def test_a_threshold_of_zero_is_one() -> None:
    line = fine([-1, 0, 1])
    (above,), (below,) = stretches(line, above=0.0), stretches(line, below=0.0)
    assert (above.start_s, above.end_s, below.start_s, below.end_s) == pytest.approx((0.08, 0.24, 0.0, 0.16))


def test_the_last_stretch_ends_with_the_recording() -> None:
    (only,) = stretches(coarse(one_a_step([1, 1, 1]), 1.3), above=0.5)
    assert only.end_s == 1.3
    assert only.judged_s == pytest.approx(1.3)


def test_pauses_neither_break_a_stretch_nor_lengthen_what_was_judged() -> None:
    (only,) = stretches(fine([5, *[None] * 100, 5, -5]), above=2.0)
    assert only.end_s - only.start_s == pytest.approx(102 * FINE_S)
    assert only.judged_s == pytest.approx(2 * FINE_S)
    assert (only.mean_llr, only.peak_llr) == (5.0, 5.0)


def test_no_speech_no_stretches() -> None:
    assert stretches(coarse([], 10.0), above=0.0) == ()
    assert stretches(coarse([], 10.0), below=0.0) == ()


def test_an_hour_is_no_trouble() -> None:
    count = 7_500
    line = coarse(windows(np.sin(np.arange(count) / 50).tolist()), count * STEP_S + 2.56)
    assert len(stretches(line, above=0.5)) == pytest.approx(count / (100 * np.pi), rel=0.01)
    assert len(time_line(line)) <= MOST_SEGMENTS


@pytest.mark.parametrize("width", [1, 3, 9, 41])
def test_smoothing_keeps_what_is_constant_and_every_pause(width: int) -> None:
    raw = np.full(30, 2.5)
    raw[[4, 5, 6, 20]] = np.nan
    made = smoothed(raw, width)
    assert np.array_equal(np.isnan(made), np.isnan(raw))
    assert made[np.isfinite(made)] == pytest.approx(2.5)


def test_smoothing_is_a_triangle_around_each_step() -> None:
    raw = np.zeros(11)
    raw[5] = 4.0
    assert smoothed(raw, 3) == pytest.approx([0, 0, 0, 0, 1, 2, 1, 0, 0, 0, 0])
    assert np.array_equal(smoothed(raw, 1), raw)
    # At the edge and beside a pause what is missing counts nothing: (2 * 4 + 1 * 0) / 3.
    edge = np.array([4.0, 0.0, np.nan, 4.0, 0.0])
    assert smoothed(edge, 3) == pytest.approx([8 / 3, 4 / 3, NAN, 8 / 3, 4 / 3], nan_ok=True)


def test_a_single_step_can_be_smoothed() -> None:
    assert smoothed(np.array([3.0], np.float32), 9) == pytest.approx([3.0])


def test_a_track_needs_both_steps_and_their_reading_to_be_fine() -> None:
    found = windows([1.0] * 4)
    scores = heard([0.0] * 50, found)
    assert track(scores, 4.0, LOCAL).step_s == FINE_S
    for other, local in ((scores, None), (ChannelScores(None, tuple(found), 0.0), LOCAL)):
        made = track(other, 4.0, local)
        assert made.step_s == COARSE_S
        assert len(made.llrs) == 9
        assert made.llrs == pytest.approx([1.0] * 9)


def test_steps_are_read_with_the_windows_around_them() -> None:
    made = track(heard([1.0] * 38, [Window(0.0, 3.04, 3.0, 1.0)]), 3.04, LOCAL)
    assert (made.step_s, made.duration_s) == (FINE_S, 3.04)
    assert made.llrs == pytest.approx([2.0 * 1.0 + 0.5 * 3.0 - 1.0] * 38)
    assert made.end(37) == pytest.approx(3.04)


def test_steps_are_smoothed_before_they_are_read() -> None:
    raw = [0.0] * 18 + [1.0] + [0.0] * 19
    made = track(heard(raw, [Window(0.0, 3.04, 0.0, 1.0)]), 3.04, LOCAL)
    assert made.llrs[16:21] == pytest.approx([-1, 2 * 0.25 - 1, 2 * 0.5 - 1, 2 * 0.25 - 1, -1])


def test_steps_stay_within_the_reach_of_llrs_and_pauses_are_pauses() -> None:
    made = track(heard([50.0, NAN, -50.0] + [NAN] * 35, [Window(0.0, 3.04, 0.0, 1.0)]), 3.04, LOCAL)
    assert made.llrs[:3] == pytest.approx([6.0, NAN, -6.0], nan_ok=True)
    assert np.isnan(made.llrs[3:]).all()


@pytest.mark.parametrize(("found", "around"), [([Window(3.2, 6.24, -2.0, 1.0)], -2.0), ([], 0.0)])
def test_a_word_outside_every_window_is_read_with_the_others(found: list[Window], around: float) -> None:
    made = track(heard([1.0] * 5 + [NAN] * 73, found), 6.24, LOCAL)
    assert made.llrs[:5] == pytest.approx([2.0 + 0.5 * around - 1.0] * 5)


@pytest.mark.parametrize(("duration", "steps", "pauses"), [(10.0, 124, 0), (10.05, 124, 0), (10.2, 124, 4)])
def test_what_the_last_frames_leave_over_is_no_pause(duration: float, steps: int, pauses: int) -> None:
    """10 s have 125 steps, of which the 32-ms frames fill 124."""
    made = track(heard([1.0] * steps, [Window(0.0, duration, 0.0, 1.0)]), duration, LOCAL)
    assert len(made.llrs) == int(np.ceil(duration / FINE_S - 1e-6))
    assert int(np.isnan(made.llrs).sum()) == pauses
    assert time_line(made)[-1].end_s == pytest.approx(duration, abs=1e-3)


def test_more_steps_than_the_recording_has_are_cut() -> None:
    assert len(track(heard([1.0] * 50, []), 2.0, LOCAL).llrs) == 25


def test_a_fine_time_line_has_a_segment_a_step() -> None:
    line = time_line(fine([1.0, None, None, -1.0], 0.3), channel=1)
    assert [(s.start_s, s.end_s, s.llr_synthetic, s.channel) for s in line] == [
        (0.0, 0.08, 1.0, 1),
        (0.08, 0.24, None, 1),
        (0.24, 0.3, -1.0, 1),
    ]


def test_a_long_time_line_joins_steps_to_their_mean(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segments, "MOST_SEGMENTS", 4)
    line = time_line(fine([1, 2, 3, None, None, None, None, 4, 5, 5]))
    assert [(s.start_s, s.end_s, s.llr_synthetic) for s in line] == [
        (0.0, 0.24, 2.0),
        (0.24, 0.48, None),
        (0.48, 0.72, 4.5),
        (0.72, 0.8, 5.0),
    ]
    assert [s.llr_synthetic for s in time_line(fine([1, 2, 3, 4]))] == [1, 2, 3, 4], "just as many as fit"


@pytest.mark.parametrize("count", [MOST_SEGMENTS, MOST_SEGMENTS + 1, 12_345])
def test_a_time_line_never_has_too_many_segments(count: int) -> None:
    line = time_line(fine([1.0] * count))
    assert MOST_SEGMENTS / 3 < len(line) <= MOST_SEGMENTS
    assert line[-1].end_s == pytest.approx(count * FINE_S, abs=1e-3)
    assert all(one.end_s == other.start_s for one, other in itertools.pairwise(line))
