"""What the outermost structure promises, file by file."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from earwitness.promise import ends_early, has_frame_count
from earwitness.source import Source

Float32 = npt.NDArray[np.float32]
Maker = Callable[..., Float32]
Encode = Callable[..., bytes]


def source(data: bytes) -> Source:
    return Source(io.BytesIO(data), "a", len(data), True)


@pytest.mark.parametrize(
    ("container", "codec"),
    [
        ("wav", "pcm_s16le"), ("aiff", "pcm_s16be"), ("caf", "pcm_s16le"), ("ogg", "libopus"),
        ("ipod", "aac"), ("mov", "pcm_s16le"), ("webm", "libopus"), ("matroska", "aac"),
    ],
)  # fmt: skip
def test_whole_files_keep_their_promise_and_cut_ones_do_not(
    container: str, codec: str, encode: Encode, tone: Maker
) -> None:
    data = encode(tone(1.0, 48000), 48000, container, codec)
    assert not ends_early(source(data))
    assert ends_early(source(data[:-100]))
    assert ends_early(source(data[: len(data) // 2]))


@pytest.mark.parametrize("size", [0, 0xFFFFFFFF, 0x7FFFFFFF, 0x7FFFF000])
def test_streamed_wav_promises_nothing(size: int, encode: Encode, tone: Maker) -> None:
    data = bytearray(encode(tone(0.5), 16000, "wav", "pcm_s16le"))
    at = data.index(b"data") + 4
    data[at : at + 4] = size.to_bytes(4, "little")
    assert not ends_early(source(bytes(data[:-100])))


def test_wide_wav_is_measured_by_its_wide_size() -> None:
    head = b"RF64\xff\xff\xff\xffWAVEds64" + (28).to_bytes(4, "little")
    sizes = (4000).to_bytes(8, "little") + (3000).to_bytes(8, "little") + bytes(12)
    data = head + sizes + b"data\xff\xff\xff\xff" + bytes(3000)
    assert not ends_early(source(data))
    assert ends_early(source(data[:-500]))


@pytest.mark.parametrize(
    "data", [b"", b"RIFF", b"OggS", b"\x1a\x45\xdf\xa3", b"caff", bytes(100), b"FORM" + bytes(9)]
)
def test_stumps_do_not_crash(data: bytes) -> None:
    assert ends_early(source(data)) in (True, False)


def test_frame_count_of_an_mp3(encode: Encode, tone: Maker) -> None:
    counted = encode(tone(1.0, 44100), 44100, "mp3", "libmp3lame")
    assert has_frame_count(source(counted))
    bare = encode(
        tone(1.0, 44100), 44100, "mp3", "libmp3lame", None, {"write_xing": "0", "id3v2_version": "0"}
    )
    assert not has_frame_count(source(bare))
