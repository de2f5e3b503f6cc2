"""The front door of marking: a file in, a marked file out, nothing in between left behind.

The way of the data: blocks of the decoded file -> one embedder a key -> the writer (same container, codec,
bit rate, tags) -> a file aside -> read back from the disk -> renamed into its place.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from earwitness.audio import AudioStream, open_audio
from earwitness.choices import chosen
from earwitness.disclosure import notice
from earwitness.encode import Writer
from earwitness.encode_plan import plan
from earwitness.errors import (
    AudioDecodeError,
    CannotHoldMarkError,
    MarkNotReadBackError,
    SourceUnreadableError,
    UsageError,
)
from earwitness.key_rings import Keys, load_ring
from earwitness.mark_report import MadeMark, MarkRecord
from earwitness.marked_before import marked_before
from earwitness.marks import (
    MarkEmbedder,
    MarkKey,
    MarkReader,
    Reading,
    Search,
    Strength,
    Watermark,
    detectability,
)
from earwitness.report import FileFacts
from earwitness.samples import Float32
from earwitness.schemes import load_scheme
from earwitness.target import refuse_target, replacing, write_failed
from earwitness.weak_marks import WEAK_S, weaknesses

__all__ = ["SIGNPOST_NAME", "choose_keys", "mark"]

SIGNPOST_NAME = "signpost"
"""Name of the key that is published with the package."""
_BLOCK_S = 10.0
_LENGTH_SLACK_S = 0.5  # some codecs add a frame or two of silence

Progress = Callable[[float], None]


def mark(
    source: str | os.PathLike[str],
    out: str | os.PathLike[str],
    *,
    key: str | MarkKey | None = None,
    signpost: bool | None = None,
    payload: int | None = None,
    strength: Strength | str = Strength.DEFAULT,
    require: bool = False,
    scheme: str = "default",
    disclose: str | None = None,
    keys: Keys | None = None,
    name: str | None = None,
    max_seconds: float | None = None,
    on_progress: Progress | None = None,
) -> MarkRecord:
    """Mark a recording and write it to ``out``: same container, codec, bit rate, tags, as far as they go.

    key: name of a key of the ring (or a key itself). signpost: also put in the published signpost mark
    that says "AI-generated" to everybody; by default only when no key is given. payload: record id,
    0 .. 2**32 - 1 (fewer bits in some schemes); drawn at random if None. strength: soft, default or strong.
    require: refuse audio whose mark would be weak, or that carries a mark of the same key already, where
    otherwise the record only warns. scheme: name of the watermark scheme, see
    :func:`earwitness.schemes.scheme_names`; those of others take no key. disclose: what is heard first,
    "tone" or a sound file (see :func:`earwitness.disclosure.notice`). keys: another ring than this
    user's. name: what messages and the record call the source. on_progress: called with the seconds done,
    first of marking and then of reading back.

    The written file is read back before it takes its place; on any error ``out`` stays what it was.
    Raises the classes of ``earwitness.errors``, CannotHoldMarkError and MarkNotReadBackError among them.
    """
    origin, target = Path(source), Path(out)
    force = chosen(Strength, strength, "strength")
    watermark = load_scheme(scheme)
    using = choose_keys(watermark, key, signpost, keys)
    record_id = _payload(watermark, payload)
    refuse_target(target, origin)
    if origin.exists() and not (origin.is_file() or origin.is_dir()):
        raise SourceUnreadableError("is a pipe or a device.", subject=str(origin), hint="Save it as a file.")
    with open_audio(origin, name=name, max_seconds=max_seconds) as stream, replacing(target) as aside:
        embedders = [
            watermark.embedder(one, record_id, stream.sample_rate, stream.channels, force) for one in using
        ]
        before = _reader(watermark, using, stream)
        first = _notice(disclose, stream)
        notes = _write(stream, first, before, embedders, origin, target, aside, on_progress)
        facts = stream.facts()
        competing = marked_before(before.finish(), record_id)
        if require and competing:
            raise CannotHoldMarkError(
                competing[0], subject=facts.name, hint="Mark the original, or do without --require."
            )
        file, readings = _read_back(aside, target.name, watermark, using, on_progress)
        wanted_s = facts.duration_s + first.shape[1] / stream.sample_rate
        if abs(file.duration_s - wanted_s) > _LENGTH_SLACK_S:
            raise MarkNotReadBackError(
                f"of {wanted_s:.1f} s of sound {file.duration_s:.1f} s were written.",
                subject=str(target),
                hint="Choose another format.",
            )
        marks = tuple(_made(one, readings, record_id, force, facts, str(target)) for one in using)
        weak = weaknesses(marks, file)
        notes = [*stream.warnings, *notes, *competing, *weak]
        if require and weak:
            raise CannotHoldMarkError(
                f"its mark would be weak. {weak[0]}",
                subject=facts.name,
                hint="Give longer audio or a stronger setting, or do without --require.",
            )
        return MarkRecord(source=facts, file=file, marks=marks, warnings=tuple(notes))


def _notice(disclose: str | None, stream: AudioStream) -> Float32:
    """What is heard before the recording: nothing unless it was asked for."""
    if disclose is None:
        return np.zeros((stream.channels, 0), np.float32)
    return notice(disclose, stream.sample_rate, stream.channels)


def _write(
    stream: AudioStream,
    first: Float32,
    before: MarkReader,
    embedders: Sequence[MarkEmbedder],
    origin: Path,
    target: Path,
    aside: Path,
    on_progress: Progress | None,
) -> list[str]:
    """Mark and write all of it; returns what could not be kept. Nothing is finished for a bad source.

    first: goes before the recording. before: hears the recording as it came in.
    """
    from av.error import FFmpegError

    if stream.truncated:
        raise _damaged(stream)
    recipe = plan(stream.form, target)
    peak = 0.0
    with origin.open("rb") as original:
        try:
            writer = Writer(aside, recipe, stream.form, original, shown=str(target))
            try:
                if first.size:
                    _refuse_film(writer)
                    writer.push(_through(embedders, first))
                for block in stream.blocks(_BLOCK_S):
                    peak = max(peak, float(np.abs(block.samples).max(initial=0.0)))
                    before.push(block.samples)
                    writer.push(_through(embedders, block.samples))
                    if on_progress is not None:
                        on_progress(block.start_s + block.duration_s)
                if peak == 0.0:
                    raise CannotHoldMarkError(
                        "it is silent from beginning to end, and silence holds no mark.",
                        subject=stream.facts().name,
                        hint="Give audio with sound.",
                    )
                if stream.truncated:
                    raise _damaged(stream)
                writer.push(_end(embedders, stream.channels))
                writer.finish()
            finally:
                writer.close()
        except FFmpegError as error:
            raise write_failed(target, OSError(error.errno, error.strerror)) from error
    return writer.warnings


def _refuse_film(writer: Writer) -> None:
    if writer.has_film:
        raise UsageError(
            "the sound of a film cannot begin with a notice: it would run late behind the picture.",
            subject="--disclose",
            hint="Leave it out, or put it into the film.",
        )


def _through(embedders: Sequence[MarkEmbedder], samples: Float32) -> Float32:
    for embedder in embedders:
        samples = embedder.push(samples)
    return samples


def _end(embedders: Sequence[MarkEmbedder], channels: int) -> Float32:
    """What is still inside the embedders: each one's rest goes through all that follow."""
    rest: Float32 = np.zeros((channels, 0), dtype=np.float32)
    for embedder in embedders:
        rest = np.concatenate([embedder.push(rest), embedder.finish()], axis=1)
    return rest


