"""Does a file look like audio or video? Told from its first kilobytes, then from its name.

A cheap sieve before the decoder: it may let a wrong file through (the decoder then says so), but
should not drop a recording. Formats without a signature (raw G.711, old MP3 streams that start
in the middle of a frame) are let through by their extension.
"""

from __future__ import annotations

__all__ = ["MEDIA_EXTENSIONS", "SNIFF_BYTES", "looks_like_media"]

SNIFF_BYTES = 4096

_SIGNATURES: tuple[bytes, ...] = (
    b"fLaC",
    b"OggS",
    b"ID3",
    b"\x1a\x45\xdf\xa3",  # Matroska, WebM
    b"\x30\x26\xb2\x75\x8e\x66\xcf\x11",  # ASF: WMA, WMV
    b"#!AMR",
    b"#!SILK",
    b"\x02#!SILK",
    b".snd",
    b"caff",
    b"wvpk",
    b"MAC ",
    b"TTA1",
    b"MPCK",
    b"MP+",
    b"ADIF",
    b"DSD ",
    b"FRM8",
    b"FLV\x01",
    b"\x0b\x77",  # AC-3
    b"\x7f\xfe\x80\x01",  # DTS
    b"\x00\x00\x01\xba",  # MPEG program stream
    b"\x00\x00\x01\xb3",  # MPEG video sequence
    b"riff\x2e\x91\xcf\x11",  # Wave64
    b"Creative Voice File",
    b"NIST_1A",
    b".RMF",
)
_RIFF = (b"RIFF", b"RIFX", b"RF64", b"BW64")
_RIFF_FORMS = (b"WAVE", b"AVI ")
_IFF_FORMS = (b"AIFF", b"AIFC", b"8SVX")
_QUICKTIME_ATOMS = (b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")
_PICTURE_BRANDS = (b"heic", b"heix", b"heif", b"mif1", b"msf1", b"avif", b"avis", b"crx ")

_EXTENSIONS = (
    ".3g2 .3ga .3gp .aac .ac3 .aif .aifc .aiff .al .alaw .amr .ape .asf .au .avi .awb .caf .dts .f4a .f4v "
    ".flac .flv .g722 .gsm .m2ts .m4a .m4b .m4v .mka .mkv .mov .mp2 .mp3 .mp4 .mpc .mpeg .mpg .mts .oga "
    ".ogg .ogv .opus .qta .ra .ram .rf64 .rm .rmvb .snd .spx .sph .tta .ts .ul .ulaw .voc .vob .w64 .wav "
    ".wave .webm .wma .wmv .wv "
)
MEDIA_EXTENSIONS = frozenset(_EXTENSIONS.split())
# Extensions that also name text or source files: their content decides alone.
_AMBIGUOUS = frozenset({".ts", ".al", ".ram", ".rm", ".ra", ".ul"})


def looks_like_media(head: bytes, suffix: str) -> bool:
    """True when the content or, failing that, the name says audio or video.

    head: the first bytes of the file (``SNIFF_BYTES`` are enough; may be empty).
    suffix: the file name's extension with its dot, any case.
    """
    return _has_signature(head) or (suffix.lower() in MEDIA_EXTENSIONS - _AMBIGUOUS)


def _has_signature(head: bytes) -> bool:
    if head.startswith(_SIGNATURES):
        return True
    if head[:4] in _RIFF:
        return head[8:12] in _RIFF_FORMS
    if head[:4] == b"FORM":
        return head[8:12] in _IFF_FORMS
    if head[4:8] == b"ftyp":
        return head[8:12] not in _PICTURE_BRANDS
    if head[4:8] in _QUICKTIME_ATOMS:
        return True
    return _is_transport_stream(head) or _is_mpeg_audio(head)


def _is_transport_stream(head: bytes) -> bool:
    """MPEG-TS has a sync byte every 188 bytes, M2TS every 192 with 4 bytes before the first."""
    for start, step in ((0, 188), (4, 192)):
        syncs = head[start : start + 4 * step : step]
        if len(syncs) == 4 and set(syncs) == {0x47}:
            return True
    return False


def _is_mpeg_audio(head: bytes) -> bool:
    """Two frame headers where the first says the second must be: MP1, MP2, MP3 or ADTS AAC."""
    if len(head) < 7 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return False
    length = _adts_length(head) if head[1] & 0xF6 == 0xF0 else _mpeg_length(head)
    if length is None or length < 7:
        return False
    if len(head) < length + 2:  # one frame is no recording; UTF-16 text starts with what looks like one
        return False
    return head[length] == 0xFF and head[length + 1] & 0xFE == head[1] & 0xFE


def _adts_length(head: bytes) -> int | None:
    if (head[2] >> 2) & 0x0F > 12:  # sampling-frequency index 13..15 is reserved
        return None
    return (head[3] & 0x03) << 11 | head[4] << 3 | head[5] >> 5


_KBPS_V1 = {
    3: (32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    2: (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    1: (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
}
_KBPS_V2 = {
    3: (32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    2: (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    1: (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_HZ = (44100, 48000, 32000)


def _mpeg_length(head: bytes) -> int | None:
    """Bytes of the MPEG-1/2/2.5 audio frame that starts here; None when the header is impossible."""
    version, layer = (head[1] >> 3) & 3, (head[1] >> 1) & 3  # layer bits: 3 = I, 2 = II, 1 = III
    rate_index, hz_index, padding = head[2] >> 4, (head[2] >> 2) & 3, (head[2] >> 1) & 1
    if version == 1 or layer == 0 or rate_index in (0, 15) or hz_index == 3:
        return None
    kbps = (_KBPS_V1 if version == 3 else _KBPS_V2)[layer][rate_index - 1]
    hz = _HZ[hz_index] // {3: 1, 2: 2, 0: 4}[version]
    if layer == 3:
        return (12 * kbps * 1000 // hz + padding) * 4
    samples = 1152 if layer == 2 or version == 3 else 576
    return samples // 8 * kbps * 1000 // hz + padding
