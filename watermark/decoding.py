"""From a hit to a payload that proves itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from earwitness.marks import MarkKey
from earwitness.watermark.features import Float32
from earwitness.watermark.layout import SCHEME, TAG, Layout
from earwitness.watermark.payload import likeliest, tag_chips

__all__ = ["LIST", "Decoded", "decode", "turned"]

LIST = 16


@dataclass(frozen=True, slots=True)
class Decoded:
    """The listed id whose tag fits best. correlation: of its tag, in units of its standard deviation."""

    payload: int
    correlation: float


def turned(folded: Float32, phase: int, layout: Layout) -> Float32:
    """Evidence of one block, (36, 30), rolled to where the block begins, times the key's signs: (1080,)."""
    return np.asarray(np.roll(folded, -phase, axis=0).ravel() * layout.signs, np.float32)


def decode(soft: Float32, key: MarkKey, layout: Layout, *, thorough: bool = False) -> Decoded:
    """List-decode the code chips and let the tag choose. soft: from ``turned``."""
    tag = soft[layout.tag]
    norm = float(np.sqrt(np.square(tag, dtype=np.float64).sum())) + 1e-12
    best = Decoded(0, -np.inf)
    for candidate in likeliest(soft[layout.code].sum(1), LIST, thorough=thorough):
        said = float(tag @ tag_chips(key, SCHEME, candidate.payload, TAG)) / norm
        if said > best.correlation:
            best = Decoded(candidate.payload, said)
    return best
