"""Metrics against numbers worked out by hand, and against the identities that tie them together."""

import math

import numpy as np
import pytest

from earwitness.eval import metrics

# In order: h0 h1 h2 s3 h4 s5 h6 s7 s8 h9 s10 s11.
HUMAN = [0.0, 1.0, 2.0, 4.0, 6.0, 9.0]
SYNTHETIC = [3.0, 5.0, 7.0, 8.0, 10.0, 11.0]


def test_eer_where_a_threshold_meets_it_exactly() -> None:
    # At 5.5 < t <= 6: humans 6 and 9 flagged (2/6), synthetic 3 and 5 missed (2/6).
    found = metrics.eer(HUMAN, SYNTHETIC)
    assert found.argmin == pytest.approx(2 / 6)
    assert found.threshold == 6.0
    # Hull corners (FPR, FNR): (0, 4/6) at t=10, (1/6, 2/6) at t=7, (3/6, 0) at t=3.
    # Between the last two: y = 2/6 - (x - 1/6); y = x at 1/4.
    assert found.rate == pytest.approx(1 / 4)


def test_eer_between_thresholds_is_read_off_the_hull() -> None:
    # Points (0, 2/3), (1/2, 1/3), (1/2, 0): hull (0, 2/3)-(1/2, 0); y = 2/3 - 4/3 x = x at 2/7.
    found = metrics.eer([0.0, 5.0], [2.0, 4.0, 6.0])
    assert found.rate == pytest.approx(2 / 7)
    assert found.argmin == pytest.approx((1 / 2 + 1 / 3) / 2)


def test_eer_extremes() -> None:
    assert metrics.eer([0, 1], [2, 3]).rate == 0.0
    assert metrics.eer([2, 3], [0, 1]).rate == 0.5, "the hull never lies above chance"
    assert metrics.eer([2, 3], [0, 1]).argmin == 1.0
    assert metrics.eer([1, 1], [1, 1]).rate == 0.5, "all tied: nothing is told apart"


def test_polarity_higher_is_synthetic() -> None:
    assert metrics.auc(HUMAN, SYNTHETIC) > 0.5 > metrics.auc(SYNTHETIC, HUMAN)
    assert metrics.error_rates([0.0, 2.0, 3.0, 1.0], [2.0, 1.0], threshold=2.0) == (0.5, 0.5)


def test_auc_counts_pairs_and_half_the_ties() -> None:
    # Pairs won by the synthetic clip: 3 beats 3 humans, 5 beats 4, 7 and 8 beat 5, 10 and 11 all 6.
    assert metrics.auc(HUMAN, SYNTHETIC) == pytest.approx((3 + 4 + 5 + 5 + 6 + 6) / 36)
    assert metrics.auc([1, 2], [2, 3]) == pytest.approx((1 + 0.5 + 2) / 4)


def test_dcf_has_asvspoof5_prices() -> None:
    cost = metrics.ASVSPOOF5
    assert float(cost.dcf(1.0, 0.0)) == pytest.approx(1.9)  # all rejected: 0.95 / 0.5
    assert float(cost.dcf(0.0, 1.0)) == pytest.approx(1.0)  # all accepted: the better blind decision
    assert cost.llr_threshold == pytest.approx(0.642, abs=5e-4)  # ln 1.9, ASVspoof's -0.642 turned round
    # Corners: t=7: 1.9/6 + 2/6 = 0.65; t=3: 1.9 * 3/6 = 0.95; t=10: 4/6 = 0.667.
    assert metrics.min_dcf(HUMAN, SYNTHETIC) == pytest.approx(1.9 / 6 + 2 / 6)


def test_act_dcf_uses_the_bayes_threshold_on_llrs() -> None:
    human = [-1.0, 0.0, 0.64, 0.65]  # one of four at or above 0.642
    synthetic = [0.5, 0.7, 2.0, 3.0]  # one of four under it
    assert metrics.act_dcf(human, synthetic) == pytest.approx(1.9 / 4 + 1 / 4)


def test_cllr_by_hand() -> None:
    assert metrics.cllr([0.0], [0.0]) == pytest.approx(1.0)
    third = math.log(3)  # posterior 3/4 for the right class: log2(4/3) for each
    assert metrics.cllr([-third], [third]) == pytest.approx(math.log2(4 / 3))
    assert metrics.cllr([third], [third]) == pytest.approx((math.log2(4 / 3) + 2) / 2)
    assert metrics.cllr([-1e5], [1e5]) == 0.0
    assert math.isfinite(metrics.cllr([1e5], [-1e5])), "large wrong LLRs must not overflow"


def test_pav_pools_violators_by_hand() -> None:
    # Order h0 h1 h2 s3 h4 s5 h6 s7 s8 h9 s10 s11. Pools: {h0 h1 h2} -> -inf, {s3 h4} -> 1/2,
    # {s5 h6} -> 1/2, {s7 s8 h9} -> 2/3, {s10 s11} -> +inf. The two halves become one pool.
    human, synthetic = metrics.pav_llrs(HUMAN, SYNTHETIC)
    assert human.tolist()[:3] == [-math.inf] * 3
    assert human[3:] == pytest.approx([0.0, 0.0, math.log(2)])
    assert synthetic[:4] == pytest.approx([0.0, 0.0, math.log(2), math.log(2)])
    assert synthetic.tolist()[4:] == [math.inf] * 2


