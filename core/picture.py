"""A bounded picture of a recording: waveform envelope and spectrogram, drawn while it streams by.

A one-second clip and a ten-hour tape cost the same memory: when a track is full, neighbouring
columns are merged and each column covers twice the time from then on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from earwitness.audio import Audio

Float32 = npt.NDArray[np.float32]
UInt8 = npt.NDArray[np.uint8]

__all__ = ["Picture", "Track"]

WAVEFORM_COLUMNS = 2000
SPECTROGRAM_COLUMNS = 1600
SPECTROGRAM_ROWS = 256
MAX_HZ = 16_000.0  # speech, and the low-pass edges of MP3 and AAC, lie below; above is mostly empty
WINDOW_S = 0.03  # the shortest window that still resolves the harmonics of a low voice
GRAIN_S = 0.0005  # finest waveform column: 2,000 of them are one second
RANGE_DB = 75.0
FRAMES_AT_ONCE = 512  # 512 windows of 8,192 samples (192 kHz) are 16 MiB
DRAWN_CHANNELS = 2
GRAINS_AT_ONCE = 16
STRIDE = 4  # hops a window is long: at this stride windows no longer overlap


class Track:
    """A row of columns over time that never grows beyond ``capacity`` columns.

    reduce: np.minimum, np.maximum or np.add, applied to the columns that fall together.
    """

    def __init__(self, rows: int, capacity: int, reduce: np.ufunc) -> None:
        self._store: Float32 = np.zeros((rows, capacity), dtype=np.float32)
        self._reduce = reduce
        self._pending: Float32 | None = None
        self._pending_n = 0
        self.count = 0
        """Complete columns."""
        self.factor = 1
        """Pushed columns a stored column covers (a power of two)."""

    def push(self, columns: Float32) -> None:
        """Take the next columns, shape (rows, m)."""
        while columns.shape[1]:
            room = (self._store.shape[1] - self.count) * self.factor - self._pending_n
            if room <= 0:
                self._halve()
                continue
            self._fill(columns[:, :room])
            columns = columns[:, room:]

    def columns(self) -> tuple[Float32, Float32]:
        """All columns so far, shape (rows, n), and how many pushed columns each covers, shape (n,)."""
        stored = self._store[:, : self.count]
        covers = np.full(self.count, self.factor, dtype=np.float32)
        if self._pending is None:
            return stored.copy(), covers
        return (
            np.concatenate([stored, self._pending[:, None]], axis=1),
            np.append(covers, np.float32(self._pending_n)),
        )

    def _fill(self, columns: Float32) -> None:
        if self._pending is not None:
            head = columns[:, : self.factor - self._pending_n]
            columns = columns[:, head.shape[1] :]
            merged = np.concatenate([self._pending[:, None], head], axis=1)
            self._pending = self._merge(merged)
            self._pending_n += head.shape[1]
            if self._pending_n < self.factor:
                return
            self._store[:, self.count] = self._pending
            self.count += 1
            self._pending, self._pending_n = None, 0
        whole = columns.shape[1] // self.factor
        if whole:
            grouped = columns[:, : whole * self.factor].reshape(len(columns), whole, self.factor)
            self._store[:, self.count : self.count + whole] = self._reduce.reduce(grouped, axis=2)
            self.count += whole
        rest = columns[:, whole * self.factor :]
        if rest.shape[1]:
            self._pending, self._pending_n = self._merge(rest), rest.shape[1]

    def _halve(self) -> None:
        pairs = self.count // 2
        paired = self._store[:, : pairs * 2].reshape(len(self._store), pairs, 2)
        odd = self._store[:, pairs * 2 : self.count].copy()
        self._store[:, :pairs] = self._reduce.reduce(paired, axis=2)
        if odd.shape[1]:  # the unpaired column waits for its other half
            tail = odd if self._pending is None else np.concatenate([odd, self._pending[:, None]], axis=1)
            self._pending = self._merge(tail)
            self._pending_n += self.factor
        self.count = pairs
        self.factor *= 2

    def _merge(self, columns: Float32) -> Float32:
        merged: Float32 = self._reduce.reduce(columns, axis=1)
        return merged


class Picture:
    """Waveform and spectrogram of one recording, fed block by block.

    The waveform is kept for the mix and, in recordings of two channels, for each channel; the
    spectrogram is that of the mix. Read the results after :meth:`finish`.
    """

    def __init__(
        self, waveform_columns: int = WAVEFORM_COLUMNS, spectrogram_columns: int = SPECTROGRAM_COLUMNS
    ) -> None:
        self._waveform_columns = waveform_columns
        self._spectrogram_columns = spectrogram_columns
        self._rate = 0
        self._samples = 0
        self._lanes = 0
        self._wave_rest: Float32 = np.zeros((0, 0), dtype=np.float32)
        self._stft_rest: Float32 = np.zeros(0, dtype=np.float32)
        self._low: Track
        self._high: Track
        self._power: Track
        self._finished = False

    @property
    def duration_s(self) -> float:
        """Seconds pushed so far."""
        return self._samples / self._rate if self._rate else 0.0

    @property
    def channels(self) -> int:
        """Channels whose own waveform was kept: 2 for stereo recordings, else 0."""
        return max(self._lanes - 1, 0)

    @property
    def max_hz(self) -> float:
        """Upper edge of the spectrogram, Hz."""
        return min(self._rate / 2, MAX_HZ)

    def push(self, block: Audio) -> None:
        """Take the next stretch: ``block.samples`` (channels, n), -1..1, at ``block.rate`` Hz."""
        samples = np.atleast_2d(np.asarray(block.samples, dtype=np.float32))
        if not samples.shape[1]:
            return
        if not self._rate:
            self._open(int(block.rate), len(samples))
        if block.rate != self._rate:
            raise ValueError(f"the sample rate changed from {self._rate} to {block.rate} Hz in mid-picture")
        self._samples += samples.shape[1]
        mix: Float32 = samples.mean(axis=0, dtype=np.float32)
        lanes = mix[None] if self._lanes == 1 else np.concatenate([mix[None], samples[:DRAWN_CHANNELS]])
        self._push_wave(lanes)
        self._push_stft(mix)

    def finish(self) -> None:
        """Flush what is left; safe to call twice, and on a picture that never got a sample."""
        if self._finished or not self._rate:
            return
        self._finished = True
        rest = self._wave_rest
        if rest.shape[1]:
            grains = -(-rest.shape[1] // self._grain)
            self._low.push(np.repeat(rest.min(axis=1, keepdims=True), grains, axis=1))
            self._high.push(np.repeat(rest.max(axis=1, keepdims=True), grains, axis=1))
        self._push_stft(np.zeros(self._n_fft // 2, dtype=np.float32))

    def waveform(self, channel: int | None = None) -> Float32:
        """Lowest and highest sample a column, shape (2, columns); ``None`` is the mix."""
        lane = 0 if channel is None else channel + 1
        if not self._rate or lane >= self._lanes:
            return np.zeros((2, 0), dtype=np.float32)
        return np.stack([self._low.columns()[0][lane], self._high.columns()[0][lane]])

    @property
    def waveform_column_s(self) -> float:
        """Seconds a waveform column covers (the last one may cover less)."""
        return self._grain * self._low.factor / self._rate if self._rate else 0.0

    def spectrogram(self) -> UInt8:
        """Level, shape (rows, columns), row 0 lowest: 255 is the loudest, 0 is 75 dB below it or less."""
        if not self._rate:
            return np.zeros((0, 0), dtype=np.uint8)
        power, covers = self._power.columns()
        decibel = 10 * np.log10(power / np.maximum(covers, 1) + 1e-20)
        audible = decibel[power > 0]
        if not audible.size:
            return np.zeros(power.shape, dtype=np.uint8)
        top = float(np.percentile(audible, 99.9))  # one click must not darken the rest
        level: UInt8 = np.clip((decibel - top) / RANGE_DB * 255 + 255, 0, 255).astype(np.uint8)
        return level

    @property
    def spectrogram_column_s(self) -> float:
        """Seconds a spectrogram column covers (the last one may cover less)."""
        return self._hop * self._power.factor / self._rate if self._rate else 0.0

    def _open(self, rate: int, channels: int) -> None:
        self._rate = rate
        self._lanes = 1 + (channels if channels == DRAWN_CHANNELS else 0)
        self._grain = max(int(rate * GRAIN_S), 1)
        self._wave_rest = np.zeros((self._lanes, 0), dtype=np.float32)
        self._grains = self._hops = 0  # pushed so far
        self._low = Track(self._lanes, self._waveform_columns, np.minimum)
        self._high = Track(self._lanes, self._waveform_columns, np.maximum)
        self._n_fft = 1 << max(int(np.ceil(np.log2(rate * WINDOW_S))), 5)
        self._hop = self._n_fft // STRIDE
        self._window: Float32 = np.hanning(self._n_fft + 1)[:-1].astype(np.float32)
        bins = int(self.max_hz / rate * self._n_fft)  # bins 1..bins; bin 0 is the DC offset
        rows = min(bins, SPECTROGRAM_ROWS)
        self._edges: npt.NDArray[Any] = np.arange(rows) * bins // rows
        self._bins = bins
        self._widths: Float32 = np.diff(np.append(self._edges, bins)).astype(np.float32)
        self._power = Track(rows, self._spectrogram_columns, np.add)
        self._stft_rest = np.zeros(self._n_fft // 2, dtype=np.float32)  # centres frame 0 on 0 s

    def _push_wave(self, lanes: Float32) -> None:
        """Small groups are slow in numpy: once columns hold 16 grains, 16 are reduced at once."""
        joined = np.concatenate([self._wave_rest, lanes], axis=1)
        while True:
            fine = max(self._waveform_columns * GRAINS_AT_ONCE - self._grains, 0)
            grains = 1 if fine else GRAINS_AT_ONCE
            step = self._grain * grains
            groups = joined.shape[1] // step
            if fine:
                groups = min(groups, fine)
            if not groups:
                break
            grouped = joined[:, : groups * step].reshape(self._lanes, groups, step)
            self._low.push(np.repeat(grouped.min(axis=2), grains, axis=1))
            self._high.push(np.repeat(grouped.max(axis=2), grains, axis=1))
            self._grains += groups * grains
            joined = joined[:, groups * step :]
        self._wave_rest = joined.copy()

    def _push_stft(self, mix: Float32) -> None:
        """Windows overlap by three quarters until a column holds four; then they lie side by side."""
        joined = np.concatenate([self._stft_rest, mix])
        while len(joined) >= self._n_fft:
            fine = max(self._spectrogram_columns * STRIDE - self._hops, 0)
            stride = 1 if fine else STRIDE
            step = self._hop * stride
            frames = min((len(joined) - self._n_fft) // step + 1, FRAMES_AT_ONCE)
            if fine:
                frames = min(frames, fine)
            views = np.lib.stride_tricks.sliding_window_view(joined, self._n_fft)[: frames * step : step]
            spectrum = np.fft.rfft(views * self._window, axis=1)[:, 1 : self._bins + 1]
            power = np.square(spectrum.real) + np.square(spectrum.imag)
            pooled = np.add.reduceat(power, self._edges, axis=1) / self._widths
            columns = np.repeat(pooled.T, stride, axis=1)
            self._power.push(np.ascontiguousarray(columns, dtype=np.float32))
            self._hops += frames * stride
            joined = joined[frames * step :]
        self._stft_rest = joined.copy()
