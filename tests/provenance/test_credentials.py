"""provenance/credentials.py: sign, read, tamper, strip; for every container, inside it or beside it."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from earwitness import plugins
from earwitness.audio import load_audio
from earwitness.credentials import Claim, CredentialState, SoftBinding, load_credentials
from earwitness.digital_source import DigitalSource
from earwitness.errors import (
    CertificateNotFoundError,
    CredentialError,
    NotAudioError,
    SourceNotFoundError,
    SourceUnreadableError,
    TargetError,
)
from earwitness.provenance.credentials import ContentCredentials

INSIDE = ("wav", "mp3", "flac", "m4a")
BESIDE = ("ogg", "aac", "aiff")
GENERATED = Claim(
    DigitalSource.GENERATED,
    title="A test",
    agent="Piper 1.2",
    soft_bindings=(
        SoftBinding("org.earwitness.patchwork.1", b"\x01\x02\x03\x04\x00\x00\x00\x2a", 0.25, 0.75),
    ),
)
EDITED = Claim(DigitalSource.HUMAN_EDITS)
Recording = Callable[[str], Path]


def changed(path: Path, at: float = 0.6) -> Path:
    """The file with one bit of its sound changed; a side-car goes along."""
    data = bytearray(path.read_bytes())
    # In a WAV credentials come last, in other containers before the sound.
    start, end = 100, data.find(b"jumb")
    if path.suffix != ".wav":
        inside = data.find(b"jumb") if path.suffix in (".mp3", ".flac", ".m4a") else -1
        size = int.from_bytes(data[inside - 4 : inside], "big") if inside > 0 else 0
        start, end = max(inside + size, data.find(b"mdat"), 100), len(data)
    data[start + int(at * (end - start))] ^= 1
    out = path.with_name(f"changed{path.suffix}")
    out.write_bytes(data)
    beside = path.with_suffix(".c2pa")
    if beside.exists():
        shutil.copy(beside, out.with_suffix(".c2pa"))
    return out


@pytest.mark.parametrize("ending", [*INSIDE, *BESIDE])
def test_signed_files_read_back(
    trusted: ContentCredentials, recording: Recording, tmp_path: Path, ending: str
) -> None:
    source, out = recording(ending), tmp_path / f"signed.{ending}"
    signed = trusted.sign(source, out, GENERATED)
    report = trusted.read(out)
    assert report == signed.report
    assert report.state is CredentialState.TRUSTED
    assert report.problems == ()
    assert report.place == ("embedded" if ending in INSIDE else "side-car")
    assert report.signer is not None
    assert (report.signer.name, report.signer.organization) == ("studio", "Demo Lab")
    assert report.title == "A test"
    assert report.generator is not None
    assert report.generator.startswith("EarWitness")
    assert [(a.name, a.agent, a.digital_source) for a in report.actions] == [
        ("c2pa.created", "Piper 1.2", "trainedAlgorithmicMedia"),
        ("c2pa.watermarked.bound", None, None),
    ]
    assert report.soft_bindings == GENERATED.soft_bindings
    assert report.says_generated
    assert not report.says_captured
    assert len(signed.manifest) > 1000
    assert (signed.sidecar is None) == (ending in INSIDE)
    before, after = load_audio(source), load_audio(out)
    assert np.array_equal(before.samples, after.samples), "not a sample of the sound changes"
    if ending in BESIDE:
        assert out.read_bytes() == source.read_bytes()


@pytest.mark.parametrize("ending", [*INSIDE, *BESIDE])
def test_one_changed_bit_is_told(
    trusted: ContentCredentials, recording: Recording, tmp_path: Path, ending: str
) -> None:
    out = tmp_path / f"signed.{ending}"
    trusted.sign(recording(ending), out, GENERATED)
    for at in (0.3, 0.6, 0.9):
        report = trusted.read(changed(out, at))
        assert report.state is CredentialState.TAMPERED, at
        assert [p.subject for p in report.problems if p.code.endswith("Hash.mismatch")] in (
            ["c2pa.hash.data"],
            ["c2pa.hash.bmff.v3"],
        )
        assert "content was changed" in report.sentence
        assert not report.says_generated


def test_nobody_is_trusted_until_the_owner_says_so(
    studio: ContentCredentials, recording: Recording, tmp_path: Path
) -> None:
    signed = studio.sign(recording("wav"), tmp_path / "signed.wav", GENERATED)
    assert signed.report.state is CredentialState.UNTRUSTED
    assert "goes by" in signed.report.sentence
    assert "anybody can make" in signed.report.cannot_tell
    assert signed.report.says_generated, "it is a claim all the same"


@pytest.mark.parametrize("ending", ["wav", "m4a", "ogg"])
def test_incoming_credentials_are_kept(
    trusted: ContentCredentials, recording: Recording, tmp_path: Path, ending: str
) -> None:
    first, second = tmp_path / f"first.{ending}", tmp_path / f"second.{ending}"
    made = trusted.sign(recording(ending), first, GENERATED).report
    report = trusted.sign(first, second, EDITED).report
    assert report.state is CredentialState.TRUSTED
    assert [a.name for a in report.actions] == ["c2pa.opened", "c2pa.edited"]
    (parent,) = report.ingredients
    assert (parent.relation, parent.state, parent.depth) == ("parentOf", CredentialState.TRUSTED, 1)
    assert parent.manifest_id == made.manifest_id
    assert parent.digital_sources == ("trainedAlgorithmicMedia",)
    assert report.says_generated, "an edit does not wash that off"
    assert "generated by a trained model" in report.sentence
    third = trusted.sign(second, tmp_path / f"third.{ending}", EDITED).report
    assert [item.depth for item in third.ingredients] == [1, 2]


@pytest.mark.parametrize("ending", ["wav", "ogg"])
def test_signing_anew_does_not_launder_what_was_tampered_with(
    trusted: ContentCredentials, recording: Recording, tmp_path: Path, ending: str
) -> None:
    trusted.sign(recording(ending), tmp_path / f"signed.{ending}", GENERATED)
    bad = changed(tmp_path / f"signed.{ending}")
    signed = trusted.sign(bad, tmp_path / f"again.{ending}", Claim(DigitalSource.CAPTURED))
    assert any("recorded as it is" in warning for warning in signed.warnings)
    assert signed.report.ingredients[0].state is CredentialState.TAMPERED
    assert any("tampered" in warning for warning in signed.report.warnings)


def test_absent_is_no_error(studio: ContentCredentials, recording: Recording) -> None:
    for ending in ("wav", "mp3", "flac", "m4a", "ogg"):
        report = studio.read(recording(ending))
        assert (report.state, report.place, report.signer) == (CredentialState.ABSENT, None, None)
        assert not report.says_generated


def test_streams_are_read_as_well(trusted: ContentCredentials, recording: Recording, tmp_path: Path) -> None:
    out = tmp_path / "signed.mp3"
    trusted.sign(recording("mp3"), out, GENERATED)
    report = trusted.read(io.BytesIO(out.read_bytes()), name="upload.mp3")
    assert (report.state, report.name) == (CredentialState.TRUSTED, "upload.mp3")


def test_a_side_car_can_be_named(trusted: ContentCredentials, recording: Recording, tmp_path: Path) -> None:
    signed = trusted.sign(recording("ogg"), tmp_path / "signed.ogg", GENERATED)
    assert signed.sidecar is not None
    elsewhere = tmp_path / "archive.c2pa"
    signed.sidecar.rename(elsewhere)
    assert elsewhere.read_bytes() == signed.manifest
    assert trusted.read(tmp_path / "signed.ogg").state is CredentialState.ABSENT
    assert trusted.read(tmp_path / "signed.ogg", sidecar=elsewhere).state is CredentialState.TRUSTED
    assert trusted.read(recording("aac"), sidecar=elsewhere).state is CredentialState.TAMPERED
    with pytest.raises(SourceUnreadableError, match="side-car"):
        trusted.read(tmp_path / "signed.ogg", sidecar=tmp_path / "none.c2pa")


def test_credentials_beside_a_file_that_could_hold_them_are_kept_too(
    trusted: ContentCredentials, recording: Recording, tmp_path: Path
) -> None:
    wav = tmp_path / "outside.wav"
    shutil.copy(recording("wav"), wav)
    _sign_beside(trusted, wav)
    first = trusted.read(wav)
    assert (first.place, first.state) == ("side-car", CredentialState.TRUSTED)
    again = trusted.sign(wav, tmp_path / "inside.wav", EDITED).report
    assert again.place == "embedded"
    assert again.ingredients[0].state is CredentialState.TRUSTED
    assert again.ingredients[0].manifest_id == first.manifest_id


def test_a_broken_side_car_is_not_passed_on(
    trusted: ContentCredentials, recording: Recording, tmp_path: Path
) -> None:
    trusted.sign(recording("ogg"), tmp_path / "signed.ogg", GENERATED)
    (tmp_path / "signed.c2pa").write_bytes(b"junk")
    assert trusted.read(tmp_path / "signed.ogg").state is CredentialState.INVALID
    with pytest.raises(CredentialError, match="move the broken side-car"):
        trusted.sign(tmp_path / "signed.ogg", tmp_path / "again.ogg", EDITED)


def _sign_beside(credentials: ContentCredentials, wav: Path) -> None:
    """Credentials for a WAV in a side-car, as other programs write them."""
    import dataclasses

    from earwitness.provenance import signing
    from earwitness.source import open_source

    opened = open_source(wav)
    kind = dataclasses.replace(signing.type_of(opened, wav), embeds=False)
    parent, anchors = signing.Parent(opened, credentials.read(wav)), credentials.trust.as_pem()
    identity = credentials.identities.get()
    out = wav.with_name("copy.wav")
    signing.sign_file(opened, out, kind, GENERATED, identity, anchors, parent=parent)
    opened.close()
    out.with_suffix(".c2pa").rename(wav.with_suffix(".c2pa"))


def test_another_files_side_car_accuses_nobody(
    trusted: ContentCredentials, recording: Recording, tmp_path: Path
) -> None:
    trusted.sign(recording("ogg"), tmp_path / "same.ogg", GENERATED)
    innocent = tmp_path / "same.wav"
    shutil.copy(recording("wav"), innocent)
    report = trusted.read(innocent)
    assert report.state is CredentialState.ABSENT
    assert "same.c2pa" in report.warnings[0]
    assert trusted.sign(innocent, tmp_path / "out.wav", EDITED).report.ingredients == ()


def test_a_side_car_is_not_taken_from_another_file(
    trusted: ContentCredentials, recording: Recording, tmp_path: Path
) -> None:
    trusted.sign(recording("ogg"), tmp_path / "same.ogg", GENERATED)
    before = (tmp_path / "same.c2pa").read_bytes()
    with pytest.raises(TargetError, match="belongs to another file"):
        trusted.sign(recording("aac"), tmp_path / "same.aac", GENERATED)
    assert (tmp_path / "same.c2pa").read_bytes() == before
    trusted.sign(recording("ogg"), tmp_path / "same.ogg", EDITED)
    assert (tmp_path / "same.c2pa").read_bytes() != before, "its own may be replaced"


def test_what_cannot_be_signed(trusted: ContentCredentials, recording: Recording, tmp_path: Path) -> None:
    wav, strange = recording("wav"), tmp_path / "strange.wav"
    strange.write_bytes(bytes(range(1, 256)) * 9)
    for source, out, kind, said in (
        (wav, tmp_path / "out.mp3", TargetError, "converts nothing"),
        (wav, wav, TargetError, "is read"),
        (strange, tmp_path / "out.wav", NotAudioError, "can carry"),
        (tmp_path / "none.wav", tmp_path / "out.wav", SourceNotFoundError, "no such file"),
        (tmp_path, tmp_path / "out.wav", SourceUnreadableError, "folder"),
    ):
        with pytest.raises(kind, match=said):
            trusted.sign(source, out, GENERATED)
    with pytest.raises(CertificateNotFoundError):
        trusted.sign(wav, tmp_path / "out.wav", GENERATED, certificate="nobody")
    assert not (tmp_path / "out.wav").exists()


def test_registered_as_a_plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EARWITNESS_KEYS", str(tmp_path / "keys.json"))
    assert "default" in plugins.names(plugins.CREDENTIALS)
    assert isinstance(load_credentials(), ContentCredentials)
