"""From a hit to a payload that proves itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from earwitness.marks import MarkKey
from earwitness.watermark.features import Float32
from earwitness.watermark.layout import SCHEME, TAG, Layout
from earwitness.watermark.payload import false_tag_probability, likeliest, tag_chips

__all__ = ["LIST", "LONG_LIST", "Decoded", "decode", "turned"]

LIST = 16
LONG_LIST = 128


@dataclass(frozen=True, slots=True)
class Decoded:
    """The listed id whose tag is least likely to be chance.

    correlation: of its tag, in units of its standard deviation. listed: the number of ids it counts for: the
    k-th of a list of n counts for k (1 + 1/2 + ... + 1/n), so that the chances of all n add up to those
    of one, and the likeliest ids need the least proof.
    """

    payload: int
    correlation: float
    listed: float


def turned(folded: Float32, phase: int, layout: Layout) -> Float32:
    """Evidence of one block, (36, 30), rolled to where the block begins, times the key's signs: (1080,)."""
    return np.asarray(np.roll(folded, -phase, axis=0).ravel() * layout.signs, np.float32)


def decode(soft: Float32, key: MarkKey, layout: Layout, *, thorough: bool = False) -> Decoded:
    """List-decode the code chips and let the tag choose. soft: from ``turned``.

    thorough: a list of 128 ids and not of 16, and see ``likeliest``.
    """
    tag = soft[layout.tag]
    norm = float(np.sqrt(np.square(tag, dtype=np.float64).sum())) + 1e-12
    count = LONG_LIST if thorough else LIST
    share = float(np.sum(1 / np.arange(1, count + 1)))
    listed = []
    for rank, candidate in enumerate(likeliest(soft[layout.code].sum(1), count, thorough=thorough), start=1):
        said = float(tag @ tag_chips(key, SCHEME, candidate.payload, TAG)) / norm
        listed.append(Decoded(candidate.payload, said, rank * share))
    return min(listed, key=lambda one: (false_tag_probability(one.correlation, one.listed), -one.correlation))
