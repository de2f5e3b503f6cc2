"""A cheap look at a file: may there be Content Credentials in it, or beside it?

Reading them needs a library that takes longer to load than a whole check. So only the places where C2PA
(specification 2.2, annex A) puts a manifest store are looked at: headers are followed, sound is skipped.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from earwitness.source import Source

__all__ = ["SIDECAR", "may_carry"]

SIDECAR = ".c2pa"
_RIFF_HEADS = (b"RIFF", b"RF64", b"BW64")
_BMFF_UUID = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
_STORE_START = b"jumdc2pa"
_MOST_TAG = 16 << 20  # bytes; pictures are smaller
_MOST_PARTS = 100_000  # chunks or boxes: a fragmented film of some hours has thousands


def may_carry(source: Source, path: Path | None) -> bool:
    """True when credentials, or what looks like them, are in the file or in a side-car beside ``path``.

    False is certain for what ``earwitness sign`` and the C2PA library write; True asks for a real reading.
    """
    if path is not None and path.suffix.lower() != SIDECAR and path.with_suffix(SIDECAR).is_file():
        return True
    head = source.peek(0, 16)
    if head[:4] in _RIFF_HEADS:
        return any(name == b"C2PA" for name in _chunks(source))
    if head[4:8] in (b"ftyp", b"moov", b"styp"):
        return any(kind == _BMFF_UUID for kind in _boxes(source))
    if head[:3] == b"ID3":
        size = sum((byte & 0x7F) << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=True))
        return _STORE_START in source.peek(0, min(size + 20, _MOST_TAG))
    return False


def _chunks(source: Source) -> Iterator[bytes]:
    """Names of the chunks of a RIFF file; also of one whose first size is wrong, as streams have it."""
    at = 12
    long = source.peek(0, 4) != b"RIFF"
    for _ in range(_MOST_PARTS):
        head = _header(source, at, 8)
        if len(head) < 8:
            return
        yield head[:4]
        size = int.from_bytes(head[4:], "little")
        if head[:4] == b"data" and size in (0, 0xFFFFFFFF):
            if not long:  # as writers to a pipe leave it: the sound goes on to the end
                return
            size = _long_data(source)
        at += 8 + size + size % 2


def _long_data(source: Source) -> int:
    """Size of the sound of an RF64 file: behind the size of the whole, in its first chunk (EBU Tech 3306)."""
    return int.from_bytes(source.peek(28, 8), "little")


def _header(source: Source, at: int, count: int) -> bytes:
    """Bytes at a place that a file named: none beyond its end, where a size can be too large to go to."""
    return source.peek(at, count) if at < source.size_bytes else b""


def _boxes(source: Source) -> Iterator[bytes]:
    """Types of the outermost boxes of an ISO media file; of a "uuid" box its 16 bytes."""
    at = 0
    for _ in range(_MOST_PARTS):
        head = _header(source, at, 32)
        if len(head) < 8:
            return
        size, body = int.from_bytes(head[:4], "big"), 8
        if size == 1:
            size, body = int.from_bytes(head[8:16], "big"), 16
        yield head[body : body + 16] if head[4:8] == b"uuid" else head[4:8]
        if size < body:  # 0: to the end of the file
            return
        at += size
