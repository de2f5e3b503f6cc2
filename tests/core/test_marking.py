"""core/marking.py: files keep their form, and nothing is ever half written."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import fake_marks
import numpy as np
import pytest

import earwitness
from earwitness import schemes
from earwitness.audio import load_audio, open_audio
from earwitness.errors import (
    AudioDecodeError,
    CannotHoldMarkError,
    EarWitnessError,
    KeyNotFoundError,
    KeyRevokedError,
    MarkNotReadBackError,
    NotAudioError,
    SourceNotFoundError,
    TargetError,
    UsageError,
)
from earwitness.marking import mark
from earwitness.provenance.keys import KeyRing
from earwitness.verifying import verify

Sound = Callable[..., np.ndarray]
Encode = Callable[..., bytes]


@pytest.fixture
def ring(tmp_path: Path) -> KeyRing:
    ring = KeyRing(tmp_path / "keys" / "keys.json", {})
    ring.create("studio")
    ring.create("other")
    return ring


@pytest.fixture(autouse=True)
def scheme(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The fake scheme instead of the real one: these tests are about files."""
    fake = fake_marks.FakeWatermark()
    for module in ("marking", "verifying"):
        monkeypatch.setattr(f"earwitness.{module}.load_scheme", lambda _="default": fake)
    yield
    schemes._built.clear()


@pytest.fixture
def place(tmp_path: Path, speech_like: Sound, encode: Encode) -> Callable[..., Path]:
    """``place(name, container, codec, rate=, channels=, **)``: a recording of 4 s as a file."""

    def lay(
        name: str, container: str, codec: str, rate: int = 16000, channels: int = 1, **options: object
    ) -> Path:
        sound = np.stack([speech_like(4.0, rate, 0.4, seed) for seed in range(channels)])
        path = tmp_path / name
        path.write_bytes(encode(sound, rate, container, codec, **options))
        return path

    return lay


FORMS = [
    ("a.wav", "wav", "pcm_s16le", 16000, 1, None),
    ("a.wav", "wav", "pcm_s24le", 48000, 2, None),
    ("a.wav", "wav", "pcm_f32le", 44100, 6, None),
    ("a.wav", "wav", "pcm_u8", 8000, 1, None),
    ("a.wav", "wav", "pcm_mulaw", 8000, 1, None),
    ("a.flac", "flac", "flac", 22050, 2, None),
    ("a.mp3", "mp3", "libmp3lame", 44100, 2, 96_000),
    ("a.mp3", "mp3", "libmp3lame", 16000, 1, 32_000),
    ("a.m4a", "ipod", "aac", 44100, 2, 96_000),
    ("a.mp4", "mp4", "aac", 48000, 1, 64_000),
    ("a.aac", "adts", "aac", 16000, 1, 48_000),
    ("a.ogg", "ogg", "libopus", 48000, 2, 64_000),
    ("a.opus", "ogg", "libopus", 48000, 1, 32_000),
    ("a.webm", "webm", "libopus", 48000, 1, 48_000),
    ("a.mka", "matroska", "pcm_s16le", 32000, 1, None),
    ("a.aiff", "aiff", "pcm_s16be", 16000, 2, None),
    ("a.caf", "caf", "pcm_s24be", 44100, 1, None),
    ("a.au", "au", "pcm_s16be", 11025, 1, None),
    ("a.wma", "asf", "wmav2", 44100, 2, 96_000),
]


@pytest.mark.parametrize(("name", "container", "codec", "rate", "channels", "bit_rate"), FORMS)
def test_the_form_of_the_file_is_kept(
    place: Callable[..., Path], ring: KeyRing, tmp_path: Path, name: str, container: str, codec: str,
    rate: int, channels: int, bit_rate: int | None,
) -> None:  # fmt: skip
    source = place(name, container, codec, rate, channels, bit_rate=bit_rate)
    before = source.read_bytes()
    target = tmp_path / f"marked{source.suffix}"
    record = mark(source, target, key="studio", payload=77, keys=ring)
    assert source.read_bytes() == before
    old, new = record.source, record.file
    assert (new.container, new.codec, new.sample_rate, new.channels) == (
        old.container,
        old.codec,
        old.sample_rate,
        old.channels,
    )
    assert new.duration_s == pytest.approx(old.duration_s, abs=0.15)
    if bit_rate:
        assert new.size_bytes == pytest.approx(old.size_bytes, rel=0.25)
    assert [(m.key, m.payload, m.signpost) for m in record.marks] == [("studio", 77, False)]
    found = verify(target, keys=ring)
    assert (found.marked, found.verified, found.proof) == (True, True, True)
    assert (found.key, found.payload) == ("studio", 77)
    assert not verify(source, keys=ring).marked
    assert [p.name for p in tmp_path.iterdir() if ".part" in p.name] == []
