"""Samples in memory and the one way to change their rate: band-limited, never by interpolation.

Everything here is float32, full scale is ±1, channels come first: shape ``(channels, n)``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from earwitness.errors import UsageError

Float32 = npt.NDArray[np.float32]

__all__ = ["Audio", "Float32", "Resampler", "as_audio", "mean_of_channels", "resample"]

MIN_RATE_HZ = 1_000
MAX_RATE_HZ = 1_000_000

# soxr's "HQ" recipe: pass band to 91 % of the lower Nyquist frequency, stop band below -120 dB,
# so that nothing of the detector's evidence is folded back from above.
_SOXR_QUALITY = "HQ"


@dataclass(frozen=True, slots=True)
class Audio:
    """A stretch of sound.

    samples: float32, shape (channels, n), full scale ±1 (float sources may exceed it).
    rate: Hz.
    start_s: seconds from the start of the recording to the first sample.
    """

    samples: Float32
    rate: int
    start_s: float = 0.0

    @property
    def channels(self) -> int:
        """Number of channels."""
        return int(self.samples.shape[0])

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return float(self.samples.shape[1] / self.rate)

    def mono(self) -> Float32:
        """Mean of all channels, shape (n,)."""
        return mean_of_channels(self.samples)


def mean_of_channels(samples: Float32) -> Float32:
    """Mean over the channels, (channels, n) to (n,). Row by row: mean(axis=0) is many times slower."""
    if samples.shape[0] == 1:
        only: Float32 = samples[0]
        return only
    total: Float32 = samples[0] + samples[1]
    for row in samples[2:]:
        total += row
    total *= np.float32(1 / samples.shape[0])
    return total


def check_rate(rate: int) -> int:
    """The rate as an int; UsageError when no recording can have it."""
    if not MIN_RATE_HZ <= rate <= MAX_RATE_HZ:
        raise UsageError(f"a sample rate of {rate} Hz makes no sense.", hint="Give it in Hz, e.g. 16000.")
    return int(rate)


def as_audio(samples: Any, rate: int) -> Audio:
    """Wrap a numpy array or a torch tensor (anything that has ``numpy()``), shape (n,) or (channels, n).

    Integer samples are scaled from their type's range to ±1. NaN and infinities become silence.
    Raises UsageError when the shape, type or rate makes no sense.
    """
    if hasattr(samples, "detach"):  # a torch tensor, without importing torch
        samples = samples.detach().cpu()
    array = np.asarray(samples.numpy() if hasattr(samples, "numpy") else samples)
    if array.ndim == 1:
        array = array[np.newaxis, :]
    if array.ndim != 2 or array.shape[0] > array.shape[1] > 0:
        raise UsageError(
            f"samples of shape {np.shape(samples)} were given.",
            hint="Give shape (n,) or (channels, n): channels first.",
        )
    return Audio(np.nan_to_num(_as_float32(array), nan=0.0, posinf=0.0, neginf=0.0), check_rate(rate))


def _as_float32(array: npt.NDArray[Any]) -> Float32:
    if array.dtype.kind == "f":
        return np.asarray(array, dtype=np.float32)
    if array.dtype.kind not in "iu":
        raise UsageError(f"samples of type {array.dtype} were given.", hint="Give floats or integers.")
    half = float(2 ** (8 * array.dtype.itemsize - 1))
    offset = half if array.dtype.kind == "u" else 0.0
    return np.asarray((array.astype(np.float64) - offset) / half, dtype=np.float32)


class Resampler:
    """Streaming, anti-aliased change of sample rate: what comes out does not depend on the block size."""

    def __init__(self, from_rate: int, to_rate: int, channels: int = 1) -> None:
        self.from_rate = check_rate(from_rate)
        self.to_rate = check_rate(to_rate)
        self.channels = channels
        self._soxr: Any = None
        if from_rate != to_rate:
            import soxr

            self._soxr = soxr.ResampleStream(
                from_rate, to_rate, channels, dtype="float32", quality=_SOXR_QUALITY
            )

    def push(self, samples: Float32) -> Float32:
        """Take (n,) or (channels, n) samples; returns what is ready, in the same number of dimensions."""
        return self._run(samples, last=False)

    def finish(self) -> Float32:
        """The samples still inside the filter, shape (channels, n)."""
        return self._run(np.zeros((self.channels, 0), dtype=np.float32), last=True)

    def _run(self, samples: Float32, *, last: bool) -> Float32:
        if self._soxr is None:
            return samples
        flat = samples.ndim == 1
        interleaved = samples if flat or self.channels == 1 else samples.T
        shaped = interleaved.reshape(-1) if self.channels == 1 else interleaved
        out = self._soxr.resample_chunk(np.ascontiguousarray(shaped), last=last)
        if flat:
            return np.asarray(out, dtype=np.float32)
        return np.ascontiguousarray(out.reshape(-1, self.channels).T, dtype=np.float32)


def resample(samples: Float32, from_rate: int, to_rate: int) -> Float32:
    """Whole-array, anti-aliased change of sample rate of (n,) or (channels, n) samples."""
    if check_rate(from_rate) == check_rate(to_rate):
        return samples
    import soxr

    rows_first = samples.T if samples.ndim == 2 else samples
    out = soxr.resample(np.ascontiguousarray(rows_first), from_rate, to_rate, quality=_SOXR_QUALITY)
    return np.ascontiguousarray(out.T if samples.ndim == 2 else out, dtype=np.float32)
