"""The noise under speech: as much of it under an attack as under its twin, in each part of the spectrum.

A recording is never silent between words, and most generators are: how quiet the quietest moments are would
tell them apart before anything else did. Everything is float32 (n,) at 16 kHz.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from earwitness.generators.attacks.signal import speech_rms
from earwitness.samples import Float32

__all__ = ["as_noisy", "floor_power"]

_SIZE = 512
_HOP = _SIZE // 2
_BINS = 8  # in a band of 250 Hz
_BANDS = _SIZE // 2 // _BINS
_QUIET = 0.1  # share of moments: a band has as many without speech even where nobody pauses
_TYPICAL = 0.58  # of the mean of 8 bins of steady noise, what their quietest tenth does not exceed
_WINDOW = float(np.sum(np.square(np.hanning(_SIZE))))
_LOUDEST_DB = -20.0  # below speech, of white noise with as much in a band: louder is no noise under speech

Bands = npt.NDArray[np.float64]


def floor_power(x: Float32) -> Bands:
    """Mean power of an FFT bin of steady noise in each band of 250 Hz, shape (32,), from the quietest tenth
    of moments of each band (minimum statistics, as Martin 2001). Zeros for what is shorter than 64 ms."""
    if x.size < 2 * _SIZE:
        return np.zeros(_BANDS)
    frames = np.lib.stride_tricks.sliding_window_view(x, _SIZE)[::_HOP] * np.hanning(_SIZE)
    power = np.square(np.abs(np.fft.rfft(frames, axis=1)))[:, : _BANDS * _BINS]
    bands = power.reshape(len(power), _BANDS, _BINS).mean(axis=2)
    return np.asarray(np.quantile(bands, _QUIET, axis=0) / _TYPICAL)


def as_noisy(one: Float32, other: Float32, rng: np.random.Generator) -> tuple[Float32, Float32]:
    """Both with the floor of the noisier one in each band; of one length, at one level of speech.

    Nothing is added where both are alike, and never more than 20 dB below speech.
    """
    floors = [floor_power(sound) for sound in (one, other)]
    # Of white noise of RMS r a windowed bin has r^2 * sum(w^2).
    most = speech_rms(one) ** 2 * 10 ** (_LOUDEST_DB / 10) * _WINDOW
    wanted = np.minimum(np.maximum(*floors), most)
    white = rng.standard_normal(one.size)
    return (
        one + _shaped(white, np.maximum(wanted - floors[0], 0.0)),
        other + _shaped(white, np.maximum(wanted - floors[1], 0.0)),
    )


def _shaped(white: npt.NDArray[np.float64], power: Bands) -> Float32:
    """White noise of RMS 1, filtered so that windowed bins have that power in each band."""
    if not power.any():
        return np.zeros(white.size, np.float32)
    gain = np.sqrt(power / _WINDOW)
    place = np.linspace(0, _BANDS, white.size // 2 + 1)
    smooth = np.interp(place, np.arange(_BANDS) + 0.5, gain)
    return np.asarray(np.fft.irfft(np.fft.rfft(white) * smooth, white.size), np.float32)
