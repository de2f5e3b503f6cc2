"""Marking with a network that works at a rate of its own: what it changes is added at the recording's rate.

So nothing is lost above the network's band, and every sample the network leaves alone stays as it was.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from earwitness.marks import Float32
from earwitness.samples import Resampler
from earwitness.watermark.adding import Adder
from earwitness.watermark.windows import Window, Windows

__all__ = ["ResidualEmbedder"]

Change = Callable[[Float32], Float32]


class ResidualEmbedder:
    """One recording being marked, window by window.

    network_rate: Hz. windows: how the recording is cut at that rate. fade: samples at that rate over which
    one window's change passes into the next one's; no more than the windows show after their stretch.
    change: what is to be added, the same shape, to (channels, n) samples at that rate.
    """

    def __init__(
        self, rate: int, channels: int, network_rate: int, windows: Windows, fade: int, change: Change
    ) -> None:
        self._down = Resampler(rate, network_rate, channels)
        self._up = Resampler(network_rate, rate, channels)
        self._adder = Adder(rate, channels)
        self._windows = windows
        self._change = change
        self._fade = fade
        self._tail = np.zeros((channels, 0), np.float32)

    def push(self, samples: Float32) -> Float32:
        """Take (channels, n) samples; returns the marked samples that are ready."""
        self._adder.hold(samples)
        self._mark(self._windows.push(self._down.push(samples)))
        return self._adder.ready(last=False)

    def finish(self) -> Float32:
        """The samples that are still inside."""
        self._mark(self._windows.push(self._down.finish()))
        self._mark(self._windows.finish())
        self._adder.add(self._up.finish())
        return self._adder.ready(last=True)

    def _mark(self, windows: list[Window]) -> None:
        for window in windows:
            sounding = np.any(window.samples, axis=1, keepdims=True)
            added = np.where(sounding, self._change(window.samples), np.float32(0))
            end = window.first + window.size
            part = added[:, window.first : end].astype(np.float32)
            count = min(self._tail.shape[1], part.shape[1])
            ramp = np.arange(1, count + 1, dtype=np.float32) / np.float32(count + 1)
            part[:, :count] = self._tail[:, :count] * (1 - ramp) + part[:, :count] * ramp
            self._tail = added[:, end : end + self._fade].astype(np.float32)
            self._adder.add(self._up.push(part))
