"""Thirds of an octave: what the ear sums up, and what a mark should therefore leave as loud as it was.

The mark lives in the difference between neighbouring bands. How loud the bands of one third of an octave are
together carries nothing, but is what is heard, and what the envelopes of intelligibility measures follow
(Taal et al. 2011). Below 500 Hz a third of an octave is a single band, and nothing can be held there.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

from earwitness.watermark.layout import BAND_EDGES

__all__ = ["held", "members", "shares", "steadied"]

Float32 = npt.NDArray[np.float32]

_REFERENCE_BIN = 4.8  # 150 Hz, the lowest third of an octave that STOI looks at
_HOLD = np.float32(4)
_EASE = np.float32(0.25)
"""Exponent of the energy ratio that is taken back, in amplitude: a half of it. Taking back all of it lowers
the distortion little more and costs the mark a twentieth of its strength."""
_TINY = np.float32(1e-12)


@cache
def members() -> Float32:
    """Which band belongs to which third of an octave, 0 or 1, shape (60, thirds)."""
    edges = np.array(BAND_EDGES)
    middles = (edges[:-1] + edges[1:] - 1) / 2
    third = np.round(3 * np.log2(middles / _REFERENCE_BIN)).astype(int)
    return np.asarray(third[:, None] == np.unique(third)[None, :], np.float32)


def shares(energy: Float32) -> Float32:
    """Share of each band (n, 60) in the energy of its third of an octave, 0..1. energy: mean over bins."""
    whole = energy * np.diff(np.array(BAND_EDGES, np.float32))
    together = (whole @ members()) @ members().T
    return np.asarray(whole / np.maximum(together, np.float32(1e-20)), np.float32)


def held(wanted: Float32, ease: Float32, share: Float32) -> Float32:
    """The gains (n, 60) in dB nearest to those wanted that hardly change how loud each third is.

    Minimises sum((g - wanted)² / ease) + 4 sum_thirds((sum share g)²); one equation a third
    (Sherman and Morrison 1950). ease: dB² that a unit of cost buys in each band. share: from ``shares``.
    """
    group = members()
    change = (share * wanted) @ group
    stiffness = np.float32(1) + _HOLD * ((share * share * ease) @ group)
    return np.asarray(wanted - ease * share * ((_HOLD * change / stiffness) @ group.T), np.float32)


def steadied(power: Float32, factor: Float32) -> Float32:
    """Amplitude factors of bins that take half of each frame's change in loudness back.

    power: |X|² of the marked bins, (frames, bins of all bands). factor: the same shape. Thirds of one band
    keep their factors, where it would undo the mark.
    """
    group = _bins()
    before = power @ group + _TINY
    after = (power * np.square(factor)) @ group + _TINY
    back = np.power(before / after, _EASE * (members().sum(0) > 1))
    return np.asarray(factor * (back @ group.T), np.float32)


@cache
def _bins() -> Float32:
    return np.repeat(members(), np.diff(BAND_EDGES), axis=0)
