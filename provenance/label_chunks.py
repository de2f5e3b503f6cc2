"""Chunks of WAV files (RIFF, and RF64 for those past 4 GB): read, and written in place.

A new chunk goes to the end, after the sound, so that not a byte of the sound moves. One that is replaced and
is not the last becomes JUNK, which programs skip. Layout: RIFF (1991); EBU Tech 3306 for RF64.
"""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass
from typing import IO

__all__ = ["ChunkError", "read_chunk", "write_chunk"]

_HEADER = struct.Struct("<4sI")
_IN_DS64 = 0xFFFFFFFF  # a size that stands in the ds64 chunk instead
_MOST_CHUNKS = 10_000
_RIFF_SIZE_AT, _DS64_BODY_AT = 4, 20


class ChunkError(ValueError):
    """The file cannot take a chunk; the message is a plain clause."""


@dataclass(frozen=True, slots=True)
class _Chunk:
    """name: four bytes. at: position of its header. size: bytes of its body, without padding."""

    name: bytes
    at: int
    size: int

    @property
    def end(self) -> int:
        return self.at + _HEADER.size + self.size + self.size % 2


def read_chunk(file: IO[bytes], name: bytes, *, most: int) -> bytes | None:
    """The body of the first chunk of this name, in any case of letters; None where there is none.

    Raises ChunkError when it is longer than ``most`` bytes, or the file is no WAV.
    """
    for chunk in _chunks(file):
        if chunk.name.lower() == name.lower():
            if chunk.size > most:
                raise ChunkError("it is too long")
            file.seek(chunk.at + _HEADER.size)
            return file.read(chunk.size)
    return None


def write_chunk(file: IO[bytes], name: bytes, body: bytes) -> None:
    """Put this chunk in, instead of any of the same name. file: open for reading and writing.

    Raises ChunkError for a file whose chunks do not add up, or that would grow past what RIFF can say.
    """
    chunks = _chunks(file)
    end = _end_of(file, chunks)
    old = [chunk for chunk in chunks if chunk.name.lower() == name.lower()]
    while old and old[-1].end == end:  # the last ones can go altogether
        end = old.pop().at
    packed = _HEADER.pack(name, len(body)) + body + b"\x00" * (len(body) % 2)
    _refuse_growth(file, end + len(packed) - 8)
    file.seek(end)
    file.write(packed)
    file.truncate()
    for chunk in old:
        file.seek(chunk.at)
        file.write(_HEADER.pack(b"JUNK", chunk.size) + b"\x00" * chunk.size)
    _set_size(file, end + len(packed) - 8)
    file.flush()


def _chunks(file: IO[bytes]) -> list[_Chunk]:
    file.seek(0)
    head = file.read(12)
    if head[:4] not in (b"RIFF", b"RF64", b"BW64") or head[8:12] != b"WAVE":
        raise ChunkError("it is no WAV file")
    found: list[_Chunk] = []
    at, data_size = 12, None
    while len(found) < _MOST_CHUNKS:
        file.seek(at)
        header = file.read(_HEADER.size)
        if len(header) < _HEADER.size:
            break
        name, size = _HEADER.unpack(header)
        if name == b"ds64":
            body = file.read(16)
            data_size = int.from_bytes(body[8:16], "little")
        elif name == b"data" and size == _IN_DS64 and data_size is not None:
            size = data_size
        found.append(_Chunk(name, at, size))
        at = found[-1].end
    return found


def _end_of(file: IO[bytes], chunks: list[_Chunk]) -> int:
    """Where the last chunk ends. Padding that a writer forgot at the end is put there."""
    actual = file.seek(0, os.SEEK_END)
    end = chunks[-1].end if chunks else 12
    if not any(chunk.name == b"data" for chunk in chunks):
        raise ChunkError("it holds no sound")
    if end == actual + 1 and chunks[-1].size % 2:
        file.write(b"\x00")
        actual += 1
    if end > actual:
        raise ChunkError("it ends early, or its length was never written")
    return end


def _refuse_growth(file: IO[bytes], size: int) -> None:
    file.seek(0)
    if file.read(4) == b"RIFF" and size >= _IN_DS64:
        raise ChunkError("a WAV file cannot grow past 4 GB")


def _set_size(file: IO[bytes], size: int) -> None:
    file.seek(0)
    if file.read(4) == b"RIFF":
        file.seek(_RIFF_SIZE_AT)
        file.write(struct.pack("<I", size))
    else:
        file.seek(_DS64_BODY_AT)
        file.write(struct.pack("<Q", size))