def _reader(watermark: Watermark, using: Sequence[MarkKey | None], stream: AudioStream) -> MarkReader:
    """Reads only the marks of these keys, only in sound whose speed and pitch are as they were."""
    keys = [key for key in using if key is not None]
    return watermark.reader(keys, stream.sample_rate, stream.channels, Search.NONE)


def _read_back(
    path: Path,
    name: str,
    watermark: Watermark,
    using: Sequence[MarkKey | None],
    on_progress: Progress | None,
) -> tuple[FileFacts, tuple[Reading, ...]]:
    """What the file on the disk says, decoded anew."""
    with open_audio(path, name=name) as stream:
        reader = _reader(watermark, using, stream)
        for block in stream.blocks(_BLOCK_S):
            reader.push(block.samples)
            if on_progress is not None:
                on_progress(block.start_s + block.duration_s)
        readings = reader.finish()
        return stream.facts(), readings


def _made(
    key: MarkKey | None,
    readings: Sequence[Reading],
    payload: int | None,
    strength: Strength,
    facts: FileFacts,
    target: str,
) -> MadeMark:
    """The mark of one key as it was read back. Raises MarkNotReadBackError when it was not."""
    own = [r for r in readings if key is None or r.key_id == key.key_id]
    right = [r for r in own if r.marked and (payload is None or _carries(r, payload))]
    if not right:
        label = f'of the key "{key.name}" ' if key is not None else ""
        if any(r.marked for r in own):
            what = f"a mark {label}is there, but its record cannot be read"
        else:
            what = f"no mark {label}can be read in what was written"
        short = f" ({facts.duration_s:.1f} s of sound)" if facts.duration_s < 2 * WEAK_S else ""
        raise MarkNotReadBackError(
            f"{what}{short}; nothing was kept.",
            subject=target,
            hint="Give longer or louder audio, --strength strong, or a format that keeps more of the sound.",
        )
    best = min(right, key=lambda r: r.p_or_one)
    return MadeMark(
        scheme=best.scheme,
        key=best.key,
        key_id=best.key_id,
        signpost=best.signpost,
        payload=payload,
        strength=strength,
        p_marked=best.p_marked,
        p_payload=best.p_payload,
        marked_s=round(sum(span.end_s - span.start_s for span in best.spans), 3),
        # The scale is that of the schemes with keys; a network's marks have none.
        detectability=None if best.keyless else round(detectability(best.p_or_one), 3),
    )


