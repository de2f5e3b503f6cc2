"""FFmpeg (through PyAV) as a writer: samples in, a file in the form of the original out."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from earwitness.audio import SoundForm
from earwitness.carry_over import CarryOver
from earwitness.encode_plan import Recipe
from earwitness.errors import TargetError
from earwitness.samples import Float32, Resampler

if TYPE_CHECKING:
    from av.container import OutputContainer

__all__ = ["Writer"]

_PIECE = 4096  # samples handed over at a time; the encoder cuts them as it needs
_BROADCAST_TAGS = frozenset(
    {"originator", "originator_reference", "coding_history", "time_reference", "umid"}
)


class Writer:
    """Writes one file: push blocks, then ``finish``; ``close`` in any case.

    path: where to write. recipe: how. form: how the original stored its sound. original: the original, open
    for reading, for all that is not sound. shown: what messages call the new file. ``warnings`` says what
    could not be kept.
    Raises TargetError and OSError.
    """

    def __init__(
        self, path: Path, recipe: Recipe, form: SoundForm, original: IO[bytes], *, shown: str | None = None
    ) -> None:
        self.warnings: list[str] = []
        shown = shown or str(path)
        self._recipe = recipe
        self._clipped = 0
        self._written = 0
        self._sndfile: _SoundFile | None = None
        self._out: OutputContainer | None = None
        self._resampler = (
            None if recipe.rate == form.rate else Resampler(form.rate, recipe.rate, form.channels)
        )
        if recipe.rate < form.rate:
            self.warnings.append(
                f"The new file is duller than the original: {recipe.codec} holds {recipe.rate} Hz, not "
                f"{form.rate} Hz."
            )
        self._others = CarryOver(original, form.stream_index)
        # Beside a film the sound starts where it did; alone it starts at zero.
        self._start_s = max(0.0, form.start_s) if self._others.has_film else 0.0
        try:
            self._out = _open_output(path, recipe, self._others)
            if recipe.sndfile is not None:
                self._sndfile = _SoundFile(path.parent, recipe, shown)
            else:
                self._others.add_before(self._out, recipe.muxer)
                self._stream = _add_stream(self._out, recipe, shown)
                self._stream.metadata.update(self._others.sound_tags)
                self.warnings += self._others.add_after(self._out, recipe.muxer)
        except BaseException:
            self.close()
            raise

    @property
    def has_film(self) -> bool:
        """True when moving pictures are carried over beside the sound."""
        return self._others.has_film

    def push(self, samples: Float32) -> None:
        """Write the next samples, shape (channels, n), at the original's rate."""
        self._encode(samples if self._resampler is None else self._resampler.push(samples))

    def finish(self) -> None:
        """Write what is left and complete the file."""
        assert self._out is not None
        if self._resampler is not None:
            self._encode(self._resampler.finish())
        if self._sndfile is not None:
            self._take_over(self._sndfile, self._out)
        else:
            self._out.mux(self._stream.encode(None))
        self._others.copy_rest(self._out)
        self._out.close()
        if self._clipped:
            self.warnings.append(
                f"{self._clipped} samples would have gone beyond full scale and were held there."
            )

    def close(self) -> None:
        """Release everything; a file that was not finished is not worth keeping."""
        if self._out is not None:
            from av.error import FFmpegError

            with contextlib.suppress(FFmpegError, OSError, ValueError):
                self._out.close()
        self._others.close()
        if self._sndfile is not None:
            self._sndfile.close()

    def _encode(self, samples: Float32) -> None:
        assert self._out is not None
        if not self._recipe.sample_format.startswith(("flt", "dbl")):
            self._clipped += int(np.count_nonzero(np.abs(samples) > 1.0))
        for start in range(0, samples.shape[1], _PIECE):
            piece = samples[:, start : start + _PIECE]
            if self._sndfile is not None:
                self._sndfile.write(piece)
                continue
            frame = _frame(piece, self._recipe)
            frame.pts = self._written + round(self._start_s * self._recipe.rate)
            self._written += piece.shape[1]
            self._others.copy_until(self._out, self._start_s + self._written / self._recipe.rate)
            self._out.mux(self._stream.encode(frame))

    def _take_over(self, encoded: _SoundFile, out: OutputContainer) -> None:
        """Move the packets that libsndfile wrote into the new container."""
        import av

        encoded.end()
        with av.open(str(encoded.path)) as source:
            sound = source.streams.audio[0]
            self._others.add_before(out, self._recipe.muxer)
            target: Any = out.add_stream_from_template(sound)
            target.metadata.update(self._others.sound_tags)
            self.warnings += self._others.add_after(out, self._recipe.muxer)
            for packet in source.demux(sound):
                if packet.size:
                    at = 0.0 if packet.dts is None else float(packet.dts * packet.time_base)
                    self._others.copy_until(out, at)
                    packet.stream = target
                    out.mux(packet)


