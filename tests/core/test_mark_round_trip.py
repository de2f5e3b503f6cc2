"""With the real scheme: write, mark, verify, in every container and with every codec that can be written."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from earwitness.audio import load_audio, open_audio
from earwitness.encode import Writer
from earwitness.encode_plan import _BY_ENDING, _CHANNELS, _RATES, plan
from earwitness.errors import MarkNotReadBackError
from earwitness.marking import mark
from earwitness.provenance.keys import KeyRing
from earwitness.samples import Float32, resample
from earwitness.verifying import verify

# The mark of so short a clip does not always live through these; then nothing is kept, and that is said.
FRAGILE = frozenset({"gsm_ms", "amr_nb"})
PAIRS = [(ending, codec) for ending, form in _BY_ENDING.items() for codec in form.holds.split()]
CODECS = list({codec: ending for ending, codec in reversed(PAIRS)}.items())


def several(codec: str) -> Iterable[int]:
    return (channels for channels in (2, 6) if channels <= _CHANNELS.get(codec, 6))


@pytest.fixture(scope="module")
def spoken(speech_like: Callable[..., Float32], noise: Callable[..., Float32]) -> Float32:
    """Four seconds at 16 kHz, (n,)."""
    return speech_like(4.0, level=0.3, seed=5) + noise(4.0, level=0.002)


@pytest.fixture(scope="module")
def ring(tmp_path_factory: pytest.TempPathFactory) -> KeyRing:
    ring = KeyRing(tmp_path_factory.mktemp("keys") / "keys.json", {})
    ring.create("studio")
    return ring


def write(spoken: Float32, path: Path, codec: str, channels: int) -> Float32:
    """A recording with this codec, at 16 kHz where it can; returns what went in."""
    rate = min(_RATES.get(codec, (16_000,)), key=lambda r: abs(r - 16_000))
    sound = resample(np.stack([np.roll(spoken, 500 * n) for n in range(channels)]), 16_000, rate)
    plain = path.with_name("plain.wav")
    soundfile.write(plain, sound.T, rate, subtype="FLOAT")
    with open_audio(plain) as stream, plain.open("rb") as original:
        form = dataclasses.replace(stream.form, codec=codec, bit_rate=64_000 * channels)
        writer = Writer(path, plan(form, path), stream.form, original)
        try:
            for block in stream.blocks():
                writer.push(block.samples)
            writer.finish()
        finally:
            writer.close()
    return sound


@pytest.mark.parametrize(("ending", "codec"), PAIRS)
def test_every_ending_holds_its_codecs(spoken: Float32, tmp_path: Path, ending: str, codec: str) -> None:
    path = tmp_path / f"a{ending}"
    sound = write(spoken, path, codec, 1)[0]
    with open_audio(path) as stream:
        assert (stream.form.codec, stream.channels) == (codec, 1)
    heard = load_audio(path).samples[0]
    assert len(heard) == pytest.approx(len(sound), rel=0.05)
    spectrum = np.fft.rfft(heard, 2**18) * np.conj(np.fft.rfft(sound, 2**18))
    likeness = np.fft.irfft(spectrum).max() / np.linalg.norm(heard) / np.linalg.norm(sound)
    assert likeness > 0.8


@pytest.mark.parametrize(
    ("codec", "ending", "channels"),
    [(codec, ending, 1) for codec, ending in CODECS]
    + [(codec, ending, n) for codec, ending in CODECS if codec[:4] != "pcm_" for n in several(codec)],
)
def test_there_and_back(
    spoken: Float32, ring: KeyRing, tmp_path: Path, codec: str, ending: str, channels: int
) -> None:
    source, target = tmp_path / f"a{ending}", tmp_path / f"b{ending}"
    write(spoken, source, codec, channels)
    before = source.read_bytes()
    try:
        record = mark(source, target, key="studio", payload=77, strength="strong", keys=ring)
    except MarkNotReadBackError:
        assert codec in FRAGILE
        assert not target.exists()
        return
    assert source.read_bytes() == before
    assert (record.file.codec, record.file.channels) == (codec, channels)
    assert record.file.sample_rate == record.source.sample_rate
    assert record.file.duration_s == pytest.approx(record.source.duration_s, abs=0.15)
    found = verify(target, keys=ring)
    assert (found.proof, found.key, found.payload) == (True, "studio", 77)
    assert not verify(source, keys=ring).marked


def wide_band_amr() -> bytes:
    """No encoder comes with PyAV: 5 s of 23.05 kbit/s frames (58 bytes) with arbitrary parameters."""
    bits = np.random.default_rng(3)
    return b"#!AMR-WB\n" + b"".join(b"\x3c" + bits.bytes(58) for _ in range(250))


@pytest.mark.parametrize("name", ["b.wav", "b.flac", "b.3gp", "b.amr"])
@pytest.mark.parametrize("kind", ["amr_nb", "amr_wb"])
def test_telephone_recordings_go_where_they_can(
    spoken: Float32, ring: KeyRing, tmp_path: Path, kind: str, name: str
) -> None:
    source, target = tmp_path / "a.amr", tmp_path / name
    if kind == "amr_wb":
        source.write_bytes(wide_band_amr())
    else:
        write(spoken, source, kind, 1)
    try:
        record = mark(source, target, key="studio", payload=77, strength="strong", keys=ring)
    except MarkNotReadBackError:
        assert target.suffix in (".amr", ".3gp")
        assert not target.exists()
        return
    assert record.source.codec == kind
    assert any("duller" in warning for warning in record.warnings) is (kind == "amr_wb" and name == "b.amr")
    found = verify(target, keys=ring)
    assert (found.proof, found.payload) == (True, 77)
