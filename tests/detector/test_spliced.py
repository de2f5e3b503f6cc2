"""Stretches are named beside human speech only, and only where they stand out."""

import numpy as np
import pytest

from earwitness.detector.calibrate import Local
from earwitness.detector.segments import Track
from earwitness.detector.spliced import ALONE_S, synthetic_parts

LOCAL = Local(width=9, slope=1.0, share=0.0, offset=0.0, human=-1.0, stretch=3.0, contrast=5.0)


def line(*runs: tuple[float, int], seconds: float | None = None) -> Track:
    """A track of runs of (LLR, steps of 80 ms)."""
    llrs = np.concatenate([np.full(count, llr) for llr, count in runs])
    return Track(0.08, len(llrs) * 0.08 if seconds is None else seconds, llrs)


def test_a_strong_stretch_beside_human_speech_is_named() -> None:
    (found,) = synthetic_parts(line((-2.0, 25), (3.5, 10), (-2.0, 25)), LOCAL)
    assert (found.start_s, found.end_s) == pytest.approx((2.0, 2.8))


@pytest.mark.parametrize(
    ("why", "runs"),
    [
        ("all of it is synthetic", [(3.5, 60)]),
        ("too little of it is human", [(-2.0, 15), (3.5, 45)]),
        ("the stretch is too short", [(-2.0, 30), (3.5, 3), (-2.0, 30)]),
        ("the stretch is weak", [(-1.5, 30), (2.9, 10), (-1.5, 30)]),
    ],
)
def test_nothing_is_named(why: str, runs: list[tuple[float, int]]) -> None:
    assert synthetic_parts(line(*runs), LOCAL) == (), why


def test_a_weak_stretch_beside_very_human_speech_is_named() -> None:
    assert synthetic_parts(line((-3.0, 30), (2.5, 10)), LOCAL)
    assert not synthetic_parts(line((-2.0, 30), (2.5, 10)), LOCAL)


def test_the_longer_the_recording_the_more_is_asked_for() -> None:
    runs = ((-1.5, 30), (3.5, 10), (-1.5, 30))
    assert synthetic_parts(line(*runs, seconds=ALONE_S), LOCAL)
    assert not synthetic_parts(line(*runs, seconds=3 * ALONE_S), LOCAL)


def test_a_prior_moves_the_limits() -> None:
    runs = ((-3.0, 30), (1.8, 10), (-3.0, 30))
    assert not synthetic_parts(line(*runs), LOCAL)
    assert synthetic_parts(line(*runs), LOCAL, prior=0.8)
    assert not synthetic_parts(line((-1.5, 30), (3.2, 10)), LOCAL, prior=0.4)
