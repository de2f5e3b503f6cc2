"""The pitch of speech read from its mel spectrogram: what a vocoder needs to know before it makes a sound.

A small network gives, for each frame, how likely each of 96 pitches is, and how likely the frame is voiced;
network and training: ``generators/training/pitch_network.py``.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["BINS", "BIN_HZ", "decode"]

Float32 = npt.NDArray[np.float32]

BINS = 96
OCTAVES = 3.5
LOWEST_HZ = 50.0
BIN_HZ: Float32 = np.asarray(LOWEST_HZ * 2 ** (np.arange(BINS) * OCTAVES / (BINS - 1)), np.float32)
_NEAR = 3  # bins on both sides of the likeliest that are averaged


def decode(logits: Float32) -> Float32:
    """Fundamental frequency in Hz (..., frames), 0 where unvoiced, of logits (..., BINS + 1, frames).

    The mean of the bins around the likeliest, weighted by their probability (Kim et al. 2018, eq. 2).
    """
    pitches, voiced = logits[..., :BINS, :], logits[..., BINS, :] > 0
    best = pitches.argmax(-2)
    near = np.abs(np.arange(BINS)[:, None] - best[..., None, :]) <= _NEAR
    weights = np.exp(pitches - pitches.max(-2, keepdims=True)) * near
    place = (weights * np.arange(BINS)[:, None]).sum(-2) / weights.sum(-2)
    hz = LOWEST_HZ * 2 ** (place * OCTAVES / (BINS - 1))
    return np.asarray(np.where(voiced, hz, 0.0), np.float32)
