"""Putting a mark in, as the recording comes in.

The gains are found and applied at 16 kHz; what they change is resampled to the recording's own rate and
added, so nothing above 7.4 kHz is touched and nothing is lost. All channels get the same gains, so that a
later downmix carries the mark too. Work is done in blocks counted from the first sample, so what
comes out does not depend on how the samples came in.
"""

from __future__ import annotations

import numpy as np

from earwitness.marks import MarkKey, Strength
from earwitness.samples import Resampler
from earwitness.watermark.adding import Adder
from earwitness.watermark.features import Complex64, Float32, log_energy, spectrum, synthesise
from earwitness.watermark.layout import (
    BAND_EDGES,
    BANDS,
    COLUMNS,
    FRAMES_A_COLUMN,
    HOP,
    PAIRS,
    RATE,
    block_signs,
    layout_of,
)
from earwitness.watermark.payload import CODE_BITS
from earwitness.watermark.shaping import gains, shape_of
from earwitness.watermark.thirds import steadied

__all__ = ["PatchworkEmbedder"]

CONTEXT = 2
_BLOCK_FRAMES = COLUMNS * FRAMES_A_COLUMN
_CONTEXT_FRAMES = CONTEXT * FRAMES_A_COLUMN


class PatchworkEmbedder:
    """One recording being marked. Looks 2.5 s ahead."""

    def __init__(self, key: MarkKey, payload: int, rate: int, channels: int, strength: Strength) -> None:
        self._shape = shape_of(strength)
        # The upper band of a pair goes the other way.
        self._signs = np.repeat(block_signs(key, payload), 2, axis=1)
        self._signs[:, 1::2] *= -1
        bits = np.full(COLUMNS * PAIRS, CODE_BITS, np.intp)
        bits[layout_of(key).code] = np.arange(CODE_BITS)[:, None]
        self._bits = np.repeat(bits.reshape(COLUMNS, PAIRS), 2, axis=1)
        self._earlier = np.zeros(CODE_BITS, np.float32)
        self._down = Resampler(rate, RATE, channels)
        self._up = Resampler(RATE, rate, channels)
        # Frame k is centred on sample 256 k: the first one starts before the recording does.
        self._sound = np.zeros((channels, HOP), np.float32)
        self._before = np.zeros((CONTEXT, BANDS), np.float32) - np.float32(90)
        self._tail = np.zeros((channels, HOP), np.float32)
        self._adder = Adder(rate, channels)
        self._skip = HOP

    def push(self, samples: Float32) -> Float32:
        """Take (channels, n) samples; returns the marked samples that are ready."""
        self._adder.hold(samples)
        self._sound = np.concatenate([self._sound, self._down.push(samples)], axis=1)
        needed = (_BLOCK_FRAMES + _CONTEXT_FRAMES + 1) * HOP
        while self._sound.shape[1] >= needed:
            self._adder.add(self._up.push(self._block()))
        return self._adder.ready(last=False)

    def finish(self) -> Float32:
        """The samples that are still inside."""
        self._sound = np.concatenate([self._sound, self._down.finish()], axis=1)
        step = _BLOCK_FRAMES * HOP
        blocks = -(-self._sound.shape[1] // step)
        total = blocks * step + (_CONTEXT_FRAMES + 1) * HOP
        self._sound = np.pad(self._sound, ((0, 0), (0, total - self._sound.shape[1])))
        for _ in range(blocks):
            self._adder.add(self._up.push(self._block()))
        self._adder.add(self._up.push(self._tail))
        self._adder.add(self._up.finish())
        return self._adder.ready(last=True)

    def _block(self) -> Float32:
        """Mark the next block; returns the residual at 16 kHz that became final."""
        used = self._sound[:, : (_BLOCK_FRAMES + _CONTEXT_FRAMES + 1) * HOP]
        self._sound = self._sound[:, _BLOCK_FRAMES * HOP :]
        frames = [spectrum(channel) for channel in used]
        gain = self._gains(frames)
        residual = np.stack([self._residual(channel[:_BLOCK_FRAMES], gain) for channel in frames])
        residual[:, :HOP] += self._tail
        self._tail = residual[:, -HOP:]
        ready = residual[:, self._skip : -HOP]
        self._skip = 0
        return np.ascontiguousarray(ready)

    def _gains(self, frames: list[Complex64]) -> Float32:
        power = sum(np.square(channel.real) + np.square(channel.imag) for channel in frames)
        level = log_energy(np.asarray(power, np.float32))
        columns = level.reshape(-1, FRAMES_A_COLUMN, BANDS).mean(1)
        gain, self._earlier = gains(
            np.concatenate([self._before, columns]),
            self._signs,
            self._bits,
            self._earlier,
            CONTEXT,
            self._shape,
        )
        self._before = (columns[:COLUMNS] + gain)[-CONTEXT:]
        return gain

    def _residual(self, frames: Complex64, gain: Float32) -> Float32:
        """What the gains change in one channel, (frames, 257) to ((frames + 1) * 256,)."""
        first, last = BAND_EDGES[0], BAND_EDGES[-1]
        marked = frames[:, first:last]
        factor = np.repeat(np.power(np.float32(10), gain * np.float32(0.05)), FRAMES_A_COLUMN, axis=0)
        factor = np.repeat(factor, np.diff(BAND_EDGES), axis=1)
        factor = steadied(np.square(marked.real) + np.square(marked.imag), factor)
        changed = np.zeros_like(frames)
        changed[:, first:last] = marked * (factor - np.float32(1))
        return synthesise(changed)
