"""What a file is, by its first bytes, as far as Content Credentials need to know."""

from __future__ import annotations

from dataclasses import dataclass

from earwitness.source import Source

__all__ = ["SIDECAR_ENDINGS", "MediaType", "media_type"]

_HEAD_BYTES = 64


@dataclass(frozen=True, slots=True)
class MediaType:
    """name: the media type. endings: of files of this type. embeds: the C2PA library can write into it."""

    name: str
    endings: tuple[str, ...]
    embeds: bool


_MP4_ENDINGS = (".mp4", ".m4v", ".m4a", ".m4b", ".3gp", ".mov")
_WAV = MediaType("audio/wav", (".wav", ".wave"), True)
_AVI = MediaType("video/avi", (".avi",), True)
_FLAC = MediaType("audio/flac", (".flac",), True)
_MP3 = MediaType("audio/mpeg", (".mp3", ".mp2", ".mpga"), True)
_M4A = MediaType("audio/mp4", _MP4_ENDINGS, True)
_MP4 = MediaType("video/mp4", _MP4_ENDINGS, True)
_MOV = MediaType("video/quicktime", _MP4_ENDINGS, True)
_OGG = MediaType("audio/ogg", (".ogg", ".oga", ".opus"), False)
_AAC = MediaType("audio/aac", (".aac",), False)
_AIFF = MediaType("audio/aiff", (".aif", ".aiff", ".aifc"), False)
_MATROSKA = MediaType("video/x-matroska", (".webm", ".mka", ".mkv"), False)
_CAF = MediaType("audio/x-caf", (".caf",), False)
_AU = MediaType("audio/basic", (".au", ".snd"), False)
_ASF = MediaType("audio/x-ms-wma", (".wma", ".asf", ".wmv"), False)
_BIG_WAV = MediaType("audio/x-rf64", (".wav", ".wave", ".rf64", ".bw64"), False)
_W64 = MediaType("audio/x-w64", (".w64",), False)
_AMR = MediaType("audio/amr", (".amr",), False)

_BY_START: tuple[tuple[bytes, MediaType], ...] = (
    (b"fLaC", _FLAC),
    (b"OggS", _OGG),
    (b"RF64", _BIG_WAV),
    (b"BW64", _BIG_WAV),
    (b"riff\x2e\x91\xcf\x11", _W64),
    (b"\x1a\x45\xdf\xa3", _MATROSKA),
    (b"caff", _CAF),
    (b".snd", _AU),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", _ASF),
    (b"#!AMR", _AMR),
)
SIDECAR_ENDINGS = tuple(
    ending
    for kind in (_OGG, _AAC, _AIFF, _MATROSKA, _CAF, _AU, _ASF, _W64, _AMR, _BIG_WAV)
    for ending in kind.endings
)
"""Of files that may need a side-car."""
_MPEG_LAYER = 0b110  # bits of an MPEG frame's second byte; 00 is ADTS, raw AAC


def media_type(source: Source) -> MediaType | None:
    """The type of an open file; None for one we do not know."""
    head = source.peek(0, _HEAD_BYTES)
    if head[:3] != b"ID3":
        return _by_head(head)
    # A tag comes first: of an MP3, but also of raw AAC, and of FLAC, where C2PA puts credentials into it.
    size = sum((byte & 0x7F) << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=False))
    behind = source.peek(10 + size, _HEAD_BYTES)
    return _by_head(behind) or _MP3


def _by_head(head: bytes) -> MediaType | None:
    if head[:4] == b"RIFF":
        return {b"WAVE": _WAV, b"AVI ": _AVI}.get(head[8:12])
    if head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC"):
        return _AIFF
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        return _M4A if brand in (b"M4A ", b"M4B ") else _MOV if brand == b"qt  " else _MP4
    for start, found in _BY_START:
        if head.startswith(start):
            return found
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0:
        return _MP3 if head[1] & _MPEG_LAYER else _AAC
    return None
