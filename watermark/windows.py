"""Cutting a recording into windows for networks that look at a stretch at once.

Windows are counted from the first sample of the recording, so what comes out does not depend on how the
samples came in.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from earwitness.marks import Float32
from earwitness.samples import Resampler, mean_of_channels

__all__ = ["MonoWindows", "Window", "Windows"]

_CANCELS = 0.1  # the mix has lost 10 dB against its channels: opposite phase, or most are empty


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch with what lies around it.

    samples: (channels, n). first: position of the stretch itself within them. size: its length.
    at: position of the stretch in the recording.
    """

    samples: Float32
    first: int
    size: int
    at: int


class Windows:
    """Stretches of ``size`` samples, each with up to ``before`` and ``after`` samples around it."""

    def __init__(self, channels: int, size: int, before: int = 0, after: int = 0) -> None:
        self._size, self._before, self._after = size, before, after
        self._held = np.zeros((channels, 0), np.float32)
        self._first = 0
        self._at = 0

    def push(self, samples: Float32) -> list[Window]:
        """Take the next samples, (channels, n); returns the windows that are complete."""
        self._held = np.concatenate([self._held, samples], axis=1)
        found = []
        while self._held.shape[1] - self._first >= self._size + self._after:
            found.append(self._take(self._size))
        return found

    def finish(self) -> list[Window]:
        """The windows of the rest; the last one may be shorter."""
        found = []
        while (rest := self._held.shape[1] - self._first) > 0:
            found.append(self._take(min(self._size, rest)))
        return found

    def _take(self, size: int) -> Window:
        end = self._first + size
        window = Window(self._held[:, : end + self._after], self._first, size, self._at)
        self._at += size
        drop = max(0, end - self._before)
        self._held = self._held[:, drop:].copy()
        self._first = end - drop
        return window


class MonoWindows:
    """Windows of the mix of a recording at another rate; of its strongest channel where the mix cancels."""

    def __init__(self, windows: Windows, from_rate: int, to_rate: int, channels: int) -> None:
        """windows: of as many channels."""
        self._down = Resampler(from_rate, to_rate, channels)
        self._windows = windows

    def push(self, samples: Float32) -> list[Window]:
        """Take (channels, n) at the recording's rate; windows hold (1, n)."""
        return [_mixed(window) for window in self._windows.push(self._down.push(samples))]

    def finish(self) -> list[Window]:
        """The windows of the rest."""
        last = self._windows.push(self._down.finish())
        return [_mixed(window) for window in [*last, *self._windows.finish()]]


def _mixed(window: Window) -> Window:
    powers = np.array([float(np.dot(row, row)) for row in window.samples])
    mix = mean_of_channels(window.samples)
    if float(np.dot(mix, mix)) < _CANCELS * powers.mean():
        mix = window.samples[int(powers.argmax())]
    return Window(np.ascontiguousarray(mix[None]), window.first, window.size, window.at)
