"""provenance/label_tags.py: each container holds the texts in its own way, and broken ones say so."""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from earwitness.provenance.label_tags import TagError, container_of, read_texts, write_texts
from earwitness.source import open_source

FORMATS = ("wav", "mp3", "flac", "m4a", "ogg")
NAMES = ("AIGC", "AI_DISCLOSURE")
TEXTS = {"AIGC": '{"Label":"1"}', "AI_DISCLOSURE": '{"provider":"Läb"}'}


def kind_of(path: Path) -> str | None:
    source = open_source(path)
    try:
        return container_of(source)
    finally:
        source.close()


def label(path: Path) -> str:
    kind = kind_of(path)
    assert kind is not None
    with path.open("r+b") as file:
        write_texts(file, kind, TEXTS)
    return kind


@pytest.mark.parametrize("ending", FORMATS)
def test_there_and_back(recording: Callable[[str], Path], ending: str) -> None:
    path = recording(ending)
    kind = label(path)
    with path.open("rb") as file:
        assert read_texts(file, kind, NAMES) == TEXTS
        assert read_texts(file, kind, ("AIGC",)) == {"AIGC": TEXTS["AIGC"]}


@pytest.mark.parametrize("ending", ["aac", "aiff"])
def test_those_without_a_place(recording: Callable[[str], Path], ending: str) -> None:
    assert kind_of(recording(ending)) is None


def test_where_the_standard_wants_them(recording: Callable[[str], Path]) -> None:
    """The places of TC260's guide for audio, read by mutagen itself or by hand."""
    from mutagen.flac import FLAC
    from mutagen.id3 import ID3
    from mutagen.mp4 import MP4
    from mutagen.oggopus import OggOpus

    paths = {ending: recording(ending) for ending in FORMATS}
    for path in paths.values():
        label(path)
    assert ID3(paths["mp3"])["TXXX:AIGC"].text == [TEXTS["AIGC"]]
    assert FLAC(paths["flac"])["AIGC"] == [TEXTS["AIGC"]]
    assert OggOpus(paths["ogg"])["aigc"] == [TEXTS["AIGC"]]
    assert bytes(MP4(paths["m4a"])["----:com.apple.iTunes:AIGC"][0]) == TEXTS["AIGC"].encode()
    data = paths["wav"].read_bytes()
    at = data.index(b"AIGC")
    assert data[at + 8 :][: len(TEXTS["AIGC"])] == TEXTS["AIGC"].encode()


@pytest.mark.parametrize("version", [3, 4])
def test_an_mp3_keeps_its_tags_and_their_version(recording: Callable[[str], Path], version: int) -> None:
    from mutagen.id3 import APIC, ID3, TIT2, TXXX, TYER

    path = recording("mp3")
    tags = ID3()
    tags.add(TIT2(encoding=1, text=["Tïtle"]))
    tags.add(TYER(encoding=0, text=["2020"]))
    tags.add(APIC(mime="image/png", data=b"picture"))
    tags.add(TXXX(encoding=0, desc="aigc", text=["an older one"]))
    tags.save(path, v2_version=version, v1=2)
    label(path)
    found = ID3(path, translate=False)
    assert found.version[:2] == (2, version)
    assert found["TIT2"].text == ["Tïtle"]
    assert found["APIC:"].data == b"picture"
    assert [frame.desc for frame in found.getall("TXXX")].count("aigc") == 0
    assert path.read_bytes()[-128:-125] == b"TAG"
    if version == 3:
        assert found["TYER"].text == ["2020"]


def test_a_wav_keeps_the_id3_tag_it_has(recording: Callable[[str], Path]) -> None:
    from mutagen.id3 import TIT2
    from mutagen.wave import WAVE

    path = recording("wav")
    audio: Any = WAVE(path)
    audio.add_tags()
    audio.tags.add(TIT2(encoding=3, text=["Title"]))
    audio.save()
    label(path)
    tags: Any = WAVE(path).tags
    assert tags["TIT2"].text == ["Title"]
    assert tags["TXXX:AI_DISCLOSURE"].text == [TEXTS["AI_DISCLOSURE"]]


@pytest.mark.parametrize("ending", FORMATS)
def test_damaged_files_are_told_apart_from_faults(recording: Callable[[str], Path], ending: str) -> None:
    """Bytes turned or cut away anywhere: texts, or a TagError, never anything else."""
    path = recording(ending)
    kind = label(path)
    whole = path.read_bytes()
    chance = random.Random(7)
    told = 0
    for turn in range(150):
        data = bytearray(whole)
        if turn % 3 == 0:
            del data[chance.randrange(16, len(data)) :]
        for _ in range(1 + turn % 4):
            data[chance.randrange(min(len(data), 4000))] = chance.randrange(256)
        try:
            read_texts(io.BytesIO(data), kind, NAMES)
            write_texts(io.BytesIO(data), kind, TEXTS)
        except TagError:
            told += 1
    assert told > 0


def test_what_is_in_ogg_decides(recording: Callable[[str], Path]) -> None:
    data = recording("ogg").read_bytes().replace(b"OpusHead", b"NotKnown")
    assert container_of(open_source(io.BytesIO(data), "x")) is None
    with pytest.raises(TagError, match="takes no labels"):
        read_texts(io.BytesIO(data), "ogg", NAMES)
