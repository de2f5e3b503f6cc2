"""The time line: it covers the recording, never overlaps, and pauses are pauses."""

import itertools

import numpy as np
import pytest

from earwitness.contracts import Window
from earwitness.detector.calibrate import probability
from earwitness.detector.segments import STEP_S, stretches, time_line


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
    line = time_line(kept, duration)
    assert line[0].start_s == 0
    assert line[-1].end_s == pytest.approx(duration, abs=1e-3)
    for before, after in itertools.pairwise(line):
        assert before.end_s == after.start_s
        assert before.p_synthetic is not None or after.p_synthetic is not None, "pauses are joined"
    assert all(s.start_s < s.end_s for s in line)
    assert all(s.end_s - s.start_s <= STEP_S + 1e-3 for s in line if s.p_synthetic is not None)


def test_no_windows_one_empty_segment() -> None:
    (only,) = time_line([], 12.34, channel=1)
    assert (only.start_s, only.end_s, only.p_synthetic, only.llr_synthetic, only.channel) == (
        0, 12.34, None, None, 1,
    )  # fmt: skip


def test_a_recording_of_no_length_has_a_time_line_of_no_length() -> None:
    (only,) = time_line([], 0.0)
    assert (only.start_s, only.end_s) == (0, 0)


def test_the_tail_after_the_last_window_is_no_pause() -> None:
    """Windows end with the last whole frame, up to a tenth of a second before the recording does."""
    line = time_line(windows([1.0] * 14), 13 * STEP_S + 3.04 + 0.1)
    assert all(s.p_synthetic is not None for s in line)


def test_a_long_rest_without_window_is_a_pause() -> None:
    line = time_line(windows([1.0]), 10.0)
    assert line[-1].p_synthetic is None
    assert line[-1].end_s - line[-1].start_s > 6


def test_equal_windows_give_their_llr_everywhere() -> None:
    line = time_line(windows([1.25] * 10), 7.36)
    assert {s.llr_synthetic for s in line} == {1.25}
    assert {s.p_synthetic for s in line} == {round(probability(1.25), 4)}


def test_a_step_listens_most_to_the_windows_it_lies_in_the_middle_of() -> None:
    llrs = [s.llr_synthetic for s in time_line(windows([-2.0] * 15 + [2.0] * 15), 17.0)]
    numbers = np.array([x for x in llrs if x is not None])
    assert np.all(np.diff(numbers) >= -1e-6)
    crossing = float(np.argmax(numbers > 0)) * STEP_S
    assert crossing == pytest.approx(15 * STEP_S + 3.04 / 2, abs=0.5)


def test_windows_with_more_speech_weigh_more() -> None:
    both = [Window(0.0, 0.48, 3.0, 0.9), Window(0.0, 0.48, -3.0, 0.3)]
    assert time_line(both, 0.48)[0].llr_synthetic == pytest.approx((0.9 * 3 - 0.3 * 3) / 1.2, abs=1e-3)


def test_windows_beyond_the_end_are_cut() -> None:
    line = time_line(windows([1.0, 2.0], first_s=4.8), 5.0)
    assert line[-1].end_s == 5.0


def test_stretches_above_and_below() -> None:
    line = one_a_step([-1, -1, 2, 3, 4, -1, 2, -3])
    above = stretches(line, 8 * STEP_S, above=2.0)
    assert [s.start_s / STEP_S for s in above] == pytest.approx([2, 6])
    assert [s.end_s / STEP_S for s in above] == pytest.approx([5, 7])
    assert above[0].mean_llr == pytest.approx(3.0)
    (below,) = stretches(line, 8 * STEP_S, below=-2.0)
    assert (below.start_s, below.end_s) == pytest.approx((7 * STEP_S, 8 * STEP_S))


def test_the_last_stretch_ends_with_the_recording() -> None:
    (only,) = stretches(one_a_step([1, 1, 1]), 1.3, above=0.5)
    assert only.end_s == 1.3
    assert only.judged_s == pytest.approx(1.3)


def test_pauses_neither_break_a_stretch_nor_lengthen_what_was_judged() -> None:
    line = one_a_step([5, *[None] * 100, 5, -5])
    (only,) = stretches(line, 103 * STEP_S, above=2.0)
    assert only.end_s - only.start_s == pytest.approx(102 * STEP_S)
    assert only.judged_s == pytest.approx(2 * STEP_S)


def test_no_speech_no_stretches() -> None:
    assert stretches([], 10.0, above=0.0) == ()
    assert stretches([], 10.0, below=0.0) == ()


def test_an_hour_is_no_trouble() -> None:
    count = 7_500
    line = windows(np.sin(np.arange(count) / 50).tolist())
    assert len(stretches(line, count * STEP_S + 2.56, above=0.5)) == pytest.approx(
        count / (100 * np.pi), rel=0.01
    )
