"""Long-term spectrum of the speech and of the pauses: how far up the speech goes, and where it has holes.

About ten windows a second are enough for both, so this costs next to nothing.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from earwitness.fourier import spectra
from earwitness.samples import Float32
from earwitness.vad import FRAME, RATE

__all__ = ["Spectrum"]

_WINDOW_S = 0.04
_WINDOWS_A_SECOND = 10
_MIN_WINDOWS = 8  # under a second of speech: too few for a mean
_SMOOTH_HZ = 200.0
# Speech at 60 dB below its strongest band is under the noise of any room and inaudible.
_RANGE = 1e-6
_OVER_PAUSES = (
    1.5  # speech windows must exceed the pauses by 1.8 dB, else it is background that fills the band
)

_CELL_HZ = 250.0
_HOLES_FROM_HZ = 1_000.0
_MIN_CELLS = 8  # bands; a narrower band says nothing
_EMPTY = 1e-8


class Spectrum:
    """Collects windows of the signal at its own rate."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._size = 1 << round(np.log2(rate * _WINDOW_S))
        self._hop = max(1, rate // _WINDOWS_A_SECOND)
        self._window = np.hanning(self._size).astype(np.float32)
        bins = self._size // 2 + 1
        self._speech: npt.NDArray[np.float64] = np.zeros(bins)
        self._pause: npt.NDArray[np.float64] = np.zeros(bins)
        self._speech_windows = 0
        self._pause_windows = 0
        self._cell = max(1, round(_CELL_HZ * self._size / rate))
        cells = bins // self._cell
        self._empty: npt.NDArray[np.int64] = np.zeros(cells, dtype=np.int64)

    def add(self, native: Float32, probability: Float32, speech_from: float, pause_below: float) -> None:
        """Take a stretch (n,) and the speech probability of its 32-ms frames."""
        if len(native) < self._size or not len(probability):
            return
        windows = np.lib.stride_tricks.sliding_window_view(native, self._size)[:: self._hop]
        centres = np.arange(len(windows)) * self._hop + self._size // 2
        frames = np.minimum(centres * RATE // (self._rate * FRAME), len(probability) - 1)
        at = probability[frames]
        speech = self._power(windows[at >= speech_from])
        pauses = self._power(windows[at < pause_below])
        self._speech += speech.sum(axis=0, dtype=np.float64)
        self._pause += pauses.sum(axis=0, dtype=np.float64)
        self._speech_windows += len(speech)
        self._pause_windows += len(pauses)
        cells = self._cells(speech)
        self._empty += (cells < _EMPTY * cells.max(axis=1, keepdims=True, initial=0.0)).sum(axis=0)

    def bandwidth_hz(self) -> float | None:
        """Highest frequency (Hz) whose speech level is within 60 dB of the strongest and above the pauses."""
        if self._speech_windows < _MIN_WINDOWS:
            return None
        speech = self._smooth(self._speech / self._speech_windows)
        carries = speech >= _RANGE * speech.max()
        if self._pause_windows >= _MIN_WINDOWS:
            carries &= speech >= _OVER_PAUSES * self._smooth(self._pause / self._pause_windows)
        top = np.flatnonzero(carries)
        if not len(top) or speech.max() <= 0:
            return None
        return float(round(float(top[-1]) * self._rate / self._size))

    def holes(self) -> float | None:
        """Share of empty cells from 1 kHz to the bandwidth.

        A cell is 250 Hz by 40 ms of speech, empty when 80 dB below its window's strongest.
        """
        bandwidth = self.bandwidth_hz()
        if bandwidth is None:
            return None
        first = int(_HOLES_FROM_HZ / _CELL_HZ)
        last = int(0.9 * bandwidth / _CELL_HZ)
        if last - first < _MIN_CELLS:
            return None
        return float(self._empty[first:last].mean() / self._speech_windows)

    def _power(self, windows: Float32) -> Float32:
        spectrum = spectra(windows, self._window)
        return (spectrum.real**2 + spectrum.imag**2).astype(np.float32, copy=False)

    def _cells(self, power: Float32) -> Float32:
        cells = len(self._empty)
        summed: Float32 = power[:, : cells * self._cell].reshape(len(power), cells, self._cell).mean(axis=2)
        return summed

    def _smooth(self, spectrum: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        width = max(1, round(_SMOOTH_HZ * self._size / self._rate))
        return np.convolve(spectrum, np.ones(width) / width, mode="same")
