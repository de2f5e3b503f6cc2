"""How far a result could have come out otherwise: bootstrap confidence intervals over clusters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Indices = npt.NDArray[np.intp]

__all__ = ["Indices", "Interval", "bootstrap"]


@dataclass(frozen=True, slots=True)
class Interval:
    """A bootstrap confidence interval and how it was made."""

    low: float
    high: float
    rounds: int
    clusters: int


def bootstrap(
    statistic: Callable[[Indices], float | None],
    clusters: Sequence[str],
    *,
    rounds: int = 1000,
    seed: int = 0,
    level: float = 0.95,
) -> Interval | None:
    """Percentile interval of a statistic of the clips, drawing whole clusters with replacement.

    statistic: takes the indices (k,) of the drawn clips; None or NaN where a draw cannot be judged
    (a class is missing): such draws are left out, and counted out of ``rounds``.
    clusters: the speaker, site or system of each clip: clips of one cluster are no independent
    evidence. Returns None with fewer than two clusters or usable rounds.
    """
    names = np.asarray(clusters)
    distinct, member = np.unique(names, return_inverse=True)
    if distinct.size < 2:
        return None
    groups = [np.flatnonzero(member == index) for index in range(distinct.size)]
    rng = np.random.default_rng(seed)
    values = []
    for _ in range(rounds):
        drawn = np.concatenate([groups[i] for i in rng.integers(0, distinct.size, distinct.size)])
        value = statistic(drawn)
        if value is not None and np.isfinite(value):
            values.append(value)
    if len(values) < 2:
        return None
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(low), float(high), len(values), int(distinct.size))
