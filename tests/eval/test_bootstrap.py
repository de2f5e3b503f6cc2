"""Bootstrap intervals: seeded, over clusters, about as wide as theory says."""

import numpy as np
import pytest

from earwitness.eval.bootstrap import Indices, bootstrap


def test_interval_of_a_mean_is_about_two_standard_errors_wide() -> None:
    values = np.random.default_rng(0).normal(5.0, 2.0, 400)
    interval = bootstrap(lambda drawn: float(values[drawn].mean()), [str(i) for i in range(400)], rounds=2000)
    assert interval is not None
    half = 1.96 * values.std() / 20
    assert interval.low == pytest.approx(values.mean() - half, abs=0.05)
    assert interval.high == pytest.approx(values.mean() + half, abs=0.05)
    assert interval.clusters == 400


def test_clips_of_one_speaker_are_drawn_together() -> None:
    # 10 speakers with 40 equal clips each: only speakers vary, so the interval is sqrt(40) times wider.
    speakers = np.repeat(np.arange(10), 40)
    values = np.random.default_rng(1).normal(0.0, 1.0, 10)[speakers]

    def mean(drawn: Indices) -> float:
        return float(values[drawn].mean())

    by_speaker = bootstrap(mean, [str(s) for s in speakers])
    by_clip = bootstrap(mean, [str(i) for i in range(400)])
    assert by_speaker is not None
    assert by_clip is not None
    ratio = (by_speaker.high - by_speaker.low) / (by_clip.high - by_clip.low)
    assert ratio == pytest.approx(40**0.5, rel=0.2)


def test_equal_seeds_agree_and_others_differ() -> None:
    values = np.arange(50.0)
    names = [str(i) for i in range(50)]

    def run(seed: int) -> tuple[float, float]:
        interval = bootstrap(lambda drawn: float(values[drawn].mean()), names, rounds=100, seed=seed)
        assert interval is not None
        return interval.low, interval.high

    assert run(1) == run(1)
    assert run(1) != run(2)


def test_draws_that_cannot_be_judged_are_left_out_and_counted() -> None:
    names = [str(i) for i in range(4)]
    interval = bootstrap(lambda drawn: None if 0 in drawn else float(drawn.mean()), names, rounds=400)
    assert interval is not None
    assert interval.rounds == pytest.approx(400 * 0.75**4, abs=40)


def test_one_cluster_gives_no_interval() -> None:
    assert bootstrap(lambda drawn: float(drawn.mean()), ["a", "a"]) is None
    assert bootstrap(lambda _: None, ["a", "b"], rounds=10) is None
