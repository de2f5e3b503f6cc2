"""provenance/credential_report.py: nothing is fetched, and no file, however broken, makes it fail."""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from earwitness.credentials import Claim, CredentialReport, CredentialState
from earwitness.digital_source import DigitalSource
from earwitness.errors import EarWitnessError, SourceUnreadableError
from earwitness.provenance import credential_report, sdk, signing
from earwitness.provenance.credentials import ContentCredentials

CLAIM = Claim(DigitalSource.GENERATED)
FORMATS = ("wav", "mp3", "flac", "m4a")
ROUNDS = 150  # a format; 5,000 more, films among them, were run by hand
Recording = Callable[[str], Path]


@pytest.fixture
def signed(trusted: ContentCredentials, recording: Recording, tmp_path: Path) -> Callable[[str], bytes]:
    """``signed("mp3")``: the bytes of a signed file; ``signed("ogg")`` those of the side-car."""

    def make(ending: str) -> bytes:
        out = tmp_path / f"signed.{ending}"
        sidecar = trusted.sign(recording(ending), out, CLAIM).sidecar
        return (sidecar or out).read_bytes()

    return make


def damaged(data: bytes, dice: random.Random) -> bytes:
    """Some bytes are others now, most of them in the credentials; some files are cut or stretched."""
    spoiled = bytearray(data)
    start = max(data.find(b"jumb"), 0)
    for _ in range(dice.choice([1, 1, 2, 8, 50])):
        inside = dice.random() < 0.8
        at = dice.randrange(start, min(len(data), start + 6000)) if inside else dice.randrange(len(data))
        spoiled[at] = dice.choice([0, 255, dice.randrange(256)])
    if dice.random() < 0.2:
        del spoiled[dice.randrange(len(spoiled)) :]
    if dice.random() < 0.1:
        one, two = sorted(dice.randrange(len(spoiled)) for _ in range(2)) if len(spoiled) > 1 else (0, 0)
        spoiled[two:two] = spoiled[one:two][:5000]
    return bytes(spoiled)


def look(read: Callable[[], CredentialReport]) -> CredentialReport | None:
    """A report that can be printed, or None for one of our errors. Anything else fails the test."""
    try:
        report = read()
    except EarWitnessError:
        return None
    assert report.sentence
    assert report.to_json()
    return report


@pytest.mark.parametrize("ending", FORMATS)
def test_damaged_files_give_a_report_or_one_clear_error(
    trusted: ContentCredentials, signed: Callable[[str], bytes], ending: str
) -> None:
    dice, whole, seen = random.Random(ending), signed(ending), set()
    for _ in range(ROUNDS):
        spoiled = damaged(whole, dice)
        report = look(lambda data=spoiled: trusted.read(io.BytesIO(data), name="x"))  # type: ignore[misc]
        seen.add(report.state if report else None)
        if report and report.state.intact:  # then only padding, or nothing, can have changed
            assert report.actions[0].digital_source == "trainedAlgorithmicMedia"
    assert {CredentialState.TAMPERED, CredentialState.INVALID} <= seen


def test_damaged_side_cars_give_a_report(
    trusted: ContentCredentials, signed: Callable[[str], bytes], tmp_path: Path
) -> None:
    dice, whole, seen = random.Random(7), signed("ogg"), set()
    for _ in range(ROUNDS):
        (tmp_path / "spoiled.c2pa").write_bytes(damaged(whole, dice))
        report = look(lambda: trusted.read(tmp_path / "signed.ogg", sidecar=tmp_path / "spoiled.c2pa"))
        assert report is not None
        seen.add(report.state)
    assert {CredentialState.TAMPERED, CredentialState.INVALID} <= seen


def test_a_bit_outside_the_credentials_never_goes_unseen(
    trusted: ContentCredentials, signed: Callable[[str], bytes]
) -> None:
    dice, whole = random.Random(3), signed("mp3")
    start = whole.find(b"jumb")
    end = start + int.from_bytes(whole[start - 4 : start], "big")
    for _ in range(60):
        spoiled = bytearray(whole)
        spoiled[dice.randrange(end, len(whole))] ^= 1 << dice.randrange(8)
        assert trusted.read(io.BytesIO(spoiled), name="x").state is CredentialState.TAMPERED


@pytest.mark.parametrize("ending", FORMATS)
def test_an_address_in_a_file_is_told_and_not_visited(
    trusted: ContentCredentials, recording: Recording, tmp_path: Path, stranger: tuple[str, list[str]],
    monkeypatch: pytest.MonkeyPatch, ending: str,
) -> None:  # fmt: skip
    address, asked = stranger
    c2pa = sdk.load()
    real = c2pa.Builder

    class Elsewhere(real):  # type: ignore[misc, valid-type]
        def sign(self, *arguments: Any) -> bytes:
            self.set_remote_url(address + "talk.c2pa")
            self.set_no_embed()
            manifest: bytes = super().sign(*arguments)
            return manifest

    out = tmp_path / f"elsewhere.{ending}"
    with monkeypatch.context() as patched:
        patched.setattr(c2pa, "Builder", Elsewhere)
        patched.setattr(signing, "_HOLDS", (CredentialState.REMOTE,))
        trusted.sign(recording(ending), out, CLAIM)
    report = trusted.read(out)
    assert (report.state, report.remote_url) == (CredentialState.REMOTE, address + "talk.c2pa")
    assert "not visited" in report.cannot_tell
    kept = trusted.sign(out, tmp_path / f"again.{ending}", CLAIM).report
    assert kept.ingredients[0].state is CredentialState.REMOTE
    assert asked == []


def test_a_damaged_file_without_credentials_is_not_accused(
    studio: ContentCredentials, recording: Recording
) -> None:
    data = recording("m4a").read_bytes()
    report = studio.read(io.BytesIO(data[: len(data) // 2]), name="cut.m4a")
    assert report.state is CredentialState.ABSENT


def test_credentials_that_cannot_be_read_are_found_all_the_same(
    studio: ContentCredentials, signed: Callable[[str], bytes]
) -> None:
    data = bytearray(signed("wav"))
    start = data.find(b"jumdc2pa")
    data[start + 60 : start + 90] = bytes(30)
    report = studio.read(io.BytesIO(data), name="broken.wav")
    assert report.state is CredentialState.INVALID
    assert "cannot be read" in report.sentence


def test_the_start_of_credentials_is_found_across_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    from earwitness.source import open_source

    monkeypatch.setattr(credential_report, "_PIECE", 16)
    for lead in range(40):
        source = open_source(io.BytesIO(bytes(lead) + b"jumdc2pa" + bytes(9)), "x")
        assert credential_report._mentions_credentials(source), lead
    assert not credential_report._mentions_credentials(open_source(io.BytesIO(b"\xff" + bytes(99)), "x"))


def test_huge_side_cars_are_not_read_into_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(credential_report, "MAX_SIDECAR", 1000)
    (tmp_path / "a.c2pa").write_bytes(bytes(1001))
    with pytest.raises(SourceUnreadableError, match="larger than"):
        credential_report.read_sidecar(tmp_path / "a.c2pa")
