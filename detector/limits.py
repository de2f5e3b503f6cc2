"""Limits of a decision, in LLR, for what a recording has been through.

An LLR is calibrated for every kind of channel, and still the same LLR is reached by one person in a hundred
in a studio and by one in twelve after a voice note's codec, because scores spread more there. Limits are
therefore chosen for each kind of channel by itself, as class-conditional quantiles (Mondrian conformal
prediction: Vovk et al. 2005, section 4.5), and mixed by how probable each kind is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Limits"]


@dataclass(frozen=True, slots=True)
class Limits:
    """table: name of a limit to its value, in LLR, under each of the k kinds of channel, in their order."""

    table: dict[str, tuple[float, ...]]

    @classmethod
    def from_table(cls, table: dict[str, list[float]], kinds: int) -> Limits:
        """What a card says. Raises ValueError unless there is a value for each of so many kinds."""
        if any(len(values) != kinds for values in table.values()):
            raise ValueError("limits of another number of conditions")
        return cls({name: tuple(float(value) for value in values) for name, values in table.items()})

    def of(self, shares: Sequence[float]) -> dict[str, float]:
        """Every limit for a recording. shares: probability of each kind, (k,), summing to 1."""
        return {
            name: sum(share * value for share, value in zip(shares, values, strict=True))
            for name, values in self.table.items()
        }