def test_min_cllr_by_hand_and_bounds() -> None:
    # From the pools above: humans cost 0 0 0 1 1 log2(3), synthetic 1 1 2*log2(3/2) 0 0.
    expected = ((2 + math.log2(3)) / 6 + (2 + 2 * math.log2(1.5)) / 6) / 2
    assert metrics.min_cllr(HUMAN, SYNTHETIC) == pytest.approx(expected)
    assert metrics.min_cllr([0, 1], [2, 3]) == 0.0
    assert metrics.min_cllr([1.0, 1.0], [1.0]) == pytest.approx(1.0)


def test_min_cllr_does_not_change_under_rising_maps_and_bounds_cllr() -> None:
    rng = np.random.default_rng(0)
    human, synthetic = rng.normal(-1.0, 1.5, 400), rng.normal(1.0, 1.0, 300)
    best = metrics.min_cllr(human, synthetic)
    assert metrics.min_cllr(np.exp(human), np.exp(synthetic)) == pytest.approx(best)
    assert best <= metrics.cllr(human, synthetic)


def test_hull_eer_is_the_worst_prior_error_of_the_best_threshold() -> None:
    # Identity: the EER of the ROC convex hull is the maximum over priors of the minimal Bayes error.
    rng = np.random.default_rng(1)
    human, synthetic = rng.normal(0.0, 1.0, 150), rng.normal(1.2, 2.0, 90)
    _, fpr, fnr = metrics.roc(human, synthetic)
    priors = np.linspace(0, 1, 4_001)[:, None]
    worst = (priors * fnr + (1 - priors) * fpr).min(axis=1).max()
    assert metrics.eer(human, synthetic).rate == pytest.approx(worst, abs=5e-4)


def test_hull_eer_of_many_small_random_lists_is_that_identity_too() -> None:
    rng = np.random.default_rng(3)
    priors = np.linspace(0, 1, 2_521)[:, None]  # 2520 is divisible by all small denominators
    for _ in range(100):
        human = rng.integers(0, 6, rng.integers(1, 7)).astype(float)
        synthetic = rng.integers(0, 8, rng.integers(1, 7)).astype(float)
        _, fpr, fnr = metrics.roc(human, synthetic)
        worst = (priors * fnr + (1 - priors) * fpr).min(axis=1).max()
        assert metrics.eer(human, synthetic).rate == pytest.approx(worst, abs=1e-3)


def test_eer_of_two_gaussians_is_the_textbook_value() -> None:
    rng = np.random.default_rng(2)
    found = metrics.eer(rng.normal(-1, 1, 50_000), rng.normal(1, 1, 50_000))
    assert found.rate == pytest.approx(0.158655, abs=0.004)  # Phi(-1)
    assert found.argmin == pytest.approx(found.rate, abs=0.004)


def test_threshold_at_fpr_allows_no_more() -> None:
    scores = [1.0, 2.0, 2.0, 3.0]
    assert metrics.threshold_at_fpr(scores, 0.25) == 3.0
    assert metrics.threshold_at_fpr(scores, 0.74) == 3.0, "both tied clips pass or neither"
    assert metrics.threshold_at_fpr(scores, 0.75) == 2.0
    assert np.mean(np.array(scores) >= metrics.threshold_at_fpr(scores, 0.0)) == 0.0


def test_decision_rates_count_abstentions_apart() -> None:
    truth = np.array([False] * 5 + [True] * 4)
    flagged = np.array([True, False, False, False, False, True, True, False, False])
    abstained = np.array([False, False, False, True, False, False, False, True, False])
    rates = metrics.decision_rates(truth, flagged, abstained)
    assert rates.fpr == pytest.approx(1 / 4)
    assert rates.fnr == pytest.approx(1 / 3)
    assert rates.abstained_human == pytest.approx(1 / 5)
    assert rates.abstained_synthetic == pytest.approx(1 / 4)
    with pytest.raises(ValueError, match="both"):
        metrics.decision_rates(truth, flagged, flagged)


def test_decision_rates_without_a_class_are_none() -> None:
    rates = metrics.decision_rates(np.array([True]), np.array([False]), np.array([True]))
    assert rates.fpr is None
    assert rates.fnr is None
    assert rates.abstained_human is None
    assert rates.abstained_synthetic == 1.0


def test_reliability_bins_by_hand() -> None:
    p = [0.05, 0.15, 0.12, 0.95, 1.0]
    table = metrics.reliability(p, np.array([False, True, False, True, True]), bins=10)
    assert [(b.n, b.synthetic_share) for b in table] == [(1, 0.0), (2, 0.5), (2, 1.0)]
    assert table[1].mean_p == pytest.approx(0.135)
    assert (table[2].low, table[2].high) == (0.9, 1.0)


@pytest.mark.parametrize("bad", [[], [math.nan], [math.inf]])
def test_empty_and_infinite_scores_are_refused(bad: list[float]) -> None:
    with pytest.raises(ValueError, match="human scores"):
        metrics.eer(bad, [1.0])
    with pytest.raises(ValueError, match="synthetic scores"):
        metrics.auc([1.0], bad)
