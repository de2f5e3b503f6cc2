"""Named texts in the tags of audio files, each container in its own way; not a sample of the sound changes.

MP3: ID3 frame TXXX of that name. FLAC, Ogg (Vorbis, Opus, FLAC, Speex): Vorbis comment. MP4, M4A: free-form
atom ----:com.apple.iTunes:NAME. WAV: the RIFF chunk AIGC for China's label, as TC260's practice guide for
audio has it, and for all else a TXXX frame in the chunk "id3 ". Mutagen edits the tags; WAV chunks are ours.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import IO, Any

from earwitness.provenance.extra import needed
from earwitness.provenance.label_chunks import ChunkError, read_chunk, write_chunk
from earwitness.provenance.label_text import AIGC, MAX_BYTES
from earwitness.provenance.media_types import media_type
from earwitness.source import Source

__all__ = ["TagError", "container_of", "read_texts", "write_texts"]

_FREE_FORM = "----:com.apple.iTunes:"
_MOST_ID3_BYTES = 64 << 20  # pictures, and credentials with theirs, are in there
_ID3_CHUNK, _AIGC_CHUNK = b"id3 ", b"AIGC"
_OGG_HEADS = (
    (b"OpusHead", "OggOpus", "mutagen.oggopus"),
    (b"\x01vorbis", "OggVorbis", "mutagen.oggvorbis"),
    (b"\x7fFLAC", "OggFLAC", "mutagen.oggflac"),
    (b"Speex   ", "OggSpeex", "mutagen.oggspeex"),
)
_BY_TYPE = {
    "audio/mpeg": "mp3",
    "audio/flac": "flac",
    "audio/ogg": "ogg",
    "audio/mp4": "mp4",
    "video/mp4": "mp4",
    "audio/wav": "wav",
    "audio/x-rf64": "wav",
}
# What a tag library may stumble over in a broken file.
_BROKEN = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, EOFError, struct.error,
           AssertionError, NotImplementedError, MemoryError, RecursionError)  # fmt: skip


class TagError(Exception):
    """The tags of this file cannot be read or written; the message is a plain clause."""


def container_of(source: Source) -> str | None:
    """The kind of an open file: "mp3", "flac", "ogg", "mp4" or "wav"; None for one that takes no labels."""
    found = media_type(source)
    kind = None if found is None else _BY_TYPE.get(found.name)
    if kind == "ogg" and _ogg_class(source.peek(0, 512)) is None:
        return None
    return kind


def read_texts(file: IO[bytes], kind: str, names: tuple[str, ...]) -> dict[str, str]:
    """Those of the named texts that are there. Raises TagError, MissingDependencyError without the extra."""
    return dict(_guarded(lambda: _READERS[kind](file, names)))


def write_texts(file: IO[bytes], kind: str, texts: Mapping[str, str]) -> None:
    """Put the texts in, in place of those of the same names. file: open for reading and writing.

    Raises TagError, OSError, MissingDependencyError without the extra.
    """
    _guarded(lambda: _WRITERS[kind](file, texts))


def _guarded(act: Callable[[], Any]) -> Any:
    with needed("Labels"):
        from mutagen import MutagenError
    try:
        return act()
    except ChunkError as error:
        raise TagError(str(error)) from error
    except (MutagenError, OSError, *_BROKEN) as error:
        # Mutagen raises OSError also for a file that ends early; what the system raised has a number.
        for one in (error, error.__cause__, error.__context__):
            if isinstance(one, OSError) and one.errno is not None:
                raise one from None
        raise TagError("its tags are damaged") from error


def _ogg_class(head: bytes) -> Callable[[IO[bytes]], Any] | None:
    for mark, name, module in _OGG_HEADS:
        if mark in head:
            with needed("Labels"):
                found: Callable[[IO[bytes]], Any] = getattr(import_module(module), name)
            return found
    return None


def _comments(file: IO[bytes], kind: str) -> Any:
    """An open FLAC or Ogg file; its ``tags`` are Vorbis comments."""
    if kind == "flac":
        from mutagen.flac import FLAC

        return FLAC(file)
    file.seek(0)
    opened = _ogg_class(file.read(512))
    if opened is None:
        raise TagError("what it holds takes no labels")
    file.seek(0)
    return opened(file)


def _read_comments(file: IO[bytes], names: tuple[str, ...], kind: str) -> dict[str, str]:
    file.seek(0)
    tags = _comments(file, kind).tags or {}
    return {name: tags[name][0] for name in names if tags.get(name)}


def _write_comments(file: IO[bytes], texts: Mapping[str, str], kind: str) -> None:
    file.seek(0)
    audio = _comments(file, kind)
    if audio.tags is None:
        audio.add_tags()
    for name, text in texts.items():
        audio.tags[name] = [text]
    file.seek(0)
    audio.save(file)


def _read_mp4(file: IO[bytes], names: tuple[str, ...]) -> dict[str, str]:
    from mutagen.mp4 import MP4

    file.seek(0)
    tags: Any = MP4(file).tags or {}
    return {
        name: bytes(tags[_FREE_FORM + name][0]).decode("utf-8", "replace")
        for name in names
        if tags.get(_FREE_FORM + name)
    }


def _write_mp4(file: IO[bytes], texts: Mapping[str, str]) -> None:
    from mutagen.mp4 import MP4, AtomDataType, MP4FreeForm

    file.seek(0)
    audio: Any = MP4(file)
    if audio.tags is None:
        audio.add_tags()
    for name, text in texts.items():
        audio.tags[_FREE_FORM + name] = [MP4FreeForm(text.encode(), dataformat=AtomDataType.UTF8)]
    file.seek(0)
    audio.save(file)


def _id3(file: IO[bytes]) -> Any:
    """The ID3 tag at the head of a file; an empty one where there is none. Frames stay of their version."""
    from mutagen.id3 import ID3, ID3NoHeaderError

    file.seek(0)
    try:
        tags = ID3(file, translate=False)
        if tags.version < (2, 3, 0):  # 2.2 cannot be written any more
            file.seek(0)
            tags = ID3(file)
            tags.update_to_v23()
    except ID3NoHeaderError:
        return ID3()
    return tags


def _id3_texts(tags: Any, names: tuple[str, ...]) -> dict[str, str]:
    frames = {frame.desc.upper(): str(frame.text[0]) for frame in tags.getall("TXXX") if frame.text}
    return {name: frames[name] for name in names if name in frames}


def _set_id3(tags: Any, texts: Mapping[str, str]) -> int:
    """Put the texts in; the version (3 or 4) that the tag then is to be written in."""
    from mutagen.id3 import TXXX, Encoding

    for name, text in texts.items():
        for key in [key for key in tags if key.upper() == f"TXXX:{name}"]:  # also one written as "aigc"
            del tags[key]
        tags.add(TXXX(encoding=Encoding.LATIN1 if text.isascii() else Encoding.UTF16, desc=name, text=[text]))
    return 4 if tags.version >= (2, 4, 0) else 3


def _read_mp3(file: IO[bytes], names: tuple[str, ...]) -> dict[str, str]:
    return _id3_texts(_id3(file), names)


def _write_mp3(file: IO[bytes], texts: Mapping[str, str]) -> None:
    tags = _id3(file)
    version = _set_id3(tags, texts)
    file.seek(0)
    tags.save(file, v2_version=version, v1=1)  # an ID3v1 tag at the end stays if it is there


def _read_wav(file: IO[bytes], names: tuple[str, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    if AIGC in names and (body := read_chunk(file, _AIGC_CHUNK, most=MAX_BYTES)) is not None:
        found[AIGC] = body.rstrip(b"\x00").decode("utf-8", "replace")
    body = read_chunk(file, _ID3_CHUNK, most=_MOST_ID3_BYTES)
    inside = {} if body is None else _id3_texts(_id3(io.BytesIO(body)), names)
    return inside | found


def _write_wav(file: IO[bytes], texts: Mapping[str, str]) -> None:
    others = {name: text for name, text in texts.items() if name != AIGC}
    if others:
        body = read_chunk(file, _ID3_CHUNK, most=_MOST_ID3_BYTES)
        tags = _id3(io.BytesIO(body or b""))
        version = _set_id3(tags, others)
        packed = io.BytesIO()
        tags.save(packed, v2_version=version, padding=lambda _: 0)
        write_chunk(file, _ID3_CHUNK, packed.getvalue())
    if AIGC in texts:
        write_chunk(file, _AIGC_CHUNK, texts[AIGC].encode())


_READERS: dict[str, Callable[[IO[bytes], tuple[str, ...]], dict[str, str]]] = {
    "flac": lambda file, names: _read_comments(file, names, "flac"),
    "ogg": lambda file, names: _read_comments(file, names, "ogg"),
    "mp4": _read_mp4,
    "mp3": _read_mp3,
    "wav": _read_wav,
}
_WRITERS: dict[str, Callable[[IO[bytes], Mapping[str, str]], None]] = {
    "flac": lambda file, texts: _write_comments(file, texts, "flac"),
    "ogg": lambda file, texts: _write_comments(file, texts, "ogg"),
    "mp4": _write_mp4,
    "mp3": _write_mp3,
    "wav": _write_wav,
}