class _SoundFile:
    """A file that libsndfile encodes, beside the one that is being written."""

    def __init__(self, folder: Path, recipe: Recipe, shown: str) -> None:
        import soundfile

        assert recipe.sndfile is not None
        self._shown = shown
        kind, subtype = recipe.sndfile
        self._folder = tempfile.TemporaryDirectory(dir=folder, prefix=".earwitness-")
        self.path = Path(self._folder.name) / "sound"
        options: dict[str, Any] = {}
        if subtype == "VORBIS" and recipe.bit_rate:
            options["compression_level"] = _vorbis_compression(recipe.bit_rate, recipe)
        try:
            self._file = soundfile.SoundFile(
                self.path, "w", recipe.rate, recipe.channels, subtype, format=kind, **options
            )
        except soundfile.LibsndfileError as error:
            self._folder.cleanup()
            raise TargetError(
                f"the {recipe.codec} sound of the original cannot be written ({error.error_string}).",
                subject=shown,
                hint="Choose another ending, e.g. .flac or .wav.",
            ) from error

    def write(self, samples: Float32) -> None:
        """Shape (channels, n). Short pieces: libvorbis crashes on long ones for want of stack."""
        with self._told():
            self._file.write(np.ascontiguousarray(samples.T))

    def end(self) -> None:
        """Complete the file."""
        with self._told():
            self._file.close()

    def close(self) -> None:
        """Remove it."""
        with contextlib.suppress(TargetError), self._told():
            self._file.close()
        self._folder.cleanup()

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        """libsndfile does not say what the system refused; a full disk is by far the most likely."""
        import soundfile

        try:
            yield
        except soundfile.LibsndfileError as error:
            raise TargetError(
                f"cannot be written ({error.error_string.rstrip('.')}): is the disk full?",
                subject=self._shown,
                hint="Make room or choose another place.",
            ) from error


# libvorbis' nominal kbit/s for 44.1-kHz stereo at qualities 0.0, 0.1, ... 1.0, from its documentation.
_VORBIS_KBPS = (64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 500)


def _vorbis_compression(bit_rate: int, recipe: Recipe) -> float:
    """libsndfile's scale, 0 best to 1 smallest, that comes near a bit rate (bits/s)."""
    as_stereo = bit_rate / 1000 * 2 / recipe.channels
    return 1.0 - float(np.interp(as_stereo, _VORBIS_KBPS, np.linspace(0, 1, len(_VORBIS_KBPS))))


def _open_output(path: Path, recipe: Recipe, others: CarryOver) -> OutputContainer:
    import av

    options: dict[str, str] = {}
    if recipe.muxer == "wav":
        options["rf64"] = "auto"
        if _BROADCAST_TAGS & {key.lower() for key in others.tags}:
            options["write_bext"] = "1"
    elif recipe.muxer in ("ipod", "mp4", "mov"):
        options["movflags"] = "faststart"
    elif recipe.muxer == "aiff":
        options["write_id3v2"] = "1"
    out = av.open(str(path), "w", format=recipe.muxer, options=options)
    out.metadata.update(others.tags)
    chapters = others.chapters()
    if chapters and hasattr(out, "set_chapters"):
        out.set_chapters(chapters)
    return out


def _add_stream(out: OutputContainer, recipe: Recipe, shown: str) -> Any:
    from av.error import FFmpegError

    try:
        stream: Any = out.add_stream(recipe.encoder, rate=recipe.rate)
        stream.layout = recipe.layout
        stream.format = recipe.sample_format
        if recipe.bit_rate:
            stream.bit_rate = recipe.bit_rate
        if recipe.codec == "opus":
            stream.options = {"vbr": "constrained"}  # else the rate is a wish that loud sound ignores
        stream.codec_context.thread_count = 1
        stream.codec_context.open()
    except (FFmpegError, ValueError, TypeError) as error:
        raise TargetError(
            f"the {recipe.codec} sound of the original cannot be written ({error}).",
            subject=shown,
            hint="Choose another ending, e.g. .flac or .wav.",
        ) from error
    return stream


def _frame(samples: Float32, recipe: Recipe) -> Any:
    """The samples, shape (channels, n), in the encoder's sample format."""
    from av.audio.frame import AudioFrame

    kind = recipe.sample_format.removesuffix("p")
    array = _quantised(samples, kind, 16 if kind == "s16" else recipe.bits)
    if not recipe.sample_format.endswith("p"):
        array = array.T.reshape(1, -1)
    frame = AudioFrame.from_ndarray(
        np.ascontiguousarray(array), format=recipe.sample_format, layout=recipe.layout
    )
    frame.sample_rate = recipe.rate
    return frame


def _quantised(samples: Float32, kind: str, bits: int) -> Any:
    """Rounded to the steps of the format: a sample that came from it unchanged goes back to the same step."""
    if kind == "flt":
        return samples
    if kind == "dbl":
        return samples.astype(np.float64)
    if kind == "u8":
        return (np.clip(np.rint(samples * 128), -128, 127) + 128).astype(np.uint8)
    full = 2.0 ** (bits - 1)
    steps = np.clip(np.rint(samples.astype(np.float64) * full), -full, full - 1)
    return steps.astype(np.int16) if kind == "s16" else (steps * 2.0 ** (32 - bits)).astype(np.int32)
