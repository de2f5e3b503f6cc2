"""The mel spectrogram that generators hand to each other: out of a decoder, into a vocoder.

16 kHz, 80 bands up to 8 kHz on the HTK mel scale, a frame every 12.5 ms, natural logarithm of magnitudes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

__all__ = ["MelConfig", "log_mel", "mel_matrix", "stft", "waveform"]

Float32 = npt.NDArray[np.float32]
Complex64 = npt.NDArray[np.complex64]
FLOOR = 1e-5


@dataclass(frozen=True, slots=True)
class MelConfig:
    """rate in Hz; window and hop in samples; bands: mel bands from lowest_hz to half the rate."""

    rate: int = 16_000
    window: int = 800
    hop: int = 200
    bands: int = 80
    lowest_hz: float = 20.0

    @property
    def bins(self) -> int:
        """Frequencies of the short-time spectrum."""
        return self.window // 2 + 1


def log_mel(samples: Float32, config: MelConfig | None = None) -> Float32:
    """Log mel spectrogram (bands, frames) of (n,) samples, full scale ±1; n // hop + 1 frames."""
    config = config or MelConfig()
    magnitude = np.abs(stft(samples, config))
    return np.asarray(np.log(np.maximum(mel_matrix(config) @ magnitude, FLOOR)), np.float32)


def stft(samples: Float32, config: MelConfig) -> Complex64:
    """Short-time spectrum (bins, frames); frame k is centred on sample k * hop, edges are mirrored."""
    half = config.window // 2
    sound = samples.astype(np.float32)
    # Too short to be mirrored: silence around it.
    padded = np.pad(sound, half, mode="reflect") if sound.size > half else np.pad(sound, half)
    frames = np.lib.stride_tricks.sliding_window_view(padded, config.window)[:: config.hop]
    return np.asarray(np.fft.rfft(frames * _window(config.window), axis=1).T, np.complex64)


def waveform(spectrum: Complex64, length: int, config: MelConfig) -> Float32:
    """Samples (length,) whose short-time spectrum is closest to (bins, frames).

    Weighted overlap-add, least squares in the short-time spectrum (Griffin and Lim 1984, eq. 6).
    """
    window = _window(config.window)
    frames = np.fft.irfft(spectrum.T, config.window, axis=1) * window
    total = (len(frames) - 1) * config.hop + config.window
    sound, weight = np.zeros(total), np.zeros(total)
    for k, frame in enumerate(frames):
        start = k * config.hop
        sound[start : start + config.window] += frame
        weight[start : start + config.window] += window**2
    half = config.window // 2
    made = (sound / np.maximum(weight, 1e-8))[half : half + length]
    return np.pad(made, (0, length - made.size)).astype(np.float32)


@cache
def mel_matrix(config: MelConfig) -> Float32:
    """Triangles of equal height (bands, bins), evenly spaced on the HTK mel scale."""
    edges = _hz(np.linspace(_mel(config.lowest_hz), _mel(config.rate / 2), config.bands + 2))
    bins = np.linspace(0, config.rate / 2, config.bins)
    rising = (bins - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    falling = (edges[2:, None] - bins) / (edges[2:] - edges[1:-1])[:, None]
    triangles = np.maximum(0, np.minimum(rising, falling))
    # Low bands are narrower than a bin: each gets at least its nearest one.
    empty = triangles.sum(1) < 1e-3
    nearest = np.abs(bins[None, :] - edges[1:-1, None]).argmin(1)
    triangles[empty, nearest[empty]] = 1.0
    return np.asarray(triangles / np.maximum(1.0, triangles.sum(1, keepdims=True)), np.float32)


@cache
def _window(size: int) -> Float32:
    return np.asarray(np.hanning(size + 1)[:-1], np.float32)


def _mel(hz: float) -> float:
    return float(2595 * np.log10(1 + hz / 700))


def _hz(mel: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return 700 * (10 ** (mel / 2595) - 1)
