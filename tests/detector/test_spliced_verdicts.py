"""Recordings that are synthetic in part, from scores of steps to the verdict and its words."""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from earwitness.contracts import ChannelScores, Window
from earwitness.detector.calibrate import Local
from earwitness.detector.segments import COARSE_S, Track
from earwitness.detector.spliced import synthetic_parts
from earwitness.detector.verdict import decide
from earwitness.report import Thresholds, Verdict

STEP_S = 0.08
LIMITS = {"synthetic": 3.0, "likely_synthetic": 1.5, "likely_human": -1.0}
THRESHOLDS = Thresholds(**LIMITS)
LOCAL = Local(width=1, slope=1.0, share=0.0, offset=0.0, human=-1.0, stretch=2.0, contrast=99.0)
HUMAN = [-3.0] * 40


def parts(
    steps: Sequence[float | None], local: Local = LOCAL, prior: float = 0.5, llr: float = 0.0
) -> tuple[Verdict, str]:
    """What is said about a recording with these LLRs of steps and nothing else."""
    llrs = np.array([np.nan if step is None else step for step in steps])
    line = Track(STEP_S, len(steps) * STEP_S, llrs)
    return decide(ChannelScores(None, (), llr), THRESHOLDS, prior, synthetic_parts(line, local, prior))


def test_a_synthetic_stretch_in_a_human_recording() -> None:
    found, reason = parts([*HUMAN, *[4.0] * 10, *HUMAN])
    assert found == Verdict.PARTLY_SYNTHETIC
    assert "0:03.2-0:04.0" in reason


@pytest.mark.parametrize(
    ("why", "steps"),
    [
        ("too short", [*HUMAN, 4.0, 4.0, 4.0, *HUMAN]),
        ("too short, however long the pause in it", [*HUMAN, 4.0, 4.0, *[None] * 30, 4.0, *HUMAN]),
        ("not strong enough", [*HUMAN, *[1.9] * 10, *HUMAN]),
        ("nothing clearly human beside it", [*[-0.5] * 40, *[4.0] * 10, *[-0.5] * 40]),
        ("too little that is clearly human", [*[-0.5] * 40, *[4.0] * 10, *[-3.0] * 18]),
        ("human on both sides of a pause, too little", [*[-3.0] * 9, *[None] * 30, *[-3.0] * 9, *[4.0] * 9]),
    ],
)
def test_not_partly_synthetic(why: str, steps: list[float | None]) -> None:
    assert parts(steps)[0] == Verdict.INCONCLUSIVE, why


@pytest.mark.parametrize(("rest", "expected"), [(18, Verdict.INCONCLUSIVE), (19, Verdict.PARTLY_SYNTHETIC)])
def test_a_second_and_a_half_of_people_is_enough_of_a_rest(rest: int, expected: Verdict) -> None:
    assert parts([*[4.0] * 10, *[-1.0] * rest])[0] == expected
    half = rest // 2
    assert parts([*[-3.0] * half, None, -0.5, *[4.0] * 10, *[-3.0] * (rest - half)])[0] == expected


def test_four_steps_are_enough() -> None:
    for lead in range(12):  # sums of steps must not fall short by rounding
        assert parts([*[-3.0] * (lead + 20), *[4.0] * 4, -3.0])[0] == Verdict.PARTLY_SYNTHETIC


def test_the_strongest_step_of_a_stretch_decides() -> None:
    assert parts([*HUMAN, 0.1, 0.1, 2.0, 0.1, *HUMAN])[0] == Verdict.PARTLY_SYNTHETIC
    assert parts([*HUMAN, 0.1, 0.1, 1.99, 0.1, *HUMAN])[0] == Verdict.INCONCLUSIVE
    assert parts([*HUMAN, 0.1, -0.1, 2.0, 0.1, *HUMAN])[0] == Verdict.INCONCLUSIVE, "no stretch of four"


def test_synthetic_throughout_is_not_partly() -> None:
    assert parts([4.0] * 100, llr=4.0)[0] == Verdict.SYNTHETIC


def test_stretches_are_not_looked_for_without_a_fine_track() -> None:
    llrs = [-3.0] * 8 + [4.0] * 4 + [-3.0] * 8
    windows = tuple(Window(COARSE_S * k, COARSE_S * (k + 1), llr, 1.0) for k, llr in enumerate(llrs))
    assert decide(ChannelScores(None, windows, 0.0), THRESHOLDS, 0.5)[0] == Verdict.INCONCLUSIVE


