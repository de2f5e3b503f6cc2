"""How much each tile goes up or down: as much as the reader will need after rough treatment, no more.

The embedder knows the reader and the recording, so it looks for the gains under which the reader's own
statistic comes out well: as the recording is, and after four simplified treatments (hiss, a telephone
codec, a room, both). Tiles whose neighbourhood already says the right thing get little, hopeless ones
nothing, and code bits that the recording contradicts get more than those it happens to support.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from earwitness.marks import Strength
from earwitness.watermark.features import limit, outstanding
from earwitness.watermark.layout import BAND_EDGES, BANDS
from earwitness.watermark.payload import CODE_BITS
from earwitness.watermark.thirds import held, shares

__all__ = ["Shape", "gains", "shape_of"]

Float32 = npt.NDArray[np.float32]
Int = npt.NDArray[np.intp]

ROUNDS = 5
LIMIT_DB = 5.0
_TELEPHONE_BANDS = 13  # up to 1.47 kHz GSM codes the waveform, above it only the envelope
_NARROW_BANDS = 36
# Share of a column's energy that a room with 0.4 s of reverberation leaves in it, and in the two after it.
_ROOM = (0.60, 0.34, 0.06)
_SHARE_OF_EARLIER_BLOCKS = 0.5
_ROUGH = (0.0, 0.5, 0.0, 0.0, 0.5)  # treatments that the aim is about
_LEAST_EFFORT, _MOST_EFFORT = 0.4, 5.0


@dataclass(frozen=True, slots=True)
class Shape:
    """What a strength means.

    push: gain in dB that one unit of the reader's gradient is worth. most: largest gain in dB.
    aim: correlation of a block's pattern that is wanted after hiss, and after hiss in a room: easy recordings
        are left alone more, difficult ones pushed more.
    cost: how dear a decibel is in each of the five frequency zones.
    treatments: how much each simplified treatment counts (as it is, hiss, telephone, room, room and hiss).
    """

    push: float
    most: float
    aim: float
    cost: tuple[float, ...] = (1.5, 0.9, 0.6, 0.4, 0.2)
    treatments: tuple[float, ...] = (0.5, 1.5, 2.0, 1.2, 1.2)


_SHAPES = {
    Strength.SOFT: Shape(push=6.0, most=3.4, aim=9.0),
    Strength.DEFAULT: Shape(push=12.0, most=5.0, aim=13.0),
    Strength.STRONG: Shape(push=18.0, most=6.0, aim=17.0),
}


def shape_of(strength: Strength) -> Shape:
    """The numbers behind a strength."""
    return _SHAPES[strength]


def gains(
    level: Float32, signs: Float32, bits: Int, earlier: Float32, context: int, shape: Shape
) -> tuple[Float32, Float32]:
    """Gains in dB of the columns of one block.

    level: dB, (context + n + context, 60), columns before (already marked), of and after the block.
    signs: ±1, (n, 60). bits: code bit of each tile or 250 for sync and tag tiles, (n, 60).
    earlier: what earlier blocks say for each code bit, (250,). Returns gains (n, 60) and the new ``earlier``.
    """
    n = len(signs)
    inside = slice(context, context + n)
    gain = signs * np.float32(0.5)
    energy = np.power(np.float32(10), level * np.float32(0.1))
    price = _price(shape)
    share = shares(energy[inside])
    margins = np.zeros(CODE_BITS, np.float32)
    effort = 1.0
    for turn in range(ROUNDS):
        now = energy.copy()
        now[inside] *= np.power(np.float32(10), gain * np.float32(0.1))
        slope = np.zeros_like(gain)
        rough = 0.0
        for index, (treated, weight) in enumerate(_treatments(now)):
            towards, margin, clear = _gradient(treated, weight, signs, bits, earlier, inside)
            rough += clear * _ROUGH[index]
            slope += np.float32(shape.treatments[index]) * towards * (now / treated)[inside]
            if index == 0:
                margins = margin
        if turn:
            effort = min(max(effort * (shape.aim / max(rough, 1.0)) ** 0.5, _LEAST_EFFORT), _MOST_EFFORT)
        ease = np.float32(shape.push * effort) / price
        wanted = np.clip(held(ease * slope, ease, share), -shape.most, shape.most)
        gain += np.float32(1.0 if turn == 0 else 0.6) * (wanted - gain)
    return gain, np.float32(_SHARE_OF_EARLIER_BLOCKS) * (earlier + margins)


@cache
def _price(shape: Shape) -> Float32:
    zones = np.searchsorted((7, 13, 21, 36), np.arange(BANDS), side="right")
    price = np.array(shape.cost, np.float32)[zones]
    return np.asarray(np.convolve(np.pad(price, 2, mode="edge"), np.full(5, 0.2), "valid"), np.float32)


@cache
def _widths() -> Float32:
    return np.diff(np.array(BAND_EDGES, np.float32))


def _treatments(energy: Float32) -> Iterator[tuple[Float32, Float32]]:
    """Energies (columns, 60) after each treatment, and how much the reader will trust each tile."""
    tiny = np.float32(1e-9)
    quiet = energy + tiny
    yield quiet, energy / (energy + np.float32(1e-6) * energy.max() + tiny)
    widths = _widths()
    hiss = np.float32(0.1) * (energy @ widths).mean() / np.float32(256) + tiny
    yield energy + hiss, energy / (energy + hiss)
    coded = energy + tiny
    coded += np.float32(0.12) * energy[:, :_TELEPHONE_BANDS].mean(1, keepdims=True)
    telephone = energy / coded
    telephone[:, _TELEPHONE_BANDS:_NARROW_BANDS] *= np.float32(0.15)
    telephone[:, _NARROW_BANDS:] = 0
    yield coded, telephone
    room = np.float32(_ROOM[0]) * energy + tiny
    room[1:] += np.float32(_ROOM[1]) * energy[:-1]
    room[2:] += np.float32(_ROOM[2]) * energy[:-2]
    own = np.float32(_ROOM[0]) * energy
    yield room, own / room
    far = room + np.float32(0.1) * hiss
    yield far, own / far


def _spread(towards: Float32) -> Float32:
    """What a tile's level does to what its neighbours stand out by; ``outstanding`` is its own transpose."""
    padded = np.zeros((len(towards) + 2, BANDS), np.float32)
    padded[1:-1] = towards
    return outstanding(padded)[1:-1]


