"""Noise, rooms, loudspeakers, other sounds and lost packets.

Every function takes and returns float32 (n,) at 16 kHz, -1..1, the same length in the same place. Ratios of
signal to noise are those of whole recordings, pauses included, which is harder than the ratio to the level
of speech that ``earwitness.detector.training.channels`` uses.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from earwitness.detector.training.channels import SAMPLE_RATE, coloured_noise, fft_convolve, room_response
from earwitness.eval.attack_tone import band_pass, clip_at, equalise

Float32 = npt.NDArray[np.float32]

__all__ = [
    "add",
    "in_room",
    "noisy",
    "rerecorded",
    "rerecorded_badly",
    "reverberant",
    "shaped_noise",
    "tail_response",
]


def _rms(x: Float32) -> float:
    return float(np.sqrt(np.mean(np.square(x), dtype=np.float64))) if x.size else 0.0


def add(x: Float32, other: Float32, snr_db: float) -> Float32:
    """``other`` (repeated or cut to the length of ``x``) under ``x``, ``snr_db`` quieter (RMS of all)."""
    if other.size == 0 or _rms(other) == 0.0:
        return x.copy()
    bed = np.resize(other, x.size)
    factor = _rms(x) / max(_rms(bed), 1e-9) * 10 ** (-snr_db / 20)
    return clip_at(x + np.float32(factor) * bed, 1.0)


def noisy(x: Float32, rng: np.random.Generator, snr_db: float, exponent: float = 0.0) -> Float32:
    """Noise whose power falls as 1 / f^exponent: 0 white, 1 pink, 2 brown."""
    return add(x, coloured_noise(x.size, exponent, rng), snr_db)


def shaped_noise(x: Float32, rng: np.random.Generator, fraction: float) -> Float32:
    """White noise of ``fraction`` times full scale (standard deviation), whatever the level of ``x``."""
    return clip_at(x + np.float32(fraction) * rng.standard_normal(x.size, dtype=np.float32), 1.0)


def tail_response(rng: np.random.Generator, seconds: float, direct_db: float) -> Float32:
    """An exponentially falling tail of white noise, -60 dB after ``seconds``, after the direct sound.

    Harder than ``channels.room_response``: no build-up, high frequencies last as long as low ones.
    direct_db: direct to reverberant energy. The whole has unit energy.
    """
    n = max(2, int(seconds * SAMPLE_RATE))
    tail = rng.standard_normal(n) * np.exp(-np.log(1000) * np.arange(n) / n)
    tail[0] = 0.0
    tail *= 10 ** (-direct_db / 20) / np.sqrt(np.sum(np.square(tail)))
    tail[0] = 1.0
    return np.asarray(tail / np.sqrt(np.sum(np.square(tail))), np.float32)


def reverberant(x: Float32, rng: np.random.Generator, seconds: float, direct_db: float) -> Float32:
    """With a tail of white noise (``tail_response``), another for every recording; the level stays."""
    return _through(x, tail_response(rng, seconds, direct_db))


def in_room(x: Float32, rng: np.random.Generator, seconds: float, direct_db: float) -> Float32:
    """In a room that is made up (``channels.room_response``): early reflections, highs that fade sooner."""
    return _through(x, room_response(rng, seconds, direct_db))


def _through(x: Float32, response: Float32) -> Float32:
    wet = fft_convolve(x, response)
    return clip_at(wet * np.float32(_rms(x) / max(_rms(wet), 1e-9)), 1.0)


def rerecorded(x: Float32, rng: np.random.Generator) -> Float32:
    """Played by a loudspeaker and recorded in a room, simulated.

    Band from 150 to 6,500 Hz, three resonances of up to 6 dB, a little distortion, a room of 300 ms whose
    direct sound has a tenth of the energy, noise of the room at 20 dB, another clock (0.01 %).
    """
    return _rerecorded(x, rng, (150, 6_500), 0.3, 20)


def rerecorded_badly(x: Float32, rng: np.random.Generator) -> Float32:
    """The same with 250 to 5,000 Hz, a room of 500 ms, and noise at 15 dB."""
    return _rerecorded(x, rng, (250, 5_000), 0.5, 15)


def _rerecorded(
    x: Float32, rng: np.random.Generator, band: tuple[float, float], seconds: float, snr_db: float
) -> Float32:
    heard = band_pass(x, *band)
    centres, gains = rng.uniform(400, 4_000, 3), rng.uniform(-6, 6, 3)
    heard = equalise(heard, dict(zip(centres.tolist(), gains.tolist(), strict=True)), q=2.0)
    peak = max(float(np.abs(heard).max(initial=0.0)), 1e-6)
    driven = np.tanh(heard * np.float32(1.2 / peak)) * np.float32(peak / 1.2)
    wet = reverberant(np.asarray(driven, np.float32), rng, seconds, -10)
    drifted = np.interp(np.arange(x.size) * (1 + 1e-4), np.arange(x.size), wet).astype(np.float32)
    return noisy(drifted, rng, snr_db, 0.5)
