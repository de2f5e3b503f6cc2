"""cli/options.py: the same option, the same words, in every command."""

from __future__ import annotations

import pytest

from earwitness.cli.options import check_prior
from earwitness.errors import UsageError


@pytest.mark.parametrize("prior", [0.0, 1.0, -1.0, float("nan")])
def test_no_chance_and_certainty_are_no_priors(prior: float) -> None:
    with pytest.raises(UsageError, match="--prior"):
        check_prior(prior)


def test_a_prior() -> None:
    check_prior(0.01)
