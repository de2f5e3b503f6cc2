"""Attack and twin made alike in all that is no synthesis: silence at the ends, level, bandwidth, noise floor.

Whatever differed here would be learnt in the place of synthesis. Everything is float32 (n,) at 16 kHz, ±1.
"""

from __future__ import annotations

import numpy as np

from earwitness.generators.attacks.floor import as_noisy
from earwitness.generators.attacks.signal import FRAME, band, frame_levels, noise, speech_rms
from earwitness.generators.attacks.sources import RATE
from earwitness.samples import Float32

__all__ = ["bandwidth_hz", "cut_alike", "ends", "equalised", "trimmed"]

_PAUSE_DB = 35.0  # below the loudest frames
_FLOOR_DB = -62.0  # below the level of speech: under both, so that nobody's silence is cleaner
_LOWEST_HZ = 40.0  # microphones leave an offset and rumble, generators leave none
_SLOPE_HZ = 150.0
_NARROWEST_HZ = 3_000.0
_EDGE_DB = 55.0  # below the strongest band of 250 Hz: nothing but noise and leakage
_BAND_HZ = 250
_INSIDE_S = (0.1, 0.4)  # after the first sound, and before the first of two recordings falls silent
_MOST_SHARE = 0.15
_LEAST_S = 0.5
_EDGE = 5  # frames of which an edge is made
_CHOICE = 50  # frames among which both end where they are equally loud: people lower their voice at the end
_SPEECH_DB = 7.0  # below the loudest frames: speech
_SIZE = 1024


def ends(x: Float32) -> tuple[int, int]:
    """First sample and end of what is not silence, on frames of 10 ms."""
    levels = frame_levels(x)
    loud = np.flatnonzero(levels > np.percentile(levels, 95) - _PAUSE_DB) if levels.size else levels
    if not loud.size:
        return 0, x.size
    return int(loud[0]) * FRAME, min(x.size, (int(loud[-1]) + 1) * FRAME)


def trimmed(x: Float32, lead_s: float) -> Float32:
    """Without the silence at its ends, but for ``lead_s`` seconds of it where there is as much."""
    first, last = ends(x)
    lead = round(lead_s * RATE)
    return x[max(0, first - lead) : last + lead]


def cut_alike(one: Float32, other: Float32, rng: np.random.Generator) -> tuple[Float32, Float32]:
    """Two recordings of different words: both begin and end while both speak, and are equally long.

    A text that is cut to the length of a recording breaks off, while the recording itself ends in peace: by
    the last few hundredths of a second alone they could be told apart; and machines begin at once.
    """
    most = _MOST_SHARE * min(one.size, other.size)  # a short one keeps most of what it has
    late, early = (int(min(rng.uniform(*_INSIDE_S) * RATE, most) / FRAME) for _ in range(2))
    ahead = [_ahead(sound) for sound in (one, other)]
    loud = [levels > np.percentile(levels, 95) - _SPEECH_DB for levels in ahead]
    starts = [int(np.argmax(frames[late:])) + late if frames[late:].any() else 0 for frames in loud]
    count = min(levels.size - start for levels, start in zip(ahead, starts, strict=True))
    both = np.logical_and(*(frames[start:][:count] for frames, start in zip(loud, starts, strict=True)))
    apart = np.abs(np.subtract(*(levels[k:][:count] for levels, k in zip(ahead, starts, strict=True))))
    ending = np.flatnonzero(both[: max(1, count - early)])
    ending = ending[ending > ending[-1] - _CHOICE] if ending.size else ending
    size = (int(ending[np.argmin(apart[ending])]) if ending.size else count) + _EDGE
    size = max(size * FRAME, round(_LEAST_S * RATE))
    return one[starts[0] * FRAME :][:size], other[starts[1] * FRAME :][:size]


def _ahead(x: Float32) -> Float32:
    """For each frame of 10 ms, the level of the 50 ms that begin with it, in dB of the level of speech; one
    for what is shorter."""
    levels = frame_levels(np.pad(x, (0, max(0, _EDGE * FRAME - x.size))))
    mean = np.lib.stride_tricks.sliding_window_view(levels, _EDGE).mean(axis=1)
    return np.asarray(mean - 20 * np.log10(speech_rms(x) + 1e-6), np.float32)


def equalised(
    human: Float32, attack: Float32, rng: np.random.Generator, *, whole: bool = True
) -> tuple[Float32, Float32]:
    """Of one length (the shorter one's, at most), level and bandwidth, over the same floor of noise.

    whole: the attack is another sound throughout, so that both get the floor of the noisier one.
    """
    size = min(human.size, attack.size)
    human, attack = human[:size], attack[:size]
    edge = min(bandwidth_hz(human), bandwidth_hz(attack))
    high = edge if edge == RATE / 2 else edge - _SLOPE_HZ
    human, attack = (_faded(band(one, _LOWEST_HZ, high, _SLOPE_HZ)) for one in (human, attack))
    level, made = speech_rms(human), speech_rms(attack)
    if made > 0:
        attack = attack * np.float32(level / made)
    if whole:
        human, attack = as_noisy(human, attack, rng)
    floor = noise(size, 0.5, rng) * np.float32(level * 10 ** (_FLOOR_DB / 20))
    return human + floor, attack + floor


def bandwidth_hz(x: Float32) -> float:
    """Up to where there is sound: the end of the highest 250-Hz band within 55 dB of the strongest.

    Between 3 and 8 kHz.
    """
    if x.size < _SIZE:
        return RATE / 2
    windows = np.lib.stride_tricks.sliding_window_view(x, _SIZE)[:: _SIZE // 2] * np.hanning(_SIZE)
    power = np.mean(np.square(np.abs(np.fft.rfft(windows, axis=1))), axis=0)[: _SIZE // 2]
    a_band = _BAND_HZ * _SIZE // RATE
    bands = power.reshape(-1, a_band).mean(axis=1)
    present = np.flatnonzero(bands > bands.max() * 10 ** (-_EDGE_DB / 10))
    highest = (int(present[-1]) + 1) * _BAND_HZ if present.size else RATE / 2
    return float(min(max(highest, _NARROWEST_HZ), RATE / 2))


def _faded(x: Float32) -> Float32:
    """Both ends over 5 ms: a cut within sound would click."""
    fade = np.minimum(np.arange(1, x.size + 1), np.arange(x.size, 0, -1)) / (FRAME / 2)
    return np.asarray(x * np.minimum(fade, 1.0), np.float32)
