"""How sure a share is: exact (Clopper-Pearson) intervals of a binomial probability."""

from __future__ import annotations

import math
from typing import Any

__all__ = ["clopper_pearson", "share"]


def clopper_pearson(hits: int, trials: int, level: float = 0.95) -> tuple[float, float]:
    """The interval (low, high) of the probability behind ``hits`` of ``trials``; (0, 1) for no trials.

    Exact: it holds the true value in at least ``level`` of all experiments, also at 0 and at all hits.
    """
    if not 0 <= hits <= trials:
        raise ValueError(f"{hits} of {trials} is no count")
    tail = (1 - level) / 2
    low = 0.0 if hits == 0 else _solve(lambda p: 1 - _at_most(hits - 1, trials, p) < tail)
    high = 1.0 if hits == trials else _solve(lambda p: _at_most(hits, trials, p) > tail)
    return low, high


def share(hits: int, trials: int) -> dict[str, Any]:
    """Counts, rate and interval, as results carry them; rate None for no trials."""
    low, high = clopper_pearson(hits, trials)
    rate = hits / trials if trials else None
    return {"hits": hits, "n": trials, "rate": rate, "low": low, "high": high}


def _solve(below: Any) -> float:
    """The p at which ``below(p)`` turns from true to false."""
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if below(middle) else (low, middle)
    return (low + high) / 2


def _at_most(hits: int, trials: int, p: float) -> float:
    """Probability of at most ``hits`` in ``trials``."""
    if p <= 0:
        return 1.0
    if p >= 1:
        return 1.0 if hits >= trials else 0.0
    logs = math.lgamma(trials + 1)
    total = 0.0
    for k in range(hits + 1):
        choose = logs - math.lgamma(k + 1) - math.lgamma(trials - k + 1)
        total += math.exp(choose + k * math.log(p) + (trials - k) * math.log1p(-p))
    return min(1.0, total)
