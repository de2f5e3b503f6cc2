"""Landmarks of a recording: the points that stand out of its spectrogram.

After Wang, "An industrial-strength audio search algorithm" (ISMIR 2003), with two changes for speech. The
frequency axis is logarithmic, so that a copy played faster or shifted in pitch has the same landmarks moved
by a constant, and whoever compares can move them back without touching the sound. And each frequency counts
relative to its own average, so that a telephone line or an equaliser does not choose them.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import soxr

from earwitness.samples import Float32

__all__ = ["BINS", "BINS_PER_OCTAVE", "FRAME_S", "LandmarkFinder", "Landmarks"]

Landmarks = npt.NDArray[np.int32]
"""Shape (n, 2), in order of time: frame (steps of 16 ms) and bin (1/36 octave above 300 Hz)."""

RATE = 8_000  # Hz: a telephone keeps what lies below 3.4 kHz
WINDOW, FFT, HOP = 512, 1024, 128  # samples
FRAME_S = HOP / RATE
LOWEST_HZ, OCTAVES, BINS_PER_OCTAVE = 300.0, 3.5, 36
BINS = int(OCTAVES * BINS_PER_OCTAVE)  # 126, up to 3.4 kHz
REACH = 4  # frames and bins on either side that a landmark is louder than
SLOT_FRAMES, A_SLOT = 31, 12  # at most so many in half a second: 24 a second
RANGE_DB = 55.0  # under the loudest point of a block: more is noise
BLOCK = 640  # frames, 10.24 s: averages are taken over that
SILENCE = 1e-5  # full scale: a block that nowhere exceeds it has no landmarks


class LandmarkFinder:
    """Finds the landmarks of one recording as it comes in. rate: Hz."""

    def __init__(self, rate: int) -> None:
        self._resampler = None if rate == RATE else soxr.ResampleStream(rate, RATE, 1, dtype="float32")
        self._rest = np.zeros(WINDOW // 2, np.float32)
        self._first = 0  # frame that the rest begins with
        self._found: list[Landmarks] = []

    def push(self, samples: Float32) -> None:
        """Take the next samples, shape (n,)."""
        self._take(samples, last=False)
        # One and a half blocks stay inside, so that the last block is never a short one.
        while len(self._rest) >= WINDOW + HOP * (BLOCK + BLOCK // 2 + REACH):
            self._block(BLOCK, end=False)

    def finish(self) -> Landmarks:
        """All landmarks."""
        self._take(np.zeros(0, np.float32), last=True)
        self._rest = np.concatenate([self._rest, np.zeros(WINDOW // 2, np.float32)])
        frames = (len(self._rest) - WINDOW) // HOP + 1
        while frames > BLOCK + BLOCK // 2:
            self._block(BLOCK, end=False)
            frames -= BLOCK
        if frames > 0:
            self._block(frames, end=True)
        return np.concatenate([np.zeros((0, 2), np.int32), *self._found])

    def _take(self, samples: Float32, *, last: bool) -> None:
        if self._resampler is not None:
            samples = self._resampler.resample_chunk(np.asarray(samples, np.float32), last=last)
        self._rest = np.concatenate([self._rest, samples]).astype(np.float32, copy=False)

    def _block(self, frames: int, *, end: bool) -> None:
        """Landmarks of the next ``frames``; the few frames after them are looked at too unless at the end."""
        seen = frames if end else frames + REACH
        found = _peaks(_levels(self._rest[: WINDOW + HOP * (seen - 1)]))
        found = found[found[:, 0] < frames]
        self._found.append((found + np.array([self._first, 0])).astype(np.int32))
        self._rest = self._rest[HOP * frames :]
        self._first += frames


def _levels(samples: Float32) -> Float32:
    """dB over the average of each bin, shape (frames, BINS); -inf everywhere for silence."""
    frames = np.lib.stride_tricks.sliding_window_view(samples, WINDOW)[::HOP]
    spectrum = np.abs(np.fft.rfft(frames * np.hanning(WINDOW).astype(np.float32), FFT))
    place = LOWEST_HZ * 2 ** (np.arange(BINS) / BINS_PER_OCTAVE) * FFT / RATE
    below = place.astype(int)
    share = (place - below).astype(np.float32)
    amplitude = spectrum[:, below] * (1 - share) + spectrum[:, below + 1] * share
    loudest = float(amplitude.max(initial=0.0))
    if loudest < SILENCE * WINDOW / 4:  # a sine of amplitude a gives a * WINDOW / 4
        return np.full(amplitude.shape, -np.inf, np.float32)
    level = 20 * np.log10(np.maximum(amplitude, loudest * 10 ** (-RANGE_DB / 20)))
    return np.asarray(level - level.mean(0), np.float32)


def _peaks(level: Float32) -> Landmarks:
    """The strongest local maxima of each half second."""
    around = level
    for axis in (0, 1):
        margin = [(REACH, REACH) if axis == one else (0, 0) for one in (0, 1)]
        padded = np.pad(around, margin, constant_values=-np.inf)
        around = np.lib.stride_tricks.sliding_window_view(padded, 2 * REACH + 1, axis=axis).max(-1)
    frame, place = np.nonzero((level >= around) & (level > level.min(0) + 3.0))
    inside = (place > 0) & (place < BINS - 1)
    frame, place = frame[inside], place[inside]
    slot = frame // SLOT_FRAMES
    order = np.lexsort((-level[frame, place], slot))
    starts = np.searchsorted(slot[order], slot[order], "left")
    kept = np.sort(order[np.arange(len(order)) - starts < A_SLOT])
    return np.stack([frame[kept], place[kept]], axis=1).astype(np.int32)
