"""How much of speech is voiced, and how long it goes on: whispers and barks are not what detectors learnt."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from earwitness.fourier import spectra
from earwitness.samples import Float32
from earwitness.vad import FRAME, RATE

__all__ = ["LongestRun", "VoicedShare", "voiced"]

LOWEST_HZ, HIGHEST_HZ = 70.0, 400.0  # fundamental frequencies of nearly all speakers
PERIODIC = 0.6  # normalised autocorrelation from which a frame counts as voiced
HEARD_HZ = 60.0, 4_000.0  # rumble makes periods up, hiss hides them
_SIZE = 2 * FRAME  # 64 ms: four periods of the lowest voices
_PADDED = 2 * _SIZE
_WINDOW = np.hanning(_SIZE + 2)[1:-1].astype(np.float32)
_OWN = np.fft.irfft(np.abs(np.fft.rfft(_WINDOW, _PADDED)) ** 2)


def voiced(frames: Float32) -> npt.NDArray[np.bool_]:
    """Which frames (n, 1024) at 16 kHz repeat themselves with a pitch period: (n,).

    The highest normalised autocorrelation between the limits of periods, the window's own divided out
    (Boersma 1993, eq. 8 and 9).
    """
    if not len(frames):
        return np.zeros(0, dtype=bool)
    centred = frames - frames.mean(axis=1, keepdims=True)
    power = np.abs(spectra(centred, _WINDOW, _PADDED)) ** 2
    hertz = np.fft.rfftfreq(_PADDED, 1 / RATE)
    power[:, (hertz < HEARD_HZ[0]) | (hertz > HEARD_HZ[1])] = 0
    lags = slice(int(RATE / HIGHEST_HZ), int(RATE / LOWEST_HZ) + 1)
    correlation = np.fft.irfft(power, axis=1)
    energy = np.maximum(correlation[:, :1] / _OWN[0], 1e-12)
    return np.asarray((correlation[:, lags] / _OWN[lags] / energy).max(axis=1) >= PERIODIC)


class VoicedShare:
    """Share of voiced frames among those of speech, as they come in, two frames of 32 ms at a time."""

    def __init__(self) -> None:
        self._kept: Float32 | None = None
        self._heard = self._voiced = 0

    def push(self, frames: Float32, speech: npt.NDArray[np.bool_]) -> None:
        """Take the next frames (n, 512) and which of them are speech (n,)."""
        # A pair is two neighbours that are both speech, whatever pieces they come in.
        before = np.full((1, FRAME), np.nan, np.float32) if self._kept is None else self._kept
        row = np.concatenate([before, np.where(speech[:, None], frames, np.nan)])
        firsts = np.flatnonzero(np.isfinite(row[:, 0]))
        pairs: list[int] = []
        for first in firsts:
            if (
                first + 1 < len(row)
                and np.isfinite(row[first + 1, 0])
                and (not pairs or first > pairs[-1] + 1)
            ):
                pairs.append(int(first))
        used = bool(pairs) and pairs[-1] == len(row) - 2
        self._kept = np.full_like(before, np.nan) if used or not len(row) else row[-1:]
        if pairs:
            whole = np.concatenate([row[pairs], row[[first + 1 for first in pairs]]], axis=1)
            self._heard += len(pairs)
            self._voiced += int(np.count_nonzero(voiced(whole)))

    def result(self) -> float | None:
        """0..1; None before anything was heard."""
        return self._voiced / self._heard if self._heard else None


class LongestRun:
    """The longest run of True in flags that come in pieces."""

    def __init__(self) -> None:
        self.longest = 0
        self._open = 0

    def push(self, flags: npt.NDArray[np.bool_]) -> None:
        """Take the next flags, (n,)."""
        ends = np.flatnonzero(~flags)
        if not len(ends):
            self._open += len(flags)
            self.longest = max(self.longest, self._open)
            return
        inside = int(np.diff(ends).max(initial=1)) - 1
        self.longest = max(self.longest, self._open + int(ends[0]), inside)
        self._open = len(flags) - 1 - int(ends[-1])
        self.longest = max(self.longest, self._open)
