"""Sounds that are no ordinary speech, made here: silence, noise, tones, music, and whisper made of speech.

All are float32 (n,) at 16 kHz, peak within -1..1, and depend on the generator they are given alone. They are
simple on purpose (sums of sines, shaped noise): real music and real whisper differ, and what is measured on
these says how the gates work, no more.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from earwitness.detector.training import channels

Float32 = npt.NDArray[np.float32]
Float64 = npt.NDArray[np.float64]

__all__ = ["MADE", "RATE", "mixed_with_music", "music", "whisper"]

RATE = 16_000
SECONDS = 6.0
N = round(SECONDS * RATE)
ORDER = 18  # of linear prediction: a formant (two poles) a kHz, and two for the slope
WINDOW, HOP = 512, 256
_PEAK = 0.5
_SCALE = (0, 2, 4, 5, 7, 9, 11)
_CHORDS = ((0, 4, 7), (5, 9, 12), (7, 11, 14), (9, 12, 16))


def _levelled(x: Float64) -> Float32:
    return np.asarray(x / max(float(np.abs(x).max(initial=0.0)), 1e-9) * _PEAK, np.float32)


def _time() -> Float64:
    return np.arange(N) / RATE


def silence(_: np.random.Generator) -> Float32:
    """Digital silence."""
    return np.zeros(N, np.float32)


def near_silence(rng: np.random.Generator) -> Float32:
    """The hiss of a muted input: white noise at -75 dBFS."""
    return np.asarray(10 ** (-75 / 20) * rng.standard_normal(N), np.float32)


def noise(rng: np.random.Generator) -> Float32:
    """White, pink or brown noise, swelling slowly."""
    swell = 0.6 + 0.4 * np.sin(2 * np.pi * rng.uniform(0.1, 0.5) * _time())
    return _levelled(channels.coloured_noise(N, float(rng.integers(3)), rng) * swell)


def tones(rng: np.random.Generator) -> Float32:
    """A steady tone, a sweep, dialling (DTMF) or an engaged signal."""
    t, kind = _time(), int(rng.integers(4))
    if kind == 0:
        return _levelled(np.sin(2 * np.pi * rng.uniform(100, 4000) * t))
    if kind == 1:
        low, high = 100.0, rng.uniform(2000, 7500)
        return _levelled(np.sin(2 * np.pi * (low * t + (high - low) * t**2 / (2 * SECONDS))))
    if kind == 2:
        rows, columns = np.array([697, 770, 852, 941]), np.array([1209, 1336, 1477])
        key = (t / 0.25).astype(int)
        draws = rng.integers(0, 12, key.max() + 1)[key]
        pair = np.sin(2 * np.pi * rows[draws // 3] * t) + np.sin(2 * np.pi * columns[draws % 3] * t)
        return _levelled(pair * (t % 0.25 < 0.15))
    return _levelled(np.sin(2 * np.pi * 425 * t) * (t % 1.0 < 0.5))


def music(rng: np.random.Generator, n: int = N) -> Float32:
    """Chords, a melody over them and drums at 80 to 140 beats a minute; shape (n,)."""
    beat = 60 / rng.uniform(80, 140)
    root = rng.uniform(110, 220)
    out = np.zeros(n)
    for index in range(int(n / RATE / beat) + 1):
        start = round(index * beat * RATE)
        chord = _CHORDS[(index // 4) % len(_CHORDS)]
        notes = [root * 2 ** (step / 12) for step in chord] if index % 2 == 0 else []
        notes.append(2 * root * 2 ** (_SCALE[int(rng.integers(len(_SCALE)))] / 12))
        for hertz in notes:
            _add(out, start, _note(hertz, 1.5 * beat, rng))
        _add(out, start, _drum(rng, low=index % 2 == 0))
    return _levelled(out)


def _note(hertz: float, seconds: float, rng: np.random.Generator) -> Float64:
    """A plucked string: partials that fade the sooner the higher they are."""
    t = np.arange(round(seconds * RATE)) / RATE
    partials = [k for k in range(1, 9) if k * hertz < RATE / 2]
    rise = np.minimum(t / 0.01, 1)
    total = sum(
        np.sin(2 * np.pi * k * hertz * t + rng.uniform(0, 2 * np.pi)) / k * np.exp(-t * (1 + k))
        for k in partials
    )
    return np.asarray(0.3 * rise * total)


def _drum(rng: np.random.Generator, *, low: bool) -> Float64:
    t = np.arange(RATE // 5) / RATE
    if low:
        return np.asarray(np.sin(2 * np.pi * (50 * t + 4 * (1 - np.exp(-30 * t)))) * np.exp(-18 * t))
    return np.asarray(0.5 * rng.standard_normal(t.size) * np.exp(-30 * t))


def _add(out: Float64, start: int, sound: Float64) -> None:
    end = min(out.size, start + sound.size)
    if start < end:
        out[start:end] += sound[: end - start]


MADE: dict[str, Callable[[np.random.Generator], Float32]] = {
    "silence": silence,
    "near_silence": near_silence,
    "noise": noise,
    "tones": tones,
    "music": music,
}
"""Kinds that need no recording."""


def mixed_with_music(x: Float32, rng: np.random.Generator) -> Float32:
    """Speech (n,) over music, 5 dB louder than it."""
    return channels.add_noise(x, music(rng, x.size), 5.0)


def whisper(x: Float32, rng: np.random.Generator) -> Float32:
    """Speech (n,) whose voice is replaced by noise: a simulation of whisper.

    Each frame's envelope (linear prediction, autocorrelation method) shapes white noise; pitch and voicing
    are gone. Real whisper also has higher formants and less sound below 1 kHz: a slope stands for that.
    """
    padded = np.pad(x.astype(np.float64), (WINDOW, WINDOW + -x.size % HOP))
    hiss = rng.standard_normal(padded.size)
    shape = np.hanning(WINDOW + 1)[:-1]
    slope = np.minimum(np.fft.rfftfreq(WINDOW, 1 / RATE) / 1000, 1) ** 0.5
    out = np.zeros(padded.size)
    for start in range(0, padded.size - WINDOW + 1, HOP):
        envelope = _envelope(padded[start : start + WINDOW] * shape)
        spectrum = np.fft.rfft(hiss[start : start + WINDOW] * np.sqrt(shape)) * envelope * slope
        out[start : start + WINDOW] += np.fft.irfft(spectrum) * np.sqrt(shape)
    return _levelled(out[WINDOW : WINDOW + x.size])


def _envelope(frame: Float64) -> Float64:
    """Magnitude of the prediction filter at the bins of a frame, gain included; 0 for silence."""
    power = np.abs(np.fft.rfft(frame, 2 * WINDOW)) ** 2
    lags = np.fft.irfft(power)[: ORDER + 1]
    if lags[0] < 1e-9:
        return np.zeros(WINDOW // 2 + 1)
    lags[0] *= 1 + 1e-4  # a floor of noise 40 dB down keeps the equations solvable
    matrix = lags[np.abs(np.subtract.outer(np.arange(ORDER), np.arange(ORDER)))]
    weights = np.linalg.solve(matrix, lags[1:])
    gain = np.sqrt(max(float(lags[0] - weights @ lags[1:]), 0.0))
    return np.asarray(gain / np.abs(np.fft.rfft(np.concatenate([[1.0], -weights]), WINDOW)))
