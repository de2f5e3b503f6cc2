"""Calibration by condition: shares add up, what is sure decides, tables come back."""

import numpy as np
import pytest

from earwitness.detector.conditions import Conditions

TWO = Conditions(
    ("clean", "noise"),
    np.array([[4.0, 0.0], [-4.0, 0.0]]),
    np.array([0.0, 0.0]),
    np.array([2.0, 0.5]),
    np.array([1.0, -0.5]),
)


def test_shares_are_probabilities_whatever_the_logits() -> None:
    seen = np.array([[0.0, 9.0], [1e4, 0.0], [-1e4, 0.0]])
    shares = TWO.shares(seen)
    assert shares.sum(axis=1) == pytest.approx([1, 1, 1])
    assert shares[0] == pytest.approx([0.5, 0.5])
    assert shares[1:, 0] == pytest.approx([1, 0])


def test_the_llr_is_that_of_the_condition_or_between() -> None:
    assert TWO.llr(1.5, [10.0, 0.0]) == pytest.approx(2 * 1.5 + 1)
    assert TWO.llr(1.5, [-10.0, 0.0]) == pytest.approx(0.5 * 1.5 - 0.5)
    assert TWO.llr(1.5, [0.0, 0.0]) == pytest.approx((4.0 + 0.25) / 2)
    assert TWO.llr(100.0, [10.0, 0.0]) == TWO.limit


def test_a_table_comes_back() -> None:
    again = Conditions.from_table(TWO.to_table())
    assert again.names == TWO.names
    assert again.llr(0.7, [0.1, 2.0]) == pytest.approx(TWO.llr(0.7, [0.1, 2.0]))


def test_tables_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="numbers"):
        Conditions.from_table({**TWO.to_table(), "slope": [1.0]})