def test_a_prior_moves_stretches_too() -> None:
    """At 0.6 the stretch and the rest stand 0.405 higher, but are no further from each other."""
    shift = math.log(0.6 / 0.4)
    steps = [*HUMAN, *[1.7] * 10, *HUMAN]
    assert parts(steps)[0] == Verdict.INCONCLUSIVE
    assert parts(steps, prior=0.6)[0] == Verdict.PARTLY_SYNTHETIC
    strong, rest = [4.0] * 10, [-1.0 - shift / 2] * 40
    assert parts([*strong, *rest])[0] == Verdict.PARTLY_SYNTHETIC
    assert parts([*strong, *rest], prior=0.6)[0] == Verdict.INCONCLUSIVE, "the rest is not human any more"
    weak = [*HUMAN, *[-shift / 2] * 10, *HUMAN]
    raised = replace(LOCAL, stretch=0.0)
    assert parts(weak, raised)[0] == Verdict.INCONCLUSIVE
    assert parts(weak, raised, prior=0.6)[0] == Verdict.PARTLY_SYNTHETIC
    rise = [*HUMAN, *[0.5] * 10, *HUMAN]
    for contrast, expected in ((3.49, Verdict.PARTLY_SYNTHETIC), (3.51, Verdict.INCONCLUSIVE)):
        for prior in (0.45, 0.5, 0.55):
            assert parts(rise, replace(LOCAL, contrast=contrast), prior)[0] == expected


def test_more_than_five_places_are_counted() -> None:
    reason = parts([*[-3.0] * 6, *[4.0] * 5] * 7)[1]
    assert "and 2 more" in reason
    assert reason.count("-0:") == 5


def test_minutes_are_never_sixty_seconds() -> None:
    steps = [*[-3.0] * 600, *[5.9] * 150, *[-3.0] * 50]  # ends at 60.0 s
    assert "0:48.0-1:00.0" in parts(steps)[1]


@pytest.mark.parametrize(("raised", "rest", "expected"), [
    (1.2, -3.0, Verdict.PARTLY_SYNTHETIC),
    (1.2, -2.7, Verdict.LIKELY_HUMAN),
    (-0.1, -5.0, Verdict.LIKELY_HUMAN),
])  # fmt: skip
def test_a_step_within_one_recording_is_a_splice(raised: float, rest: float, expected: Verdict) -> None:
    """The stretch is too weak for a verdict of its own; that the rest is so human makes it one."""
    steps = [rest] * 40 + [raised] * 10 + [rest] * 40
    found, reason = parts(steps, replace(LOCAL, contrast=4.0), llr=-1.5)
    assert found == expected
    assert ("0:03.2-0:04.0" in reason) == (expected == Verdict.PARTLY_SYNTHETIC)
    assert parts(steps, llr=-1.5)[0] == Verdict.LIKELY_HUMAN


def test_the_rest_is_the_mean_of_what_is_human() -> None:
    """Half at -2, half at -4, pauses and doubtful steps left out: -3."""
    rest = [*[-2.0] * 20, *[None] * 50, *[-4.0] * 20, *[-0.5] * 40]
    steps = [*rest, *[1.0] * 10]
    assert parts(steps, replace(LOCAL, contrast=3.99))[0] == Verdict.PARTLY_SYNTHETIC
    assert parts(steps, replace(LOCAL, contrast=4.01))[0] == Verdict.INCONCLUSIVE


@pytest.mark.parametrize("local", [replace(LOCAL, contrast=4.0), replace(LOCAL, stretch=1.0)])
@pytest.mark.parametrize(
    ("steps", "expected"), [(240, Verdict.PARTLY_SYNTHETIC), (36_000, Verdict.LIKELY_HUMAN)]
)
def test_the_longer_the_recording_the_more_a_stretch_must_stand_out(
    steps: int, expected: Verdict, local: Local
) -> None:
    """The same ten steps in 20 s and in three quarters of an hour of people."""
    rest = [-2.8] * (steps // 2)
    assert parts([*rest, *[1.8] * 10, *rest], local, llr=-1.5)[0] == expected


def test_the_limits_rise_with_the_logarithm_of_the_length() -> None:
    rest = [-2.8] * 1_245  # 200 s in all, ten times as long as where limits stand as they are
    for value, expected in ((-0.05, Verdict.LIKELY_HUMAN), (0.05, Verdict.PARTLY_SYNTHETIC)):
        peak = LOCAL.stretch + math.log(10) + value
        assert parts([*rest, *[peak] * 10, *rest], llr=-1.5)[0] == expected


def test_limits_do_not_fall_for_short_recordings() -> None:
    assert parts([*[-3.0] * 20, *[1.9] * 4])[0] == Verdict.INCONCLUSIVE
