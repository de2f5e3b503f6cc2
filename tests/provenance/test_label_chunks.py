"""provenance/label_chunks.py: chunks go in and out, the sound stays where it is."""

from __future__ import annotations

import io
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earwitness.provenance.label_chunks import ChunkError, read_chunk, write_chunk


def chunk(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def wav(*chunks: bytes) -> io.BytesIO:
    body = b"WAVE" + b"".join(chunks)
    return io.BytesIO(b"RIFF" + struct.pack("<I", len(body)) + body)


FMT = chunk(b"fmt ", struct.pack("<HHIIHH", 1, 1, 8000, 16000, 2, 16))
SOUND = bytes(range(100))
DATA = chunk(b"data", SOUND)


def sizes_add_up(file: io.BytesIO) -> bool:
    data = file.getvalue()
    return struct.unpack("<I", data[4:8])[0] == len(data) - 8


@given(st.lists(st.binary(max_size=33), min_size=1, max_size=4))
def test_written_again_and_again(bodies: list[bytes]) -> None:
    file = wav(FMT, DATA)
    before = file.getvalue()
    for body in bodies:
        write_chunk(file, b"AIGC", body)
        assert read_chunk(file, b"AIGC", most=100) == body
        assert sizes_add_up(file)
    assert file.getvalue()[8 : len(before)] == before[8:]
    assert len(file.getvalue()) == len(before) + len(chunk(b"AIGC", bodies[-1]))  # nothing is left behind


def test_one_in_the_middle_becomes_junk() -> None:
    file = wav(FMT, chunk(b"aigc", b"old one"), DATA)
    write_chunk(file, b"AIGC", b"new")
    assert b"old one" not in file.getvalue()
    assert read_chunk(file, b"AIGC", most=100) == b"new"
    assert read_chunk(file, b"JUNK", most=100) == b"\0" * 7
    assert read_chunk(file, b"data", most=100) == SOUND
    assert sizes_add_up(file)


def test_other_chunks_stay() -> None:
    file = wav(FMT, DATA, chunk(b"LIST", b"INFOINAM"))
    write_chunk(file, b"AIGC", b"x")
    assert read_chunk(file, b"LIST", most=100) == b"INFOINAM"


def test_missing_padding_is_put_there() -> None:
    whole = wav(FMT, chunk(b"data", b"abc")).getvalue()[:-1]
    file = io.BytesIO(whole)
    write_chunk(file, b"AIGC", b"xy")
    assert read_chunk(file, b"AIGC", most=100) == b"xy"
    assert read_chunk(file, b"data", most=100) == b"abc"


def test_past_4_gb_sizes_stand_in_ds64() -> None:
    ds64 = chunk(b"ds64", struct.pack("<QQQI", 0, len(SOUND), 50, 0))
    long_data = b"data" + struct.pack("<I", 0xFFFFFFFF) + SOUND
    file = io.BytesIO(b"RF64" + struct.pack("<I", 0xFFFFFFFF) + b"WAVE" + ds64 + FMT + long_data)
    write_chunk(file, b"AIGC", b"big")
    data = file.getvalue()
    assert read_chunk(file, b"AIGC", most=100) == b"big"
    assert data[4:8] == b"\xff\xff\xff\xff"
    assert struct.unpack("<Q", data[20:28])[0] == len(data) - 8
    assert struct.unpack("<Q", data[28:36])[0] == len(SOUND)


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (io.BytesIO(b"fLaC" + b"\0" * 60), "no WAV"),
        (wav(FMT), "no sound"),
        (io.BytesIO(wav(FMT, DATA).getvalue()[:-20]), "ends early"),
        (wav(FMT, b"data\xff\xff\xff\xff" + SOUND), "ends early"),
    ],
)  # fmt: skip
def test_what_takes_none(file: io.BytesIO, words: str) -> None:
    before = file.getvalue()
    with pytest.raises(ChunkError, match=words):
        write_chunk(file, b"AIGC", b"x")
    assert file.getvalue() == before


def test_a_chunk_that_is_too_long() -> None:
    with pytest.raises(ChunkError, match="too long"):
        read_chunk(wav(FMT, DATA), b"data", most=99)


def test_riff_ends_at_4_gb(tmp_path: object) -> None:
    from pathlib import Path

    path = Path(str(tmp_path)) / "large.wav"
    size = (1 << 32) - 60
    with path.open("w+b") as file:  # a hole, not four gigabytes
        file.write(b"RIFF" + struct.pack("<I", size + 36) + b"WAVE" + FMT + b"data" + struct.pack("<I", size))
        file.truncate(44 + size)
        with pytest.raises(ChunkError, match="4 GB"):
            write_chunk(file, b"AIGC", b"x" * 100)
        assert file.seek(0, 2) == 44 + size
