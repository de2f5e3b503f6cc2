"""Limits by channel: those of the channel that is sure, or between; tables that do not fit are refused."""

import pytest

from earwitness.detector.limits import Limits

TWO = Limits({"synthetic": (2.0, 4.0), "likely_human": (-1.0, -3.0)})


@pytest.mark.parametrize(
    ("shares", "synthetic", "human"),
    [((1.0, 0.0), 2.0, -1.0), ((0.0, 1.0), 4.0, -3.0), ((0.5, 0.5), 3.0, -2.0)],
)
def test_limits_follow_the_shares(shares: tuple[float, float], synthetic: float, human: float) -> None:
    assert TWO.of(shares) == {"synthetic": synthetic, "likely_human": human}


def test_a_table_comes_back() -> None:
    assert Limits.from_table({name: list(values) for name, values in TWO.table.items()}, 2) == TWO


def test_tables_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="conditions"):
        Limits.from_table({"synthetic": [1.0, 2.0]}, 3)
    with pytest.raises(ValueError, match="argument"):
        TWO.of((1.0,))
