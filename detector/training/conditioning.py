"""Learn ``detector.conditions`` from development recordings that went through named channels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from earwitness.detector.calibrate import LLR_LIMIT
from earwitness.detector.conditions import Conditions
from earwitness.detector.training.weighing import balanced

__all__ = ["fit_conditions"]

Float64 = npt.NDArray[np.float64]
FOLDS = 4
BASE = 10.0  # the pooled slope and offset are penalised a hundred times less than what a channel adds to them
STRENGTH = 0.1  # inverse of the penalty
LEAST_SLOPE = 0.1  # of the pooled slope: no channel may turn scores round


def fit_conditions(
    raw: Sequence[float] | npt.NDArray[np.floating],
    statistics: npt.NDArray[np.floating],
    synthetic: npt.NDArray[np.bool_],
    names: Sequence[str] | npt.NDArray[np.str_],
    groups: Sequence[str] | npt.NDArray[np.str_],
    weights: Float64 | None = None,
) -> Conditions:
    """raw (n,): scores; statistics (n, d); synthetic (n,); names (n,): channel of each; groups (n,): corpus;
    weights (n,): how much each counts in slopes and offsets, else both classes alike.

    The channels are told apart by linear discriminants with a shrunk covariance; while slopes are learnt,
    each clip is read by discriminants of other corpora, as unsure as they will be of new ones.
    Raises ValueError unless both classes and two groups occur.
    """
    scores: Float64 = np.asarray(raw, dtype=np.float64)
    names, groups = np.asarray(names), np.asarray(groups)
    if synthetic.all() or not synthetic.any() or len(set(groups.tolist())) < 2:
        raise ValueError("conditions are learnt from both classes in several corpora")
    kinds = sorted(set(names.tolist()))
    final = _teller(statistics, names)
    shares = np.zeros((len(scores), len(kinds)))
    for learn, rest in GroupKFold(min(FOLDS, len(set(groups.tolist())))).split(scores, groups=groups):
        shares[rest] = _Shares(_teller(statistics[learn], names[learn]), kinds)(statistics[rest])
    if weights is None:
        weights = balanced(synthetic, np.full(len(scores), ""))
    slope, offset = _affine(scores, shares, synthetic, weights)
    logits, bias = final.coef_, final.intercept_
    if len(kinds) == 2:  # scikit-learn keeps one row for two classes
        logits, bias = np.concatenate([-logits / 2, logits / 2]), np.array([-bias[0] / 2, bias[0] / 2])
    # What all kinds share drops out of the softmax; without it the card can round more coarsely.
    logits, bias = logits - logits.mean(axis=0), bias - bias.mean()
    return Conditions(tuple(kinds), logits, bias, slope, offset, limit=2 * LLR_LIMIT)


def _teller(statistics: npt.NDArray[np.floating], names: npt.NDArray[np.str_]) -> LinearDiscriminantAnalysis:
    equal = np.full(len(set(names.tolist())), 1 / len(set(names.tolist())))
    return LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto", priors=equal).fit(statistics, names)


class _Shares:
    """Probabilities in the order of ``kinds``, also where a fold lacks one."""

    def __init__(self, teller: LinearDiscriminantAnalysis, kinds: list[str]) -> None:
        self.teller, self.columns = teller, [kinds.index(name) for name in teller.classes_]
        self.kinds = len(kinds)

    def __call__(self, statistics: npt.NDArray[np.floating]) -> Float64:
        found = np.zeros((len(statistics), self.kinds))
        found[:, self.columns] = self.teller.predict_proba(statistics)
        return found


def _affine(
    raw: Float64, shares: Float64, synthetic: npt.NDArray[np.bool_], weights: Float64
) -> tuple[Float64, Float64]:
    """Slope and offset of every channel: those of all together and what each adds, by logistic regression."""
    middle, scale = float(raw.mean()), float(raw.std())
    z = (raw - middle) / scale
    seen = np.concatenate(
        [BASE * z[:, None], np.full((len(z), 1), BASE), shares * z[:, None], shares], axis=1
    )
    model = LogisticRegression(C=STRENGTH, fit_intercept=False, max_iter=2000)
    found = model.fit(seen, synthetic, sample_weight=weights).coef_[0]
    kinds = shares.shape[1]
    pooled = BASE * found[0]
    slope = np.maximum(pooled + found[2 : 2 + kinds], LEAST_SLOPE * pooled)
    offset = BASE * found[1] + found[2 + kinds :]
    return slope / scale, offset - slope * middle / scale
