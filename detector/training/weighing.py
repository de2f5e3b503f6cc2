"""How much each development clip counts: classes alike, and in each class all engines or corpora alike.

Engines lend us a handful of clips or a hundred. What is asked is how the next engine will score, not the next
clip of the one that lent most, so that each engine is one draw of what there is (and each corpus of people).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

__all__ = ["balanced", "unseen_share"]


def balanced(
    synthetic: npt.NDArray[np.bool_], groups: Sequence[str] | npt.NDArray[np.str_]
) -> npt.NDArray[np.float64]:
    """Weights (n,) of mean 1. synthetic: (n,). groups: (n,), the engine or the corpus of each clip."""
    names = np.asarray(groups)
    weights = np.zeros(len(synthetic))
    for label in (True, False):
        found, counts = np.unique(names[synthetic == label], return_counts=True)
        for name, count in zip(found, counts, strict=True):
            weights[(synthetic == label) & (names == name)] = 0.5 / len(found) / count
    return weights / weights.mean()


def unseen_share(engines: int) -> float:
    """Probability that the next engine leaves no trace, after so many that did.

    By Laplace's rule of succession, as if nothing had been known of engines before.
    """
    return 1 / (engines + 2)
