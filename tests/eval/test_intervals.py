"""Clopper-Pearson intervals against published and closed-form values."""

import pytest

from earwitness.eval.intervals import clopper_pearson, share


def test_known_values() -> None:
    # Closed forms at the ends; 95 of 100 from tables of the exact interval.
    assert clopper_pearson(0, 100) == pytest.approx((0.0, 1 - 0.025 ** (1 / 100)))
    assert clopper_pearson(100, 100) == pytest.approx((0.025 ** (1 / 100), 1.0))
    assert clopper_pearson(95, 100) == pytest.approx((0.8872, 0.9836), abs=1e-4)
    assert clopper_pearson(1, 2) == pytest.approx((0.0126, 0.9874), abs=1e-4)
    assert clopper_pearson(0, 0) == (0.0, 1.0)


def test_large_counts_and_nonsense() -> None:
    low, high = clopper_pearson(5_000, 10_000)
    assert low == pytest.approx(0.5 - 0.0098, abs=2e-4)
    assert high == pytest.approx(0.5 + 0.0098, abs=2e-4)
    with pytest.raises(ValueError, match="no count"):
        clopper_pearson(3, 2)


def test_share() -> None:
    assert share(1, 4)["rate"] == 0.25
    assert share(0, 0)["rate"] is None