def _gradient(
    energy: Float32, weight: Float32, signs: Float32, bits: Int, earlier: Float32, inside: slice
) -> tuple[Float32, Float32, float]:
    """Where the reader's statistic grows, (n, 60), what it says now for each code bit, (250,), and in all."""
    stand = limit(outstanding(np.float32(10) * np.log10(energy))[inside])
    trusted = weight[inside]
    said = trusted * signs * stand
    sums = np.bincount(bits.ravel(), said.ravel(), CODE_BITS + 1)[:CODE_BITS].astype(np.float32)
    # A tile's stand is about 0.5 either way: this is what a bit says, in units of its own uncertainty.
    norm = np.sqrt(np.bincount(bits.ravel(), (trusted**2).ravel(), CODE_BITS + 1)[:CODE_BITS]) * 0.5 + 0.05
    margin = (sums / norm).astype(np.float32)
    need = np.full(CODE_BITS + 1, 1.0, np.float32)
    need[:CODE_BITS] = 1 / (1 + np.exp(margin + earlier - np.float32(1.5)))
    towards = np.asarray(
        need[bits] * trusted * signs * (1 - stand * stand) / np.float32(LIMIT_DB), np.float32
    )
    clear = float(said.sum() / np.sqrt(np.square(said).sum() + 1e-9))
    return _spread(towards), margin, clear