def _carries(reading: Reading, payload: int) -> bool:
    """Whether this payload was read, with its tag if the scheme has tags."""
    return reading.payload == payload and (reading.verified or reading.keyless)


def choose_keys(
    watermark: Watermark, key: str | MarkKey | None, signpost: bool | None, keys: Keys | None
) -> list[MarkKey | None]:
    """The keys to mark with, the one that matters most last: later marks weaken earlier ones a little."""
    if not watermark.needs_key:
        if key is not None or signpost:
            raise UsageError(
                f"marks of the scheme {watermark.name} are made without keys.",
                subject="--signpost" if key is None else "--key",
                hint="Leave it out.",
            )
        return [None]
    ring = load_ring() if keys is None else keys
    if signpost is None:
        signpost = key is None
    if key is None and not signpost:
        raise UsageError("there is no key to mark with.", hint="Give --key NAME, or leave --no-signpost out.")
    using: list[MarkKey | None] = []
    if signpost:
        using.append(ring.get(SIGNPOST_NAME))
    if key is not None:
        own = ring.get(key) if isinstance(key, str) else key
        if own not in using:
            using.append(own)
    return using


def _payload(watermark: Watermark, payload: int | None) -> int | None:
    bits = watermark.payload_bits
    if bits == 0:
        if payload is not None:
            raise UsageError(f"marks of the scheme {watermark.name} carry no record id.", subject="--id")
        return None
    if payload is None:
        return secrets.randbits(bits)
    if not 0 <= payload < 2**bits:
        raise UsageError(
            f"{payload} does not fit into {bits} bits.",
            subject="--id",
            hint=f"Give a number from 0 to {2**bits - 1}.",
        )
    return payload


def _damaged(stream: AudioStream) -> AudioDecodeError:
    return AudioDecodeError(
        "it ends early or is damaged; only whole files are marked.",
        subject=stream.facts().name,
        hint="Get a complete copy, or save what is there as a new file first.",
    )
