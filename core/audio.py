"""Audio in: any file a person may hold, decoded once, in blocks, in bounded memory.

    with open_audio("call.mp3") as stream:
        for block in stream.blocks(15.0):
            ...                       # Audio: float32 (channels, n) at the file's own rate
        facts = stream.facts()        # complete once the blocks are exhausted

Samples beyond ±1 (decoders of lossy formats and float files produce them) are kept as they are, and
counted as clipping where they are flat. A float file whose first sound exceeds ±16 holds integers: it is
scaled down by their range and a warning says so. NaN and infinities become silence, with a warning.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import BinaryIO, Self

import numpy as np

from earwitness.decode import Decoder
from earwitness.errors import EmptyAudioError, InputTooLongError
from earwitness.promise import ends_early, has_frame_count
from earwitness.report import FileFacts
from earwitness.samples import Audio, Float32, Resampler, as_audio, mean_of_channels, resample
from earwitness.source import Source, open_source

__all__ = [
    "DEFAULT_MAX_SECONDS",
    "Audio",
    "AudioStream",
    "Float32",
    "Resampler",
    "SoundForm",
    "as_audio",
    "load_audio",
    "open_audio",
    "resample",
]

DEFAULT_MAX_SECONDS = 12 * 3600.0

_FLOAT_CODECS = ("pcm_f16le", "pcm_f24le", "pcm_f32le", "pcm_f32be", "pcm_f64le", "pcm_f64be")
_INTEGER_SCALED = 16.0  # +24 dBFS: no float recording has so much over, integers stored as floats do
_INTEGER_RANGES = (2.0**15, 2.0**23, 2.0**31)
# Codecs in containers whose stated duration is a count, not a guess from size and bit rate.
_COUNTED = frozenset({"flac", "mp4", "asf", "ape", "wv", "tta"})
_EXACT = frozenset({"flac", "ape", "wv", "tta"})  # the count is to the sample
_EXACT_SLACK_S = 0.02
_SHORT_BY_S = 0.5  # a file this much shorter than it states was cut; less is rounding and codec delay
_SHORT_SHARE = 0.01


@dataclass(frozen=True, slots=True)
class SoundForm:
    """How a file stores its sound.

    container, codec, layout, sample_format: FFmpeg's short names. rate: Hz. bit_rate: bits/s, None where
    nothing states it. stream_index: its place among the file's streams. start_s: its first time stamp.
    """

    container: str
    codec: str
    rate: int
    channels: int
    layout: str
    sample_format: str
    bit_rate: int | None
    stream_index: int
    start_s: float


class AudioStream:
    """A recording that is decoded front to back, once. Use it as a context manager.

    Made by :func:`open_audio`. ``blocks`` may be called once.
    """

    def __init__(self, source: Source, max_seconds: float | None = None) -> None:
        self._source = source
        self._limit_s = DEFAULT_MAX_SECONDS if max_seconds is None else max_seconds
        self._decoder = Decoder(source)
        self._frames_out = 0
        self._finished = False
        self._warnings: list[str] = []
        self._scale: float | None = None if self._decoder.codec in _FLOAT_CODECS else 1.0
        self._broken_samples = 0
        self._early = ends_early(source)
        if self._declared_s() > self._limit_s:
            self.close()
            raise self._too_long()
        if self._decoder.audio_streams > 1:
            self._warnings.append(
                f"The file has {self._decoder.audio_streams} sound tracks; only the main one was judged."
            )

    @property
    def sample_rate(self) -> int:
        """Hz, of the decoded sound."""
        return self._decoder.rate

    @property
    def channels(self) -> int:
        """Number of channels of the decoded sound."""
        return self._decoder.channels

    @property
    def warnings(self) -> tuple[str, ...]:
        """What was odd about the file, in plain sentences; complete once the blocks are exhausted."""
        return tuple(self._warnings)

    @property
    def truncated(self) -> bool:
        """True when the file ends early or is damaged; final once the blocks are exhausted."""
        decoder = self._decoder
        if self._early or decoder.bad_packets or decoder.lost_s:
            return True
        declared = self._declared_s()
        slack = _EXACT_SLACK_S if decoder.container in _EXACT else max(_SHORT_BY_S, _SHORT_SHARE * declared)
        return self._finished and declared - self._frames_out / self.sample_rate > slack

    @property
    def form(self) -> SoundForm:
        """How the sound is stored, for whoever writes it again."""
        decoder = self._decoder
        return SoundForm(
            container=decoder.container,
            codec=decoder.codec,
            rate=decoder.rate,
            channels=decoder.channels,
            layout=decoder.layout,
            sample_format=decoder.sample_format,
            bit_rate=decoder.bit_rate or None,
            stream_index=decoder.stream_index,
            start_s=decoder.start_s,
        )

    def blocks(self, seconds: float = 30.0) -> Iterator[Audio]:
        """Yield blocks of ``seconds`` (the last may be shorter), at the file's own rate.

        Raises InputTooLongError beyond the limit, EmptyAudioError when nothing comes out.
        """
        size = max(1, round(seconds * self.sample_rate))
        pending: list[Float32] = []
        held = 0
        for chunk in self._decoder.chunks():
            pending.append(chunk)
            held += chunk.shape[1]
            if held >= size:
                joined = np.concatenate(pending, axis=1)
                for start in range(0, held - size + 1, size):
                    yield self._block(joined[:, start : start + size])
                rest = held % size
                held, pending = rest, [joined[:, -rest:].copy()] if rest else []
        if held:
            yield self._block(np.concatenate(pending, axis=1))
        if not self._frames_out:
            raise EmptyAudioError("it holds not a single sample of sound.", subject=self._source.name)
        self._finish()

    def facts(self) -> FileFacts:
        """What the file is. ``duration_s`` and ``truncated`` are final once the blocks are exhausted."""
        decoder = self._decoder
        seconds = self._frames_out / self.sample_rate
        bit_rate = decoder.bit_rate
        if not bit_rate and self._finished and seconds:
            bit_rate = round(8 * self._source.size_bytes / seconds)
        return FileFacts(
            name=self._source.name,
            sha256=self._source.sha256(),
            size_bytes=self._source.size_bytes,
            duration_s=round(seconds, 3),
            container=decoder.container,
            codec=decoder.codec,
            sample_rate=self.sample_rate,
            channels=self.channels,
            bit_rate=bit_rate or None,
            truncated=self.truncated,
            tags={str(key).lower(): str(value) for key, value in decoder.tags.items()},
        )

    def close(self) -> None:
        """Release the file and the decoder."""
        self._decoder.close()
        self._source.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _declared_s(self) -> float:
        """The stated duration where it is a count, else 0."""
        decoder = self._decoder
        if decoder.container in _COUNTED or (decoder.container == "mp3" and has_frame_count(self._source)):
            return decoder.declared_s or 0.0
        return 0.0

    def _block(self, samples: Float32) -> Audio:
        samples = self._sound(samples)
        start_s = self._frames_out / self.sample_rate
        self._frames_out += samples.shape[1]
        if self._frames_out / self.sample_rate > self._limit_s:
            raise self._too_long()
        return Audio(samples, self.sample_rate, start_s)

    def _sound(self, samples: Float32) -> Float32:
        """Repair what only float files can hold: NaN, infinities, integer-scaled samples."""
        if self._scale == 1.0 and self._decoder.codec not in _FLOAT_CODECS:
            return samples
        finite = np.isfinite(samples)
        if not finite.all():
            self._broken_samples += int(finite.size - np.count_nonzero(finite))
            samples = np.where(finite, samples, np.float32(0))
        if self._scale is None:
            peak = float(np.abs(samples).max(initial=0.0))
            if peak > 0:  # digital silence decides nothing
                self._scale = self._float_scale(peak)
        return samples if self._scale in (None, 1.0) else samples * np.float32(self._scale)

    def _float_scale(self, peak: float) -> float:
        if peak <= _INTEGER_SCALED:
            return 1.0
        full = next((full for full in _INTEGER_RANGES if peak <= 1.01 * full), peak)
        self._warnings.append("The samples are floats beyond full scale; they were scaled down.")
        return 1.0 / full

    def _finish(self) -> None:
        self._finished = True
        decoder = self._decoder
        if self._broken_samples:
            self._warnings.append(
                f"{self._broken_samples} samples were no numbers (NaN or infinite) and were taken as silence."
            )
        if self._early and decoder.bad_packets <= 1:  # the packet that was cut in two
            self._warnings.append("The file ends early (truncated); only what is there was judged.")
        elif decoder.bad_packets or decoder.lost_s:
            self._warnings.append("Parts of the file are damaged; only what could be decoded was judged.")
        elif self.truncated:
            self._warnings.append(
                "The file holds less sound than it states: it was cut off or parts are missing;"
                " only what is there was judged."
            )
        if decoder.filled_s > decoder.lost_s:
            gaps = decoder.filled_s - decoder.lost_s
            self._warnings.append(f"The file leaves out {gaps:.1f} s of sound; they were taken as silence.")

    def _too_long(self) -> InputTooLongError:
        return InputTooLongError(
            f"the recording is longer than the limit, which is {_span(self._limit_s)}.",
            subject=self._source.name,
            hint="Cut it into pieces or raise the limit.",
        )


def _span(seconds: float) -> str:
    """A length in the unit that people would give it in."""
    if seconds < 120:
        return f"{seconds:.3g} s"
    return f"{seconds / 60:.3g} min" if seconds < 7200 else f"{seconds / 3600:.3g} h"


def open_audio(
    source: str | os.PathLike[str] | BinaryIO,
    *,
    name: str | None = None,
    max_seconds: float | None = None,
) -> AudioStream:
    """Open a path or a binary stream (pipes are spooled to a temporary file) as audio, told by content.

    name: what messages and the report call it (the file's own name by default, "-" for a pipe).
    max_seconds: the longest recording accepted (12 h by default).
    Raises the classes of ``earwitness.errors``: SourceNotFoundError, SourceUnreadableError, UsageError,
    NotAudioError, EmptyAudioError, EncryptedAudioError, AudioDecodeError, InputTooLongError.
    """
    opened = open_source(source, name)
    try:
        return AudioStream(opened, max_seconds)
    except BaseException:
        opened.close()
        raise


def load_audio(
    source: str | os.PathLike[str] | BinaryIO,
    *,
    rate: int | None = None,
    mono: bool = False,
    max_seconds: float | None = None,
) -> Audio:
    """Decode a whole (short) file.

    rate: resample to this many Hz. mono: mean of the channels, shape (1, n). Raises as ``open_audio``.
    """
    with open_audio(source, max_seconds=max_seconds) as stream:
        samples = np.concatenate([block.samples for block in stream.blocks(60.0)], axis=1)
        own_rate = stream.sample_rate
    if mono and samples.shape[0] > 1:
        samples = mean_of_channels(samples)[np.newaxis]
    if rate is not None:
        samples = resample(samples, own_rate, rate)
    return Audio(samples, rate or own_rate)
