"""From raw scores to LLRs to probabilities. (How the map is fitted is tested with the training code.)"""

import math

import pytest

from earwitness.detector.calibrate import LLR_LIMIT, Calibration, probability


def test_the_map_is_affine_inside_its_limits() -> None:
    llr = Calibration(slope=2.0, offset=-1.0)
    assert llr(0.0) == pytest.approx(-1.0)
    assert llr(1.5) == pytest.approx(2.0)


@pytest.mark.parametrize("raw", [1e3, 1e30, math.inf])
def test_no_score_claims_more_than_the_limit(raw: float) -> None:
    llr = Calibration(1.0, 0.0)
    assert llr(raw) == LLR_LIMIT
    assert llr(-raw) == -LLR_LIMIT
    assert Calibration(1.0, 0.0, limit=2.0)(raw) == 2.0


def test_equal_odds_and_no_evidence_are_a_half() -> None:
    assert probability(0.0) == 0.5


@pytest.mark.parametrize("llr", [-3.0, -0.1, 0.7, 5.0])
@pytest.mark.parametrize("prior", [0.01, 0.5, 0.9])
def test_bayes_rule(llr: float, prior: float) -> None:
    ratio = math.exp(llr)
    expected = prior * ratio / (prior * ratio + 1 - prior)
    assert probability(llr, prior) == pytest.approx(expected)


def test_without_evidence_the_prior_stays() -> None:
    assert probability(0.0, 0.2) == pytest.approx(0.2)


@pytest.mark.parametrize("llr", [-1e4, -750.0, 750.0, 1e4])
def test_the_far_ends_do_not_overflow(llr: float) -> None:
    assert probability(llr) == (1.0 if llr > 0 else 0.0)


def test_probability_grows_with_evidence_and_prior() -> None:
    assert [probability(x) for x in (-2, -1, 0, 1, 2)] == sorted(probability(x) for x in (-2, -1, 0, 1, 2))
    assert probability(1.0, 0.1) < probability(1.0, 0.5) < probability(1.0, 0.9)


@pytest.mark.parametrize("unseen", [0.01, 0.0667, 0.25])
def test_an_engine_that_may_leave_no_trace_bounds_what_a_low_score_says(unseen: float) -> None:
    bounded, plain = Calibration(1.0, 0.0, unseen=unseen), Calibration(1.0, 0.0)
    llrs = [bounded(raw) for raw in (-6.0, -3.0, -1.0, 0.0, 1.0, 3.0, 6.0)]
    assert llrs == sorted(llrs), "the order of scores stays"
    assert math.log(unseen) < llrs[0] < math.log(unseen + (1 - unseen) * 0.01)
    assert bounded(0.0) == pytest.approx(0.0), "what says nothing goes on saying nothing"
    assert all(abs(bounded(raw)) <= abs(plain(raw)) for raw in (-6.0, -2.0, 0.5, 5.0))
