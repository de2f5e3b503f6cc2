"""The source of a source-filter vocoder: pulses at the pitch, and noise; and how a filter is put on them.

Pitch and noise are given, so that a network has only smooth things to learn: how loud each frequency of
each is. Harmonic plus noise model (Stylianou 2001); with a network as the filter and an inverse short-time
Fourier transform: HiFTNet (Li et al. 2023, arXiv 2309.09493).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from earwitness.generators.mel import MelConfig, stft

__all__ = ["Filters", "excite", "filtered", "pulse_train"]

Float32 = npt.NDArray[np.float32]
Complex64 = npt.NDArray[np.complex64]
_HIGHEST = 0.98  # of half the rate: harmonics up to there


@dataclass(frozen=True, slots=True)
class Filters:
    """What a vocoder network says of each frame, (..., bins, frames) each.

    harmonic, noise, free: natural logarithms of magnitudes. turn: phase that harmonics are turned by, as a
    tangent that is limited to ±pi. angle: phase in radians of the part that follows no source (what is
    neither periodic nor noise: clicks, creaks, a pitch that was misread).
    """

    harmonic: Float32
    turn: Float32
    noise: Float32
    free: Float32
    angle: Float32


def pulse_train(pitch: Float32, config: MelConfig, phase: float = 0.0) -> Float32:
    """All harmonics of ``pitch`` below half the rate as cosines of amplitude 1: ((frames - 1) * hop,).

    pitch: Hz a frame (frames,), 0 where unvoiced: there it is silent. phase: where in its period it begins,
    0 to 1. The sum of cosines in closed form (Dirichlet's kernel).
    """
    count = (pitch.size - 1) * config.hop
    voiced = pitch > 0
    if not voiced.any() or count == 0:
        return np.zeros(count, np.float32)
    at = np.arange(count) / config.hop
    known = np.flatnonzero(voiced)
    hz = np.interp(at, known, pitch[known].astype(np.float64))
    turns = (np.cumsum(hz) / config.rate + phase) % 1.0
    harmonics = np.floor(_HIGHEST * config.rate / 2 / hz)
    half = np.sin(np.pi * turns)
    peak = np.abs(half) < 1e-4
    kernel = np.sin(np.pi * (2 * harmonics + 1) * turns) / np.where(peak, 1.0, 2 * half) - 0.5
    pulses = np.where(peak, harmonics, kernel)
    return np.asarray(pulses * voiced[np.round(at).astype(int)], np.float32)


def excite(pitch: Float32, config: MelConfig, rng: np.random.Generator) -> tuple[Complex64, Complex64]:
    """Short-time spectra (bins, frames) of pulses, a harmonic having magnitude 1, and of noise of power 1."""
    pulses = pulse_train(pitch, config, float(rng.random()))
    spectrum = stft(pulses, config) / np.float32(config.window / 4)
    parts = rng.standard_normal((2, *spectrum.shape), dtype=np.float32) * np.float32(np.sqrt(0.5))
    return np.asarray(spectrum, np.complex64), np.asarray(parts[0] + 1j * parts[1], np.complex64)


def filtered(filters: Filters, pulses: Complex64, noise: Complex64) -> Complex64:
    """The spectrum (bins, frames) of the sound: pulses and noise through their filters, and the free part."""
    turned = np.exp(1j * np.pi * np.tanh(filters.turn))
    sound = np.exp(filters.harmonic) * turned * pulses + np.exp(filters.noise) * noise
    return np.asarray(sound + np.exp(filters.free) * np.exp(1j * filters.angle), np.complex64)
