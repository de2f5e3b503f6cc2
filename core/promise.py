"""What a container's own structure promises, against what the file holds: was it cut off?

FFmpeg plays what is there and says nothing when a file ends early; the sizes written in the
headers tell. Only the outermost structure is read, a few bytes a chunk.
"""

from __future__ import annotations

from earwitness.source import Source

__all__ = ["ends_early", "has_frame_count"]

_SLACK = 16  # bytes: pad bytes are often counted but not written
_MAX_CHUNKS = 10_000
_STREAMED = 0x7FFF_0000  # sizes from here on were written by programs that did not know the length yet
_OGG_TAIL = 1 << 17  # an Ogg page has at most 65,307 bytes
_EBML_SEGMENT = bytes.fromhex("18538067")


def ends_early(source: Source) -> bool:
    """True when the container promises more bytes (or an end mark) than the file holds."""
    head = source.peek(0, 12)
    if head[:4] == b"OggS":
        return not _ogg_has_end(source)
    promised = _promised_size(source, head)
    return promised is not None and promised > source.size_bytes + _SLACK


def has_frame_count(source: Source) -> bool:
    """True when an MP3's first frame states how many frames follow (so that its duration is no guess)."""
    start = 0
    head = source.peek(0, 10)
    if head[:3] == b"ID3":
        start = 10 + sum(
            (byte & 0x7F) << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=False)
        )
    first = source.peek(start, 4096)
    return any(mark in first for mark in (b"Xing", b"Info", b"VBRI"))


def _promised_size(source: Source, head: bytes) -> int | None:
    if head[:4] in (b"RIFF", b"RF64", b"BW64") and head[8:12] == b"WAVE":
        return _chunked(source, b"data", "little")
    if head[:4] == b"RIFX":
        return _chunked(source, b"data", "big")
    if head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC"):
        return _chunked(source, b"SSND", "big")
    if head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"styp"):
        return _boxes(source)
    if head[:4] == b"\x1a\x45\xdf\xa3":
        return _ebml(source)
    if head[:4] == b"caff":
        return _caf(source)
    return None


def _chunked(source: Source, wanted: bytes, order: str) -> int | None:
    """End of the ``wanted`` chunk of a RIFF or IFF file."""
    big = order == "big"
    at = 12
    wide: int | None = None
    for _ in range(_MAX_CHUNKS):
        header = source.peek(at, 24)
        if len(header) < 8:
            return None
        size = int.from_bytes(header[4:8], "big" if big else "little")
        if header[:4] == b"ds64":
            wide = int.from_bytes(header[16:24], "little")
        if header[:4] == wanted:
            if size == 0xFFFF_FFFF and wide is not None:
                return at + 8 + wide
            return None if size == 0 or size >= _STREAMED else at + 8 + size
        at += 8 + size + (size & 1)
    return None


def _boxes(source: Source) -> int | None:
    """End of the last top-level box of an MP4/MOV file."""
    at = 0
    for _ in range(_MAX_CHUNKS):
        header = source.peek(at, 16)
        if len(header) < 8:
            return at
        size = int.from_bytes(header[:4], "big")
        if size == 1:
            size = int.from_bytes(header[8:16], "big")
        if size == 0:  # "to the end of the file"
            return None
        if size < 8 or not header[4:8].isascii():
            return None
        at += size
        if at > source.size_bytes:
            return at
    return None


def _ebml(source: Source) -> int | None:
    """End of the segment of a Matroska/WebM file; None when it was recorded without a size."""
    head = source.peek(0, 4096)
    at = head.find(_EBML_SEGMENT)
    if at < 0 or at + 12 > len(head):
        return None
    first = head[at + 4]
    length = 9 - first.bit_length()
    if not 1 <= length <= 8:
        return None
    bits = 7 * length
    value = int.from_bytes(head[at + 4 : at + 4 + length], "big") & ((1 << bits) - 1)
    return None if value == (1 << bits) - 1 else at + 4 + length + value


def _caf(source: Source) -> int | None:
    at = 8
    for _ in range(_MAX_CHUNKS):
        header = source.peek(at, 12)
        if len(header) < 12:
            return None
        size = int.from_bytes(header[4:12], "big", signed=True)
        if size < 0:  # unknown length, only allowed for the data
            return None
        if header[:4] == b"data":
            return at + 12 + size
        at += 12 + size
    return None


def _ogg_has_end(source: Source) -> bool:
    """True when the last page is whole and carries the end-of-stream flag."""
    tail = source.peek(max(0, source.size_bytes - _OGG_TAIL), _OGG_TAIL)
    at = tail.rfind(b"OggS")
    if at < 0 or at + 27 > len(tail):
        return False
    segments = tail[at + 26]
    table = tail[at + 27 : at + 27 + segments]
    whole = len(table) == segments and at + 27 + segments + sum(table) <= len(tail)
    return whole and bool(tail[at + 5] & 4)
