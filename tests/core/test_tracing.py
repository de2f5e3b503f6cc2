"""core/tracing.py: marked, signed, recorded; re-encoded and stripped; traced back; transplants called out."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import soundfile

import earwitness
from earwitness import tracing
from earwitness.audio import load_audio
from earwitness.credentials import Claim, CredentialState, SoftBinding, load_credentials
from earwitness.digital_source import DigitalSource
from earwitness.errors import RegistryAbsentError
from earwitness.generators.mel import MelConfig, stft, waveform
from earwitness.key_rings import load_ring
from earwitness.marking import mark
from earwitness.origin import By, Comparison
from earwitness.provenance.certificates import to_pem
from earwitness.provenance.identities import Identities
from earwitness.provenance.keys import KeyRing
from earwitness.provenance.trust import TrustList
from earwitness.records import Record, load_registry
from earwitness.resolvers import Resolution, Resolved
from earwitness.soft_bindings import bind
from earwitness.tracing import take_fingerprint, trace

Float32 = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Studio:
    """What a studio gave out: the original, and the marked, signed and recorded file."""

    plain: Path
    signed: Path
    record: Record


@pytest.fixture
def studio(tmp_path: Path, speech_like: Callable[..., Float32], monkeypatch: pytest.MonkeyPatch) -> Studio:
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.setenv("EARWITNESS_KEYS", str(tmp_path / "keys.json"))
    monkeypatch.delenv("EARWITNESS_REGISTRY", raising=False)
    KeyRing().create("studio")
    Identities().create("studio", organization="Demo Lab", days=365)
    root = Identities().get("studio").root
    assert root is not None
    TrustList().add("studio", to_pem([root]).encode())
    plain, marked, signed = (tmp_path / f"{name}.wav" for name in ("plain", "marked", "signed"))
    soundfile.write(plain, speech_like(12.0, seed=4), 16_000)
    with load_registry() as registry:
        key = load_ring().get("studio")
        payload = registry.reserve((key.key_id,))
        mark(plain, marked, key="studio", payload=payload)
        binding = bind("patchwork-1", key.key_id, payload)
        claim = Claim(DigitalSource.GENERATED, soft_bindings=(binding,))
        done = load_credentials().sign(marked, signed, claim)
        record = Record(
            content_sha256=earwitness.verify(signed).file.sha256,
            payload=payload,
            key_ids=(key.key_id,),
            scheme="patchwork-1",
            fingerprint=take_fingerprint(signed),
            manifest=done.manifest,
            manifest_type="application/c2pa",
        )
        registry.add(record)
    return Studio(plain, signed, record)


def test_the_signed_file_itself(studio: Studio) -> None:
    found = trace(studio.signed)
    (origin,) = found.origins
    assert (origin.by, origin.comparison) == (By.MARK, Comparison.SAME)
    assert found.credentials is not None
    assert found.credentials.state is CredentialState.TRUSTED
    assert not found.transferred
    assert found.labels is not None
    assert not found.labels.any
    assert len(found.missing) == 1  # the label


def test_re_encoded_and_stripped_everything_comes_back(
    studio: Studio, tmp_path: Path, encode: Callable[..., bytes]
) -> None:
    copy = tmp_path / "copy.mp3"
    sound = load_audio(studio.signed, rate=16_000, mono=True).mono()
    copy.write_bytes(encode(sound, 16_000, "mp3", "libmp3lame", 64_000))
    found = trace(copy)
    (origin,) = found.origins
    assert (origin.by, origin.comparison) == (By.MARK, Comparison.SAME_SOUND)
    assert origin.credentials is not None
    assert origin.credentials.state is CredentialState.TRUSTED
    assert origin.credentials.says_generated
    assert found.credentials is not None
    assert found.credentials.state is CredentialState.ABSENT
    assert any("taken off" in text for text in found.missing)
    assert "re-encoded" in found.sentence
    told = json.loads(found.to_json())
    assert told["schema"] == "earwitness.trace/1"
    assert told["origins"][0]["record"]["id"] == studio.record.record_id
    assert "unchanged since" not in told["origins"][0]["credentials"]["sentence"]


def test_without_trust_the_restored_credentials_are_a_claim(studio: Studio, tmp_path: Path) -> None:
    TrustList().remove("studio")
    copy = tmp_path / "copy.wav"
    soundfile.write(copy, load_audio(studio.signed, rate=16_000, mono=True).mono(), 16_000)
    (origin,) = trace(copy).origins
    assert origin.credentials is not None
    assert origin.credentials.state is CredentialState.UNTRUSTED


def test_a_transplanted_mark_is_called_out(studio: Studio, tmp_path: Path) -> None:
    """What was done to the spectrum of one recording is done to another: no key is needed for it."""
    plain = load_audio(studio.plain, rate=16_000, mono=True).mono()
    marked = load_audio(studio.signed, rate=16_000, mono=True).mono()
    config = MelConfig()
    gain = np.abs(stft(marked, config)) / np.maximum(np.abs(stft(plain, config)), 1e-6)
    # Babble of another seed shares its rhythm; noise shares nothing.
    other = stft(0.2 * np.random.default_rng(9).standard_normal(plain.size).astype(np.float32), config)
    target = tmp_path / "other.wav"
    moved = waveform(other * np.clip(gain, 0.25, 4).astype(np.float32), plain.size, config)
    soundfile.write(target, 0.5 * moved, 16_000)
    found = trace(target)
    assert found.verification.verified
    assert found.transferred
    assert found.origins[0].comparison is Comparison.TRANSFERRED
    assert "TRANSFERRED" in found.sentence


def test_nothing_known_and_no_registry(
    tmp_path: Path, speech_like: Callable[..., Float32], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.setenv("EARWITNESS_KEYS", str(tmp_path / "keys.json"))
    monkeypatch.delenv("EARWITNESS_REGISTRY", raising=False)
    path = tmp_path / "plain.wav"
    soundfile.write(path, speech_like(3.0), 16_000)
    found = trace(path)
    assert (found.origins, found.registry, found.transferred) == ((), None, False)
    assert "No registry" in " ".join(found.missing)
    assert "Nothing here" in found.sentence
    assert not (tmp_path / "XDG_DATA_HOME" / "earwitness").exists()  # looking makes nothing
    with pytest.raises(RegistryAbsentError, match="no registry here yet"):
        trace(path, registry=str(tmp_path / "none.db"))


class _Asked:
    """Resolvers that answer with one manifest, whatever they are asked."""

    addresses = ("https://resolver.example/v1",)

    def __init__(self, manifest: bytes) -> None:
        self.manifest = manifest

    def resolve(self, bindings: Sequence[SoftBinding]) -> Resolution:
        found = tuple(Resolved(self.addresses[0], one, "urn:c2pa:1", self.manifest) for one in bindings[:1])
        return Resolution(found, self.addresses)


def test_resolvers_are_asked_only_when_told_to_and_believed_only_about_this_mark(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert studio.record.manifest is not None
    found = trace(studio.signed, resolve=True)
    assert found.fetched == ()
    assert "EARWITNESS_RESOLVERS" in " ".join(found.warnings)
    monkeypatch.setattr(tracing, "load_resolvers", lambda: _Asked(studio.record.manifest))
    assert trace(studio.signed).fetched == ()
    (report,) = trace(studio.signed, resolve=True).fetched
    assert report.state is CredentialState.TRUSTED
    other = load_credentials().sign(studio.plain, tmp_path / "other.wav", Claim(DigitalSource.CAPTURED))
    monkeypatch.setattr(tracing, "load_resolvers", lambda: _Asked(other.manifest))
    found = trace(studio.signed, resolve=True)
    assert found.fetched == ()
    assert "do not name the mark" in " ".join(found.warnings)
