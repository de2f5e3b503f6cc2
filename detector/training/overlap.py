"""Short-time spectra of a sound and the sound back from them, for what changes spectra on the way.

Windows overlap by three quarters; a square root of Hann's on both ways, whose squares sum to two.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from earwitness.detector.training.channels import Float32, fit_length

__all__ = ["sound", "spectra"]

TIMES = 4  # windows over every sample


def _window(size: int) -> Float32:
    return np.sqrt(np.hanning(size + 1)[:-1]).astype(np.float32)


def spectra(x: Float32, size: int) -> npt.NDArray[np.complex64]:
    """Of x (n,): (frames, size / 2 + 1). size: samples a window, a multiple of 4."""
    hop = size // TIMES
    padded = np.pad(x, (size, size + (-len(x)) % hop))
    cut = np.lib.stride_tricks.sliding_window_view(padded, size)[::hop]
    return np.asarray(np.fft.rfft(cut * _window(size), axis=1), np.complex64)


def sound(made: npt.NDArray[np.complexfloating], size: int, n: int) -> Float32:
    """Overlap and add: the n samples whose ``spectra`` these are, or as near as changed ones allow."""
    hop = size // TIMES
    cut = np.fft.irfft(made, size, axis=1).astype(np.float32) * _window(size)
    parts = cut.reshape(len(cut), TIMES, hop)
    total = np.zeros((len(cut) + TIMES - 1, hop), np.float32)
    for k in range(TIMES):
        total[k : k + len(cut)] += parts[:, k]
    return fit_length(np.asarray(total.reshape(-1)[size:] / (TIMES / 2), np.float32), n)
