"""Which channels to judge: their mix, one of them, or each for itself.

A stereo recording of one scene is judged as its mix. A call with a speaker a channel is judged per channel.
The channels themselves tell, from the first minute: in a call they are unlike each other and take turns.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from earwitness.samples import Float32, mean_of_channels

__all__ = ["DECIDE_AFTER_S", "Layout", "decide_layout"]

DECIDE_AFTER_S = 60.0  # in a minute of a call both sides have spoken

_FRAME_S = 0.1
_SOUND = 1e-6  # power of -60 dBFS: below it a frame is silent
_NEAR_LOUDEST = 0.01  # a frame within 20 dB of a channel's loud frames is one where its speaker talks
_ALIKE = 0.5  # correlation from which two channels hold the same scene
_DOMINATES = 10.0  # 10 dB over the other channel: one side speaks
_TURNS = 0.6  # share of the sounding frames in which exactly one side speaks; a conversation has 0.7 to 0.95
_EACH_SIDE_S = 1.5  # what one side must have said to be a side
_CANCELS = 0.1  # the mix has lost 10 dB against its channels: they are in opposite phase, or most are empty


@dataclass(frozen=True, slots=True)
class Layout:
    """What to judge: each channel ``apart``, or one track: ``only`` that channel, or the mean of all."""

    apart: bool
    only: int | None = None

    def tracks(self, samples: Float32) -> list[tuple[int | None, Float32]]:
        """The tracks of a block (channels, n): (channel number or None for the whole, samples (n,))."""
        if self.apart:
            return [(channel, np.ascontiguousarray(samples[channel])) for channel in range(samples.shape[0])]
        if self.only is not None:
            return [(None, np.ascontiguousarray(samples[self.only]))]
        return [(None, mean_of_channels(samples))]


def decide_layout(samples: Float32, rate: int) -> Layout:
    """Decide from the beginning of a recording, shape (channels, n).

    Apart: exactly two channels, correlated less than 0.5, in 60 % of the sounding tenths of a second
    one is 10 dB above the other, and each side has at least 1.5 s of that.
    Only: the mean of the channels loses 10 dB against them (opposite phase): the strongest alone.
    Otherwise, and whenever it is unclear: the mix.
    """
    if samples.shape[0] == 1:
        return Layout(apart=False)
    if samples.shape[0] == 2 and _is_call(samples, rate):
        return Layout(apart=True)
    powers = np.array([float(np.dot(row, row)) for row in samples])
    mix = mean_of_channels(samples)
    if powers.max() > 0 and float(np.dot(mix, mix)) < _CANCELS * powers.mean():
        return Layout(apart=False, only=int(powers.argmax()))
    return Layout(apart=False)


def _is_call(samples: Float32, rate: int) -> bool:
    size = max(1, round(_FRAME_S * rate))
    count = samples.shape[1] // size
    if count * _FRAME_S < 2 * _EACH_SIDE_S:
        return False
    frames = samples[:, : count * size].reshape(2, count, size)
    power = np.einsum("cks,cks->ck", frames, frames) / size
    energy = power.sum(axis=1)
    if energy.min() <= 0:
        return False
    shared = float(np.einsum("ks,ks->", frames[0], frames[1])) / size
    if abs(shared) >= _ALIKE * float(np.sqrt(energy.prod())):
        return False
    loud = np.maximum(_SOUND, _NEAR_LOUDEST * np.quantile(power, 0.95, axis=1, keepdims=True))
    sounding = power >= loud
    first = sounding[0] & (power[0] >= _DOMINATES * power[1])
    second = sounding[1] & (power[1] >= _DOMINATES * power[0])
    turns = int(first.sum() + second.sum())
    each_spoke = min(first.sum(), second.sum()) * _FRAME_S >= _EACH_SIDE_S
    return bool(each_spoke and turns >= _TURNS * int(sounding.any(axis=0).sum()))
