"""Partly synthetic speech made of a pair: stretches, or bands, of a recording replaced by its copy.

A copy says the same at the same time, so that what is exchanged goes on as it began, with exact labels.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from earwitness.detector.stream import STEP
from earwitness.detector.training.channels import SAMPLE_RATE, Float32

__all__ = ["mix_bands", "splice", "step_labels"]

QUIET_DB = 35.0  # a step so far under the loudest one is a pause: nobody can tell whose
FADE_S = (0.005, 0.03)
STRETCH_S = (0.3, 1.5)


def splice(human: Float32, copy: Float32, rng: np.random.Generator) -> tuple[Float32, npt.NDArray[np.bool_]]:
    """The recording with one or two stretches of its copy, cross-faded and as loud as what they replace.

    human, copy: (n,) at 16 kHz, n of 1 s at least. Returns the sound and where it is synthetic, both (n,).
    """
    n = len(human)
    share = np.zeros(n, np.float32)
    for _ in range(int(rng.integers(1, 3))):
        longest = min(STRETCH_S[1], 0.6 * n / SAMPLE_RATE)
        length = int(np.exp(rng.uniform(np.log(STRETCH_S[0]), np.log(longest))) * SAMPLE_RATE)
        start = int(rng.integers(n - length + 1))
        fade = int(rng.uniform(*FADE_S) * SAMPLE_RATE)
        ramp = 0.5 - 0.5 * np.cos(np.pi * (np.arange(fade, dtype=np.float32) + 0.5) / fade)
        shape = np.ones(length, np.float32)
        shape[:fade], shape[length - fade :] = ramp, ramp[::-1]
        share[start : start + length] = np.maximum(share[start : start + length], shape)
    inside = share > 0.5
    loud = float(np.sqrt(np.mean(human[inside] ** 2)) / (np.sqrt(np.mean(copy[inside] ** 2)) + 1e-6))
    mixed = human * (1 - share) + copy * (share * np.float32(np.clip(loud, 0.25, 4.0)))
    return np.asarray(mixed, np.float32), inside


def mix_bands(human: Float32, copy: Float32, rng: np.random.Generator) -> Float32:
    """The copy below (or above) a random frequency of 1 to 5.5 kHz, and the recording beyond it.

    A network that has seen these cannot rely on one band, as mixed training images keep face detectors from
    relying on one artefact (Shiohara & Yamasaki 2022, Self-blended images).
    """
    n = len(human)
    hertz = np.fft.rfftfreq(n, 1 / SAMPLE_RATE)
    edge = float(np.exp(rng.uniform(np.log(1_000), np.log(5_500))))
    share = np.clip((hertz - edge) / 300 + 0.5, 0, 1)
    if rng.random() < 0.5:
        share = 1 - share
    mixed = np.fft.rfft(copy) * share + np.fft.rfft(human) * (1 - share)
    return np.fft.irfft(mixed, n).astype(np.float32)


def step_labels(sound: Float32, synthetic: npt.NDArray[np.bool_], steps: int) -> Float32:
    """1 or 0 for each of the first ``steps`` steps of 80 ms, NaN where there is a pause or both.

    sound, synthetic: (n,).
    """
    labels = np.full(steps, np.nan, np.float32)
    whole = min(steps, len(sound) // STEP)
    power = np.mean(sound[: whole * STEP].reshape(whole, STEP) ** 2, axis=1)
    share = synthetic[: whole * STEP].reshape(whole, STEP).mean(axis=1)
    heard = power > power.max(initial=0.0) * 10 ** (-QUIET_DB / 10)
    clear = heard & ((share <= 0.2) | (share >= 0.8))
    labels[:whole][clear] = share[clear] >= 0.8
    return labels
