"""Which first bytes look like audio or video."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile

from earwitness.cli.scan_sniff import SNIFF_BYTES, looks_like_media


@pytest.mark.parametrize(
    ("container", "codec", "rate"),
    [
        ("wav", "pcm_s16le", 16000),
        ("w64", "pcm_s16le", 16000),
        ("aiff", "pcm_s16be", 16000),
        ("au", "pcm_s16be", 16000),
        ("caf", "pcm_s16be", 16000),
        ("flac", "flac", 16000),
        ("ogg", "libopus", 48000),
        ("mp3", "libmp3lame", 44100),
        ("mp3", "libmp3lame", 22050),
        ("mp3", "libmp3lame", 8000),
        ("mp2", "mp2", 44100),
        ("adts", "aac", 44100),
        ("ipod", "aac", 44100),
        ("mov", "aac", 44100),
        ("matroska", "aac", 44100),
        ("webm", "libopus", 48000),
        ("asf", "wmav2", 44100),
        ("ac3", "ac3", 44100),
        ("mpegts", "aac", 44100),
        ("mpeg", "mp2", 44100),
        ("avi", "pcm_s16le", 16000),
        ("wv", "wavpack", 44100),
        ("tta", "tta", 44100),
    ],
)
def test_encoded_sound_is_media_whatever_its_name(container: str, codec: str, rate: int) -> None:
    head = encode(container, codec, rate)[:SNIFF_BYTES]
    assert looks_like_media(head, ".bin")
    if container == "mp3":  # without the tag in front: only the frames tell
        assert looks_like_media(head[head.index(b"\xff", 10) :], "")


def encode(container: str, codec: str, rate: int) -> bytes:
    buffer = io.BytesIO()
    buffer.name = ""
    options = {"id3v2_version": "4"} if container == "mp3" else {}
    with av.open(buffer, "w", format=container, container_options=options) as output:
        stream = output.add_stream(codec, rate=rate)
        stream.layout = "mono"  # type: ignore[union-attr]
        if codec == "wmav2":  # has no default
            stream.bit_rate = 64_000  # type: ignore[union-attr]
        resampler = av.AudioResampler(format=stream.format, layout="mono", rate=rate)  # type: ignore[union-attr]
        tone = (8000 * np.sin(np.arange(rate * 2) * 0.1)).astype(np.int16).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(tone, format="s16", layout="mono")
        frame.rate = rate
        for piece in (*resampler.resample(frame), *resampler.resample(None)):
            output.mux(stream.encode(piece))  # type: ignore[union-attr]
        output.mux(stream.encode(None))  # type: ignore[union-attr]
    return buffer.getvalue()


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"RIFF\x00\x00\x00\x00WEBPVP8 ",
        b"RIFF\x00\x00\x00\x00ACONanih",
        b"FORM\x00\x00\x00\x00ILBM",
        b"\x00\x00\x00\x18ftypheic\x00\x00",
        b"\x00\x00\x00\x18ftypavif\x00\x00",
        b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(100),
        "hi there".encode("utf-16"),
        ("hi there" * 500).encode("utf-16"),
        b"\x89PNG\r\n\x1a\n",
        b"%PDF-1.7",
        b"PK\x03\x04",
        b"MThd\x00\x00\x00\x06",
        b"plain text, as in a readme\n" * 200,
        b"\xff" * SNIFF_BYTES,
        bytes(SNIFF_BYTES),
        b"\x7fELF\x02\x01\x01",
        b"G" + b"x" * SNIFF_BYTES,
    ],
)
def test_other_content_is_not(head: bytes) -> None:
    assert not looks_like_media(head, ".bin")


def test_random_bytes_are_hardly_ever_media() -> None:
    random = np.random.default_rng(0)
    hits = sum(looks_like_media(random.bytes(SNIFF_BYTES), "") for _ in range(2000))
    assert hits <= 2


@pytest.mark.parametrize(
    ("suffix", "expected"),
    [(".wav", True), (".MP3", True), (".gsm", True), (".ts", False), (".txt", False), ("", False)],
)
def test_the_name_decides_when_the_content_says_nothing(suffix: str, expected: bool) -> None:
    assert looks_like_media(struct.pack("<8h", *range(8)), suffix) is expected


def test_a_wav_written_by_another_library_is_media(tmp_path: Path) -> None:
    path = tmp_path / "x"
    soundfile.write(path, np.zeros(100), 8000, format="RF64")
    assert looks_like_media(path.read_bytes(), "")
