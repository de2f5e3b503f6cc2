"""Calibration that knows what a recording has been through.

The same raw score means less after a low-rate codec or in noise than in a studio: there people look a little
synthetic and copies a little human. The pooled statistics of a recording tell what it has been through; each
kind of channel has slope and offset of its own, and their mean, weighted by how probable each kind is, gives
the LLR (affine calibration per quality condition; cf. Mandasari et al. 2015, quality measure functions).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from earwitness.detector.calibrate import LLR_LIMIT

__all__ = ["Conditions"]

Float64 = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Conditions:
    """names: of the k kinds of channel. weights (k, d), bias (k,): logits of each from statistics (d,).

    slope, offset (k,): of the LLR under each. limit: the LLR stays within +-limit.
    """

    names: tuple[str, ...]
    weights: Float64
    bias: Float64
    slope: Float64
    offset: Float64
    limit: float = LLR_LIMIT

    @classmethod
    def from_table(cls, table: dict[str, Any]) -> Conditions:
        """What ``to_table`` wrote. Raises ValueError when sizes do not fit together."""
        weights, bias, slope, offset = (
            np.asarray(table[key], dtype=float) for key in ("weights", "bias", "slope", "offset")
        )
        names = tuple(table["names"])
        if weights.ndim != 2 or any(len(part) != len(names) for part in (weights, bias, slope, offset)):
            raise ValueError("conditions of different numbers")
        return cls(names, weights, bias, slope, offset, limit=float(table["limit"]))

    def to_table(self) -> dict[str, Any]:
        """For a card, rounded to what matters."""
        return {
            "names": list(self.names),
            "weights": [[float(f"{value:.4g}") for value in row] for row in self.weights.tolist()],
            **{
                key: [round(v, 6) for v in getattr(self, key).tolist()] for key in ("bias", "slope", "offset")
            },
            "limit": self.limit,
        }

    def shares(self, statistics: npt.ArrayLike) -> Float64:
        """Probability of each kind, (..., k), from statistics (..., d)."""
        logits = np.asarray(statistics, dtype=float) @ self.weights.T + self.bias
        logits -= logits.max(axis=-1, keepdims=True)
        odds = np.exp(logits)
        return np.asarray(odds / odds.sum(axis=-1, keepdims=True))

    def llr(self, raw: float, statistics: npt.ArrayLike) -> float:
        """LLR of a recording's raw score."""
        shares = self.shares(statistics)
        return float(np.clip(shares @ self.slope * raw + shares @ self.offset, -self.limit, self.limit))
