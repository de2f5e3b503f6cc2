"""provenance/signing.py: time stamps, certificates that ran out, and nothing half-written."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from earwitness.credentials import Claim, CredentialState
from earwitness.digital_source import DigitalSource
from earwitness.errors import (
    CertificateExpiredError,
    CredentialError,
    TargetError,
    TimeStampError,
    UsageError,
)
from earwitness.provenance import authority, signing
from earwitness.provenance.certificates import to_pem
from earwitness.provenance.credentials import ContentCredentials
from earwitness.provenance.identities import Identity

CLAIM = Claim(DigitalSource.GENERATED)
Recording = Callable[[str], Path]


def ends_at(studio: ContentCredentials, when: datetime) -> None:
    """Let the studio's certificate end then; it began an hour ago or before that."""
    old = studio.identities.get("studio")
    assert old.root is not None
    assert old.issuer_key is not None
    begun = min(when, datetime.now(UTC)) - timedelta(hours=1)
    days = (when - begun) / timedelta(days=1)
    made = authority.renew(old.chain, old.root, old.issuer_key, days=days, now=begun)
    studio.identities._save(
        Identity("studio", made.chain, made.root, made.key, made.issuer_key), replace=True
    )


def test_a_time_stamp_is_taken_and_told(
    trusted: ContentCredentials, recording: Recording, tmp_path: Path, clock: str
) -> None:
    signed = trusted.sign(recording("wav"), tmp_path / "signed.wav", CLAIM, time_stamps=clock)
    assert signed.warnings == ()
    report = signed.report
    assert report.state is CredentialState.TRUSTED
    assert report.time_stamp == "untrusted", "nobody put the clock on the trust list"
    assert report.signed_at is not None
    assert abs(datetime.fromisoformat(report.signed_at) - datetime.now(UTC)) < timedelta(minutes=1)
    trusted.trust.add("clock", (tmp_path / "clock" / "issuer.pem").read_bytes())
    assert trusted.read(tmp_path / "signed.wav").time_stamp == "trusted"


def test_signatures_outlive_the_certificate_only_with_a_trusted_time_stamp(
    trusted: ContentCredentials, recording: Recording, tmp_path: Path, clock: str
) -> None:
    import time

    end = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=4)
    ends_at(trusted, end)
    trusted.sign(recording("wav"), tmp_path / "bare.wav", CLAIM)
    trusted.sign(recording("wav"), tmp_path / "stamped.wav", CLAIM, time_stamps=clock)
    while datetime.now(UTC) <= end + timedelta(seconds=1):
        time.sleep(0.1)
    bare = trusted.read(tmp_path / "bare.wav")
    assert bare.state is CredentialState.EXPIRED
    assert "out of date" in bare.sentence
    assert trusted.read(tmp_path / "stamped.wav").state is CredentialState.EXPIRED
    trusted.trust.add("clock", (tmp_path / "clock" / "issuer.pem").read_bytes())
    assert trusted.read(tmp_path / "stamped.wav").state is CredentialState.TRUSTED


def test_an_expired_certificate_signs_nothing(
    studio: ContentCredentials, recording: Recording, tmp_path: Path
) -> None:
    ends_at(studio, datetime.now(UTC) - timedelta(hours=1))
    with pytest.raises(CertificateExpiredError, match="keys certificate renew studio"):
        studio.sign(recording("wav"), tmp_path / "signed.wav", CLAIM)
    assert not (tmp_path / "signed.wav").exists()
    studio.identities.renew("studio", days=30)
    assert studio.sign(recording("wav"), tmp_path / "signed.wav", CLAIM).report.state.intact


def test_imported_ones_have_another_remedy(
    studio: ContentCredentials, recording: Recording, tmp_path: Path
) -> None:
    late = authority.create("press", "Paper", days=-1)
    studio.identities._save(Identity("press", late.chain, None, late.key), replace=False)
    with pytest.raises(CertificateExpiredError, match="certificate import press"):
        studio.sign(recording("wav"), tmp_path / "out.wav", CLAIM, certificate="press")


