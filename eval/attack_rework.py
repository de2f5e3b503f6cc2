"""Treatments that make a recording anew, or a part of it: denoisers, level control, vocoders.

float32 (n,) at 16 kHz in and out. Vocoders are those of ``earwitness.detector.training.vocoders``, which need
the train extra and, most of them, weights in a folder of engines.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Float32 = npt.NDArray[np.float32]

__all__ = ["blur", "engine", "fade_start", "gate_noise", "level_control", "wiener"]

WINDOW, HOP = 512, 128
_SHAPE = np.hanning(WINDOW + 1)[:-1].astype(np.float32)
_PAUSES = 10.0  # per cent of frames that are taken for pauses


def _spectrum(x: Float32) -> npt.NDArray[np.complex64]:
    padded = np.pad(x, (WINDOW, WINDOW + -x.size % HOP))
    frames = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::HOP]
    return np.fft.rfft(frames * _SHAPE, axis=1).astype(np.complex64)


def _sound(spectrum: npt.NDArray[np.complex64], n: int) -> Float32:
    frames = np.fft.irfft(spectrum, WINDOW, axis=1) * _SHAPE
    out = np.zeros(HOP * (len(frames) - 1) + WINDOW)
    for phase in range(WINDOW // HOP):  # frames of one phase touch and do not overlap
        part = frames[phase :: WINDOW // HOP].ravel()
        out[phase * HOP : phase * HOP + part.size] += part
    return (out / 1.5)[WINDOW : WINDOW + n].astype(np.float32)  # 1.5: squared windows at a hop of a quarter


def wiener(x: Float32) -> Float32:
    """Wiener filter with the decision-directed estimate of Ephraim and Malah (1984); noise from pauses."""
    spectrum = _spectrum(x)
    power = np.square(np.abs(spectrum))
    noise = np.percentile(power, _PAUSES, axis=0) + 1e-12
    before = np.zeros(power.shape[1])
    gains = np.empty_like(power)
    for index, now in enumerate(power):
        ratio = 0.98 * before / noise + 0.02 * np.maximum(now / noise - 1, 0)
        gain = np.maximum(ratio / (1 + ratio), 0.05)
        before = gain**2 * now
        gains[index] = gain
    return _sound((spectrum * gains).astype(np.complex64), x.size)


def gate_noise(x: Float32, over_db: float = 6.0, floor_db: float = -24.0) -> Float32:
    """Spectral gating: bins less than ``over_db`` over the noise of the pauses fall by ``-floor_db``.

    The mask is smoothed over 40 ms and 100 Hz, as widely used denoisers do.
    """
    spectrum = _spectrum(x)
    level = 20 * np.log10(np.abs(spectrum) + 1e-9)
    limit = np.percentile(level, _PAUSES, axis=0) + over_db
    mask = (level > limit).astype(np.float32)
    for axis, width in ((0, 5), (1, 3)):
        mask = _averaged(mask, width, axis)
    floor = 10 ** (floor_db / 20)
    return _sound((spectrum * (floor + (1 - floor) * mask)).astype(np.complex64), x.size)


def blur(x: Float32, frames: int = 5, bins: int = 3) -> Float32:
    """Magnitudes averaged over neighbours in time and frequency, phases kept."""
    spectrum = _spectrum(x)
    magnitude = np.abs(spectrum)
    soft = _averaged(_averaged(magnitude, frames, 0), bins, 1)
    return _sound((spectrum * soft / (magnitude + 1e-9)).astype(np.complex64), x.size)


def _averaged(values: Float32, width: int, axis: int) -> Float32:
    edge = [(0, 0), (0, 0)]
    edge[axis] = (width // 2, width // 2)
    wide = np.pad(values, edge, "edge")
    return np.asarray(np.lib.stride_tricks.sliding_window_view(wide, width, axis).mean(-1), np.float32)


def level_control(x: Float32, target: float = 0.1, block: int = 1600) -> Float32:
    """Automatic gain control: blocks of 100 ms are brought towards ``target`` (RMS), 18 dB at most."""
    padded = np.pad(x, (0, -x.size % block)).reshape(-1, block)
    wanted = np.clip(target / (np.sqrt(np.mean(np.square(padded), axis=1)) + 1e-4), 1 / 8, 8)
    smooth = np.convolve(np.pad(wanted, 2, "edge"), np.ones(5) / 5, "valid")
    gain = np.interp(np.arange(x.size), np.arange(smooth.size) * block + block / 2, smooth)
    return np.clip(x * gain, -1, 1).astype(np.float32)


def fade_start(x: Float32, share: float) -> Float32:
    """The first ``share`` of the recording silent."""
    out = x.copy()
    out[: round(share * x.size)] = 0
    return out


@lru_cache(maxsize=2)
def _engines(folder: Path) -> Any:
    from earwitness.detector.training.vocoders import Engines

    return Engines(folder)


def engine(x: Float32, rng: np.random.Generator, method: str, folder: Path) -> Float32:
    """Through one of the vocoders or neural codecs of ``vocoders.Engines``.

    Raises MissingDependencyError when its weights are not in ``folder``.
    """
    remade = _engines(folder).methods()[method](x, rng)
    return np.asarray(np.clip(remade, -1, 1), np.float32)
