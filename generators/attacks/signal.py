"""Small tools for sound at 16 kHz: levels, filters by FFT, noises, fades. Everything is float32 (n,), ±1."""

from __future__ import annotations

import numpy as np

from earwitness.generators.attacks.sources import RATE
from earwitness.samples import Float32

__all__ = [
    "FRAME", "band", "convolved", "dithered", "fitted", "frame_levels", "noise", "rms", "speech_rms",
    "to_level",
]  # fmt: skip

FRAME = RATE // 100
"""Samples of a frame of 10 ms."""
_QUIET_DB = 30.0  # below the loudest frames: a pause
_LOUDEST = 0.98
_STEP = 2.0**-15


def rms(x: Float32) -> float:
    """Root of the mean square; 0 for nothing."""
    return float(np.sqrt(np.mean(np.square(x, dtype=np.float64)))) if x.size else 0.0


def frame_levels(x: Float32) -> Float32:
    """RMS of each frame of 10 ms in dB of full scale (-120 for silence), shape (ceil(n / FRAME),)."""
    frames = np.pad(x, (0, -x.size % FRAME)).reshape(-1, FRAME)
    return np.asarray(10 * np.log10(np.mean(np.square(frames, dtype=np.float64), axis=1) + 1e-12), np.float32)


def speech_rms(x: Float32) -> float:
    """RMS of what is louder than pauses (within 30 dB of the 95th percentile of frames)."""
    if not x.size:
        return 0.0
    levels = frame_levels(x)
    loud = np.repeat(levels > np.percentile(levels, 95) - _QUIET_DB, FRAME)[: x.size]
    return rms(x[loud]) if loud.any() else rms(x)


def to_level(x: Float32, dbfs: float) -> Float32:
    """With speech at that level (dB of full scale), or softer where its peaks would be cut."""
    level, peak = speech_rms(x), float(np.abs(x).max(initial=0.0))
    if level == 0.0 or peak == 0.0:
        return x.copy()
    return np.asarray(x * np.float32(min(10 ** (dbfs / 20) / level, _LOUDEST / peak)), np.float32)


def band(x: Float32, low: float, high: float, slope: float = 200.0) -> Float32:
    """Between ``low`` and ``high`` Hz, without a shift in time. low 0: from 0 Hz.

    slope: width of the edges in Hz; the lower one is no wider than ``low`` itself.
    """
    if not x.size:
        return x.copy()
    hertz = np.fft.rfftfreq(x.size, 1 / RATE)
    gain = np.clip((high + slope - hertz) / slope, 0, 1)
    if low > 0:
        rise = min(slope, low)
        gain *= np.clip((hertz - low + rise / 2) / rise, 0, 1)
    gain = 0.5 - 0.5 * np.cos(np.pi * gain)
    return np.asarray(np.fft.irfft(np.fft.rfft(x) * gain, x.size), np.float32)


def convolved(x: Float32, response: Float32) -> Float32:
    """``x`` through an impulse response, cut to its length."""
    size = 1 << (x.size + response.size - 1).bit_length()
    whole = np.fft.irfft(np.fft.rfft(x, size) * np.fft.rfft(response, size), size)
    return np.asarray(whole[: x.size], np.float32)


def noise(size: int, exponent: float, rng: np.random.Generator) -> Float32:
    """Of RMS 1, its power falling as 1 / f^exponent: 0 white, 1 pink, 2 brown."""
    if size < 2:
        return np.zeros(size, np.float32)
    spectrum = np.fft.rfft(rng.standard_normal(size))
    hertz = np.maximum(np.fft.rfftfreq(size, 1 / RATE), 20.0)
    shaped = np.fft.irfft(spectrum * hertz ** (-exponent / 2), size)
    return np.asarray(shaped / max(rms(np.asarray(shaped, np.float32)), 1e-12), np.float32)


def dithered(x: Float32, rng: np.random.Generator) -> Float32:
    """On the steps of 16 bits, with triangular dither of two steps (TPDF, as Lipshitz et al. 1992)."""
    steps = x / _STEP + rng.uniform(-0.5, 0.5, x.size) + rng.uniform(-0.5, 0.5, x.size)
    return np.asarray(np.clip(np.round(steps), -32768, 32767) * _STEP, np.float32)


def fitted(x: Float32, size: int) -> Float32:
    """Cut at its end, or filled up with zeros."""
    return x[:size] if x.size >= size else np.pad(x, (0, size - x.size))
