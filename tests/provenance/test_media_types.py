"""provenance/media_types.py: told by bytes, not by names."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest

from earwitness.provenance.media_types import media_type
from earwitness.source import open_source


@pytest.mark.parametrize(
    ("ending", "name", "embeds"),
    [
        ("wav", "audio/wav", True),
        ("mp3", "audio/mpeg", True),
        ("flac", "audio/flac", True),
        ("m4a", "audio/mp4", True),
        ("ogg", "audio/ogg", False),
        ("aac", "audio/aac", False),
        ("aiff", "audio/aiff", False),
    ],
)
def test_real_files(recording: Callable[[str], Path], ending: str, name: str, embeds: bool) -> None:
    data = recording(ending).read_bytes()
    found = media_type(open_source(io.BytesIO(data), "x"))
    assert found is not None
    assert (found.name, found.embeds) == (name, embeds)
    assert f".{ending}" in found.endings


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"\x00\x00\x00\x18ftypisom", "video/mp4"),
        (b"\x00\x00\x00\x18ftypqt  ", "video/quicktime"),
        (b"RIFF\x00\x00\x00\x00AVI ", "video/avi"),
        (b"RF64\xff\xff\xff\xffWAVE", "audio/x-rf64"),
        (b"\x1a\x45\xdf\xa3", "video/x-matroska"),
        (b"ID3\x04\x00\x00\x00\x00\x00\x05\x01\x02\x03\x04\x05fLaC", "audio/flac"),
        (b"ID3\x04\x00\x00\x00\x00\x00\x01\x01\xff\xf1\x50", "audio/aac"),
        (b"ID3\x04\x00\x00\x00\x00\x00\x01\x01\xff\xfb\x50", "audio/mpeg"),
    ],
)
def test_other_heads(head: bytes, name: str) -> None:
    found = media_type(open_source(io.BytesIO(head + b"\xfe" * 99), "x"))
    assert found is not None
    assert found.name == name


def test_strangers() -> None:
    for head in (b"RIFF\x00\x00\x00\x00WEBP", b"\x01\x02\x03\x04", b"\xff\x00"):
        assert media_type(open_source(io.BytesIO(head + b"\xfe" * 99), "x")) is None
