"""From sound to tiles: short-time spectrum, log energies of bands, what stands out of its neighbourhood."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

from earwitness.watermark.layout import BAND_EDGES, BANDS, FRAMES_A_COLUMN, HOP, WINDOW

Float32 = npt.NDArray[np.float32]
Complex64 = npt.NDArray[np.complex64]

__all__ = [
    "BINS",
    "band_matrix",
    "limit",
    "log_energy",
    "outstanding",
    "spectrum",
    "synthesise",
    "window",
]

BINS = WINDOW // 2 + 1
ENERGY_FLOOR = 1e-9
"""Added to the mean |X|² of a band: a hiss of about -115 dB of full scale, below any 16-bit recording's."""
LIMIT_DB = 5.0
# Log energies of neighbouring tiles go together: along time because sounds last, along frequency because
# formants are wide. What neighbours tell is taken away, which leaves the host half as loud and the mark
# as it was. Inverse covariance of 13 recordings, clean, GSM and re-recorded, rounded, made to sum to 0.
_NEXT_COLUMN = -0.22
_NEXT_BAND = -0.22
_SECOND_BAND = -0.14
_DIAGONAL = 0.04


@cache
def window() -> Float32:
    """Square root of a Hann window, shape (512,): its square adds up to one at half overlap."""
    n = np.arange(WINDOW)
    return np.sqrt(0.5 - 0.5 * np.cos(2 * np.pi * n / WINDOW)).astype(np.float32)


def spectrum(samples: Float32) -> Complex64:
    """Frames of (n,) samples at 16 kHz, n a multiple of 256 and at least 512: shape (n / 256 - 1, 257)."""
    frames = np.lib.stride_tricks.sliding_window_view(samples, WINDOW)[::HOP]
    return np.fft.rfft(frames * window(), axis=1).astype(np.complex64, copy=False)


def synthesise(frames: Complex64) -> Float32:
    """Overlap-add of (k, 257) frames, ((k + 1) * 256,): the first and last 256 samples lack a neighbour."""
    pieces = np.fft.irfft(frames, WINDOW, axis=1).astype(np.float32, copy=False) * window()
    out = np.zeros((len(frames) + 1, HOP), np.float32)
    out[:-1] += pieces[:, :HOP]
    out[1:] += pieces[:, HOP:]
    return out.ravel()


@cache
def band_matrix(pitch: float = 1.0) -> Float32:
    """Mean over the bins of each band, shape (257, 60), for sound whose frequencies went up by ``pitch``."""
    edges = np.array(BAND_EDGES) * pitch
    bins = np.arange(BINS)
    matrix = (bins[:, None] >= edges[None, :-1] - 0.5) & (bins[:, None] < edges[None, 1:] - 0.5)
    weights = matrix / np.maximum(matrix.sum(0), 1)
    return np.asarray(weights, np.float32)


def log_energy(power: Float32, pitch: float = 1.0) -> Float32:
    """Bands of (frames, 257) power in dB, shape (frames, 60)."""
    energy: Float32 = power @ band_matrix(pitch)
    energy += np.float32(ENERGY_FLOOR)
    np.log10(energy, out=energy)
    energy *= np.float32(10)
    return energy


def outstanding(level: Float32) -> Float32:
    """How far each tile (n, 60) stands out of its neighbours, in dB. The edges of the plane are repeated."""
    around = np.empty_like(level)
    around[1:-1] = level[:-2] + level[2:] if len(level) > 1 else 0
    around[0] = level[0] + level[min(1, len(level) - 1)]
    around[-1] = level[-1] + level[max(len(level) - 2, 0)]
    out: Float32 = level + np.float32(_NEXT_COLUMN) * around
    _add_both_sides(out, level, 1, np.float32(_NEXT_BAND))
    _add_both_sides(out, level, 2, np.float32(_SECOND_BAND))
    _add_both_sides(out, around, 1, np.float32(_DIAGONAL))
    return out


def limit(stand: Float32) -> Float32:
    """What stands out by much more than a mark can says little more: -1..1, by tanh(dB / 5)."""
    return np.asarray(np.tanh(stand / np.float32(LIMIT_DB)), np.float32)


def _add_both_sides(out: Float32, values: Float32, distance: int, weight: np.float32) -> None:
    scaled = values * weight
    out[:, distance:] += scaled[:, :-distance]
    out[:, :distance] += scaled[:, :1]
    out[:, :-distance] += scaled[:, distance:]
    out[:, -distance:] += scaled[:, -1:]


def column_mean(level: Float32) -> Float32:
    """Mean over the frames of a column starting at every frame, shape (frames - 3, 60)."""
    n = len(level) - FRAMES_A_COLUMN + 1
    if n <= 0:
        return np.zeros((0, BANDS), np.float32)
    total = level[:n].copy()
    for k in range(1, FRAMES_A_COLUMN):
        total += level[k : k + n]
    total *= np.float32(1 / FRAMES_A_COLUMN)
    return total
