"""A recording through something too narrow for it, as every latent of a codec or an acoustic model is.

What a network keeps of speech in a few numbers a frame is what frames have in common. The same happens when
the frames of a recording are projected on the few directions that explain most of them (principal
components): tones stay, what is noise-like or said once goes, with no network trained for it.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from earwitness.detector.training.channels import Float32
from earwitness.detector.training.overlap import sound, spectra

__all__ = ["narrowed_magnitudes", "narrowed_waves"]

KEPT_OF_WAVES = (0.90, 0.995)  # share of the energy of the frames
KEPT_OF_MAGNITUDES = (0.80, 0.97)  # share of the variance of the logarithms
FRAME = (128, 256, 512)
FLOOR = 1e-5


def narrowed_waves(x: Float32, rng: np.random.Generator) -> Float32:
    """x (n,) with every windowed frame of waveform projected on the principal components of all of them.

    As an autoencoder of waveforms would (SoundStream's kind), with a linear one that fits this recording.
    """
    size = int(rng.choice(FRAME))
    spectrum = spectra(x, size)
    frames = np.fft.irfft(spectrum, size, axis=1).astype(np.float32)
    # Loud frames would have all components to themselves.
    level = np.sqrt(np.mean(frames**2, axis=1, keepdims=True)) + 1e-6
    even = frames / level**0.7
    basis = _components(even, float(rng.uniform(*KEPT_OF_WAVES)))
    made = (even @ basis.T @ basis) * level**0.7
    return sound(np.fft.rfft(made, axis=1), size, len(x))


def narrowed_magnitudes(
    spectrum: npt.NDArray[np.complex64], rng: np.random.Generator
) -> npt.NDArray[np.complex64]:
    """Spectra (frames, bins) whose log magnitudes are projected on their principal components.

    As an acoustic model with a narrow latent would smooth them; phases stay.
    """
    logs = np.log(np.abs(spectrum) + FLOOR)
    middle = logs.mean(axis=0, keepdims=True)
    basis = _components(logs - middle, float(rng.uniform(*KEPT_OF_MAGNITUDES)))
    change = (logs - middle) @ basis.T @ basis + middle - logs
    return np.asarray(spectrum * np.exp(np.clip(change, -3, 3)), np.complex64)


def _components(rows: Float32, share: float) -> Float32:
    """The fewest principal directions (k, width) of rows (n, width) that hold this share of their energy."""
    power, directions = np.linalg.eigh(rows.T @ rows)  # the weakest first
    power = np.maximum(power[::-1], 0)
    count = int(np.searchsorted(np.cumsum(power), share * power.sum())) + 1
    return np.asarray(directions[:, ::-1][:, :count].T, np.float32)
