"""The pitch of speech read from its mel spectrogram: what a vocoder needs to know before it makes a sound.

A small network gives, for each frame, how likely each of 96 pitches is, and how likely the frame is voiced;
network and training: ``generators/training/pitch_network.py``.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["BINS", "BIN_HZ", "CODE_BITS", "CODE_FRAMES", "decode", "from_codes", "to_codes"]

Float32 = npt.NDArray[np.float32]
Codes = npt.NDArray[np.int64]

BINS = 96
OCTAVES = 3.5
LOWEST_HZ = 50.0
BIN_HZ: Float32 = np.asarray(LOWEST_HZ * 2 ** (np.arange(BINS) * OCTAVES / (BINS - 1)), np.float32)
CODE_BITS, CODE_FRAMES = 7, 2  # a code for every second frame: 280 bit/s
_LEVELS = 2**CODE_BITS - 2  # steps from the lowest to the highest pitch, a thirtieth of an octave each
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


def to_codes(pitch: Float32) -> Codes:
    """Codes of CODE_BITS bits (ceil(frames / CODE_FRAMES),) of a pitch (frames,) in Hz; 0 where unvoiced."""
    hz = pitch[::CODE_FRAMES]
    place = np.log2(np.maximum(hz, LOWEST_HZ) / LOWEST_HZ) / OCTAVES
    return np.where(hz > 0, 1 + np.round(np.clip(place, 0, 1) * _LEVELS), 0).astype(np.int64)


def from_codes(codes: Codes, frames: int) -> Float32:
    """The pitch (frames,) in Hz that :func:`to_codes` was given, on straight lines between codes."""
    voiced = codes > 0
    if not voiced.any():
        return np.zeros(frames, np.float32)
    frame = np.arange(frames)
    nearest = np.minimum(frame // CODE_FRAMES, codes.size - 1)
    octaves = (codes[voiced] - 1) / _LEVELS * OCTAVES
    hz = LOWEST_HZ * 2 ** np.interp(frame, np.flatnonzero(voiced) * CODE_FRAMES, octaves)
    return np.where(voiced[nearest], hz, 0.0).astype(np.float32)
