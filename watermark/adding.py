"""What a mark changes, added to the recording at its own rate; digital silence stays so, full scale holds."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from earwitness.marks import Float32
from earwitness.watermark.headroom import Headroom

__all__ = ["Adder"]

# Runs of zeros at least this long get nothing added.
_SILENT_SAMPLES = 32


class Adder:
    """Keeps the recording until what is to be added to it is known."""

    def __init__(self, rate: int, channels: int) -> None:
        self._native = np.zeros((channels, 0), np.float32)
        self._added = np.zeros((channels, 0), np.float32)
        self._emitted_before = np.zeros((channels, 0), np.float32)
        self._headroom = Headroom(rate, channels)

    def hold(self, samples: Float32) -> None:
        """Take the next samples of the recording, (channels, n)."""
        self._native = np.concatenate([self._native, samples], axis=1)

    def add(self, residual: Float32) -> None:
        """Take what is to be added to the next samples, (channels, m)."""
        self._added = np.concatenate([self._added, residual], axis=1)

    def ready(self, *, last: bool) -> Float32:
        """The sums that are final; with ``last`` all the rest of the recording."""
        count = self._native.shape[1] if last else min(self._native.shape[1], self._added.shape[1])
        if not last:
            count = max(0, count - _SILENT_SAMPLES)
        added = self._added[:, :count]
        if added.shape[1] < count:
            added = np.pad(added, ((0, 0), (0, count - added.shape[1])))
        silent = self._silent(count)
        out = self._headroom.push(self._native[:, :count], np.where(silent, np.float32(0), added))
        kept = np.concatenate([self._emitted_before, self._native[:, :count]], axis=1)
        self._emitted_before = kept[:, -_SILENT_SAMPLES:]
        self._native = self._native[:, count:]
        self._added = self._added[:, count:]
        return np.concatenate([out, self._headroom.finish()], axis=1) if last else out

    def _silent(self, count: int) -> npt.NDArray[np.bool_]:
        """Which of the next ``count`` samples lie in a run of at least 32 zeros in all channels."""
        before = self._emitted_before.shape[1]
        known = np.concatenate([self._emitted_before, self._native[:, : count + _SILENT_SAMPLES]], axis=1)
        zero = ~np.any(known, axis=0)
        sums = np.concatenate([[0], np.cumsum(zero)])
        size = _SILENT_SAMPLES
        if len(zero) < size:
            return np.zeros(count, bool)
        full = sums[size:] - sums[:-size] == size
        covered = np.zeros(len(zero) + 1, np.int64)
        starts = np.flatnonzero(full)
        np.add.at(covered, starts, 1)
        np.add.at(covered, starts + size, -1)
        return np.asarray(np.cumsum(covered)[before : before + count] > 0, bool)
