"""core/credential_look.py: every file that the library signs is noticed, others are not; nothing crashes."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from earwitness.credential_look import may_carry
from earwitness.credentials import Claim
from earwitness.digital_source import DigitalSource
from earwitness.provenance.credentials import ContentCredentials
from earwitness.provenance.identities import Identities
from earwitness.provenance.trust import TrustList
from earwitness.source import open_source

FORMS = {
    "wav": ("wav", "pcm_s16le"),
    "mp3": ("mp3", "libmp3lame"),
    "flac": ("flac", "flac"),
    "m4a": ("ipod", "aac"),
    "ogg": ("ogg", "libopus"),
}


def noticed(path: Path) -> bool:
    opened = open_source(path)
    try:
        return may_carry(opened, path)
    finally:
        opened.close()


@pytest.mark.parametrize("ending", FORMS)
def test_signed_files_are_noticed_and_others_not(
    ending: str, tmp_path: Path, tone: Callable[..., np.ndarray], encode: Callable[..., bytes]
) -> None:
    store = Identities(tmp_path / "certificates")
    store.create("studio", organization="Demo Lab", days=9)
    signer = ContentCredentials(store, TrustList(tmp_path / "trust"))
    plain, signed = tmp_path / f"plain.{ending}", tmp_path / f"signed.{ending}"
    plain.write_bytes(encode(tone(1.0), 16_000, *FORMS[ending]))
    signer.sign(plain, signed, Claim(DigitalSource.GENERATED))
    assert noticed(signed)
    assert not noticed(plain)


def test_a_side_car_is_noticed(tmp_path: Path, write_wav: Callable[..., Path]) -> None:
    path = write_wav(np.zeros(1600, np.float32), name="a.wav")
    assert not noticed(path)
    (tmp_path / "a.c2pa").write_bytes(b"x")
    assert noticed(path)
    opened = open_source(io.BytesIO(path.read_bytes()), "a.wav")
    assert not may_carry(opened, None)


@pytest.mark.parametrize("seed", range(40))
def test_broken_headers_end(seed: int) -> None:
    """Sizes of any value, zero among them: the look ends, whatever it says."""
    random = np.random.default_rng(seed)
    heads = (
        b"RIFF\0\0\0\0WAVE",
        b"RF64\xff\xff\xff\xffWAVEds64",
        b"\0\0\0\x18ftypM4A ",
        b"ID3\4\0\0\x7f\x7f\x7f\x7f",
    )
    data = heads[seed % 4] + random.integers(0, 2 + 254 * (seed % 3), 5_000).astype(np.uint8).tobytes()
    opened = open_source(io.BytesIO(data), "x")
    assert may_carry(opened, None) in (True, False)


@pytest.mark.parametrize("head", [b"RIFF", b"RF64", b"BW64"])
@pytest.mark.parametrize("size", [0, 0xFFFFFFFF, 0xFFFFFFFE])
def test_sound_without_a_size_ends_the_look(head: bytes, size: int) -> None:
    """As ffmpeg writes to a pipe. What lies where RF64 keeps its size may be too large to go to."""
    wild = b"\xff" * 16
    data = head + b"\xff\xff\xff\xffWAVEds64" + (16).to_bytes(4, "little") + wild + b"data"
    data += size.to_bytes(4, "little") + bytes(100_000)
    assert not may_carry(open_source(io.BytesIO(data), "x"), None)


def test_a_box_of_a_wild_size_ends_the_look() -> None:
    data = b"\0\0\0\x10ftypM4A \0\0\0\0" + b"\0\0\0\1mdat" + b"\xff" * 8 + bytes(100)
    assert not may_carry(open_source(io.BytesIO(data), "x"), None)