def test_one_that_ends_soon_is_told(studio: ContentCredentials, recording: Recording, tmp_path: Path) -> None:
    ends_at(studio, datetime.now(UTC) + timedelta(days=3, hours=1))
    warnings = studio.sign(recording("wav"), tmp_path / "out.wav", CLAIM).warnings
    assert any("expires in 3 days" in warning for warning in warnings)
    assert any("no time stamp" in warning for warning in warnings)


def test_an_authority_that_gives_no_time_stamp(
    studio: ContentCredentials, recording: Recording, tmp_path: Path, stranger: tuple[str, list[str]]
) -> None:
    out = tmp_path / "out.wav"
    out.write_bytes(b"older")
    for address in (stranger[0], "http://127.0.0.1:9/"):
        with pytest.raises(TimeStampError, match=r"no time stamp came from http"):
            studio.sign(recording("wav"), out, CLAIM, time_stamps=address)
    with pytest.raises(UsageError, match="no address"):
        studio.sign(recording("wav"), out, CLAIM, time_stamps="ftp://clock")
    assert out.read_bytes() == b"older"
    assert [path.name for path in tmp_path.iterdir() if "part" in path.name] == []


def test_a_full_disk_is_told_and_leaves_nothing(
    studio: ContentCredentials, recording: Recording, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full(signing._Written):
        def write(self, _: bytes) -> int:
            self.error = OSError(28, "No space left on device")
            raise self.error

    monkeypatch.setattr(signing, "_Written", Full)
    for ending in ("wav", "flac"):
        with pytest.raises(TargetError, match="disk is full"):
            studio.sign(recording(ending), tmp_path / f"out.{ending}", CLAIM)
    assert [path.name for path in tmp_path.iterdir() if "out" in path.name] == []


def test_what_does_not_read_back_is_not_handed_out(
    studio: ContentCredentials, recording: Recording, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = signing._sign

    def spoil(source: Any, aside: Path, *rest: Any, **options: Any) -> bytes:
        manifest = real(source, aside, *rest, **options)
        data = bytearray(aside.read_bytes())
        data[1000] ^= 1
        aside.write_bytes(data)
        return manifest

    monkeypatch.setattr(signing, "_sign", spoil)
    with pytest.raises(CredentialError, match="does not read back"):
        studio.sign(recording("wav"), tmp_path / "out.wav", CLAIM)
    assert not (tmp_path / "out.wav").exists()


def test_broken_credentials_cannot_be_kept(
    studio: ContentCredentials, recording: Recording, tmp_path: Path
) -> None:
    studio.sign(recording("wav"), tmp_path / "signed.wav", CLAIM)
    data = bytearray((tmp_path / "signed.wav").read_bytes())
    start = data.find(b"jumdc2pa")
    data[start + 60 : start + 90] = bytes(30)
    (tmp_path / "broken.wav").write_bytes(data)
    with pytest.raises(CredentialError, match="ffmpeg -i IN -map_metadata -1"):
        studio.sign(tmp_path / "broken.wav", tmp_path / "out.wav", CLAIM)


@pytest.mark.parametrize("kind", ["p384", "ed25519", "rsa"])
def test_other_kinds_of_keys_sign(
    studio: ContentCredentials, recording: Recording, tmp_path: Path, kind: str
) -> None:
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

    made = authority.create("press", "Paper")
    keys: dict[str, Any] = {
        "p384": ec.generate_private_key(ec.SECP384R1()),
        "ed25519": ed25519.Ed25519PrivateKey.generate(),
        "rsa": rsa.generate_private_key(65537, 2048),
    }
    key = keys[kind]
    now = datetime.now(UTC)
    leaf = authority._signing("press", "Paper", key, made.chain[1], made.issuer_key, now, 9)
    chain = to_pem([leaf, made.chain[1]]).encode()
    studio.identities.add("press", chain, authority.key_to_pem(key).encode())
    signed = studio.sign(recording("wav"), tmp_path / "out.wav", CLAIM, certificate="press")
    assert signed.report.state is CredentialState.UNTRUSTED
