"""FFmpeg's frames as float32 samples, whatever their sample format, rate and channel count."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from earwitness.samples import Float32, Resampler

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame

__all__ = ["SAFE_PLANES", "FrameConverter"]

_DTYPES: dict[str, tuple[str, float, float]] = {  # sample format: numpy type, offset, scale to ±1
    "u8": ("u1", 128.0, 2.0**-7),
    "s16": ("i2", 0.0, 2.0**-15),
    "s32": ("i4", 0.0, 2.0**-31),
    "s64": ("i8", 0.0, 2.0**-63),
    "flt": ("f4", 0.0, 1.0),
    "dbl": ("f8", 0.0, 1.0),
}
SAFE_PLANES = 8  # beyond this many planes FFmpeg's list of them has no end mark, and PyAV runs past it


class FrameConverter:
    """Frames of any sample format to float32 (channels, n) at one rate and one channel count."""

    def __init__(self, rate: int, channels: int) -> None:
        self._rate, self._channels = rate, channels
        self._resampler: Resampler | None = None

    def __call__(self, frame: AudioFrame) -> Float32:
        samples = _plain(frame)
        if samples.shape[0] != self._channels:
            mono = samples.mean(axis=0, keepdims=True, dtype=np.float32)
            samples = np.repeat(mono, self._channels, axis=0)
        if self._resampler is None and frame.sample_rate == self._rate:
            return samples
        return self._at_first_rate(samples, frame.sample_rate)

    def finish(self) -> Float32:
        """What is still inside the resampler after a change of rate, shape (channels, n)."""
        if self._resampler is None:
            return np.zeros((self._channels, 0), dtype=np.float32)
        tail = self._resampler.finish()
        self._resampler = None
        return tail

    def _at_first_rate(self, samples: Float32, rate: int) -> Float32:
        if self._resampler is not None and self._resampler.from_rate == rate:
            return self._resampler.push(samples)
        tail = self.finish()
        if rate != self._rate:
            self._resampler = Resampler(rate, self._rate, self._channels)
            samples = self._resampler.push(samples)
        return np.concatenate([tail, samples], axis=1)


def _plain(frame: AudioFrame) -> Float32:
    channels = len(frame.layout.channels)
    if frame.format.is_planar and channels > SAFE_PLANES:
        frame = _packed(frame)
    dtype, offset, scale = _DTYPES[frame.format.name.removesuffix("p")]
    # Not frame.to_ndarray(): it trusts a plane count that damaged AAC inflates, and crashes the process.
    if frame.format.is_planar:
        raw = np.stack(
            [np.frombuffer(memoryview(plane), dtype, frame.samples) for plane in frame.planes[:channels]]
        )
    else:
        raw = (
            np.frombuffer(memoryview(frame.planes[0]), dtype, frame.samples * channels)
            .reshape(-1, channels)
            .T
        )
    samples = raw.astype(np.float32)
    if offset:
        samples -= np.float32(offset)
    if scale != 1.0:
        samples *= np.float32(scale)
    return samples


def _packed(frame: AudioFrame) -> AudioFrame:
    """The frame as interleaved floats, converted by FFmpeg itself."""
    from av.audio.resampler import AudioResampler

    return AudioResampler(format="flt", layout=frame.layout, rate=frame.sample_rate).resample(frame)[0]
