"""Raw scores to log-likelihood ratios: logistic calibration.

``llr = slope * raw + offset``, fitted by prior-weighted logistic regression (Brümmer & du Preez 2006),
both classes weighing the same, so that the LLR does not carry the training mix as a prior.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["LLR_LIMIT", "Calibration", "Local", "fit", "probability"]

# No calibration set of ours is large enough to support odds beyond about e^6 (400 : 1).
LLR_LIMIT = 6.0


@dataclass(frozen=True, slots=True)
class Calibration:
    """An affine map to the natural-log likelihood ratio synthetic/human, limited to +-``limit``.

    unseen: probability that what made a synthetic recording leaves no trace at all, as the next engine may;
    its recordings then score as people do. With it no score, however low, speaks for a human with more than
    odds of ``1 / unseen``.
    """

    slope: float
    offset: float
    limit: float = LLR_LIMIT
    unseen: float = 0.0

    def __call__(self, raw: float) -> float:
        """LLR of a raw score."""
        llr = float(np.clip(self.slope * raw + self.offset, -self.limit, self.limit))
        return math.log((1 - self.unseen) * math.exp(llr) + self.unseen) if self.unseen else llr


@dataclass(frozen=True, slots=True)
class Local:
    """How scores of single steps of 80 ms become LLRs, and from where on a stretch is called.

    ``llr = slope * raw + share * window + offset``: raw, the step's score averaged with a triangle over the
    ``width`` steps around it; window, the LLR of the windows that it lies in.
    human: below it a step counts as human speech. stretch: a stretch whose highest LLR reaches it is called;
    contrast: or one whose highest LLR lies so far above the mean of the human rest.
    """

    width: int
    slope: float
    share: float
    offset: float
    human: float
    stretch: float
    contrast: float
    limit: float = LLR_LIMIT


def probability(llr: float, prior: float = 0.5) -> float:
    """Posterior probability of synthetic speech for a prior 0..1 (exclusive)."""
    odds = llr + math.log(prior / (1 - prior))
    return 1 / (1 + math.exp(-odds)) if odds >= 0 else math.exp(odds) / (1 + math.exp(odds))


def fit(
    raw: npt.NDArray[Any], synthetic: npt.NDArray[Any], weights: npt.NDArray[Any] | None = None
) -> Calibration:
    """Fit slope and offset. raw: (n,) scores; synthetic: (n,) booleans; weights: (n,), else classes alike.

    Raises ValueError unless both classes occur.

    Needs scikit-learn (the ``train`` extra).
    """
    from sklearn.linear_model import LogisticRegression

    flags = np.asarray(synthetic, dtype=bool)
    if flags.all() or not flags.any():
        raise ValueError("a calibration needs scores of both classes")
    if weights is None:
        weights = np.where(flags, 0.5 / flags.sum(), 0.5 / (~flags).sum()) * len(flags)
    model = LogisticRegression(C=1e6).fit(np.asarray(raw, dtype=float)[:, None], flags, sample_weight=weights)
    return Calibration(float(model.coef_[0, 0]), float(model.intercept_[0]))
