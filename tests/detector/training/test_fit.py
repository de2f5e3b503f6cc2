"""Fitting a calibration: on scores whose likelihood ratio is known."""

import numpy as np
import pytest

from earwitness.detector.calibrate import fit


@pytest.mark.parametrize("humans", [4_000, 40_000])
def test_normal_scores_give_their_likelihood_ratio_whatever_the_mix(humans: int) -> None:
    """N(-1, 1) against N(1, 1): the LLR of x is 2 x, however many there are of each."""
    rng = np.random.default_rng(0)
    raw = np.concatenate([rng.normal(-1, 1, humans), rng.normal(1, 1, 4_000)])
    found = fit(raw, np.arange(len(raw)) >= humans)
    assert found.slope == pytest.approx(2.0, abs=0.15)
    assert found.offset == pytest.approx(0.0, abs=0.1)


def test_scores_that_say_nothing_get_no_weight() -> None:
    rng = np.random.default_rng(0)
    found = fit(rng.normal(size=8_000), rng.random(8_000) < 0.2)
    assert abs(found(3.0)) < 0.4


@pytest.mark.parametrize("flag", [True, False])
def test_one_class_alone_cannot_be_calibrated(flag: bool) -> None:
    with pytest.raises(ValueError, match="both classes"):
        fit(np.arange(5.0), np.full(5, flag))


def test_weights_move_the_calibration_as_repeated_scores_would() -> None:
    rng = np.random.default_rng(3)
    raw = rng.normal(np.repeat([0.0, 1.0], 200), 1.0)
    flags = np.repeat([False, True], 200)
    times = np.where(raw > 0.5, 2, 1)
    repeated = fit(np.repeat(raw, times), np.repeat(flags, times), np.ones(times.sum()))
    weighed = fit(raw, flags, times.astype(float))
    assert weighed.slope == pytest.approx(repeated.slope, rel=1e-3)
    assert weighed.offset == pytest.approx(repeated.offset, abs=1e-3)
    assert fit(raw, flags).offset != pytest.approx(weighed.offset, abs=1e-3)
