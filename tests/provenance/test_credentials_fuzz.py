"""Credentials that were damaged or forged, for every container: a state or a clear error, never a crash."""

from __future__ import annotations

import io
import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from earwitness.credentials import Claim, CredentialReport, CredentialState
from earwitness.digital_source import DigitalSource
from earwitness.errors import EarWitnessError
from earwitness.provenance.credentials import ContentCredentials

INSIDE = ("wav", "mp3", "flac", "m4a")
BESIDE = ("ogg", "aac", "aiff")
GENERATED = Claim(DigitalSource.GENERATED, title="A test", agent="Piper 1.2")
TRIES = 48


def cut(data: bytearray, at: int, end: int, rng: random.Random) -> None:
    del data[rng.randrange(at, end) :]


def flip(data: bytearray, at: int, end: int, rng: random.Random) -> None:
    data[rng.randrange(at, end)] ^= 1 << rng.randrange(8)


def overwrite(data: bytearray, at: int, end: int, rng: random.Random) -> None:
    start = rng.randrange(at, end)
    size = min(rng.randrange(1, 2000), end - start)
    data[start : start + size] = rng.randbytes(size)


def leave_out(data: bytearray, at: int, end: int, rng: random.Random) -> None:
    start = rng.randrange(at, end)
    del data[start : start + rng.randrange(1, 50)]


DAMAGES = (cut, flip, overwrite, leave_out)


@pytest.mark.parametrize("ending", [*INSIDE, *BESIDE])
def test_damaged_credentials_get_a_state(
    trusted: ContentCredentials, recording: Callable[[str], Path], tmp_path: Path, ending: str
) -> None:
    out, sidecar = tmp_path / f"signed.{ending}", tmp_path / "damaged.c2pa"
    signed = trusted.sign(recording(ending), out, GENERATED)
    sound, rng, seen = out.read_bytes(), random.Random(ending), Counter[str]()
    at = sound.find(b"jumb") - 4 if ending in INSIDE else 0
    end = at + len(signed.manifest)
    for number in range(TRIES):
        data = bytearray(sound if ending in INSIDE else signed.manifest)
        DAMAGES[number % len(DAMAGES)](data, at, end, rng)
        try:
            if ending in INSIDE:
                report = trusted.read(io.BytesIO(bytes(data)), name=out.name)
            else:
                sidecar.write_bytes(data)
                report = trusted.read(io.BytesIO(sound), sidecar=sidecar, name=out.name)
        except EarWitnessError as error:
            seen["error" if error.subject else "error without a subject"] += 1
            continue
        _is_told(report, signed.report, number)
        seen[report.state] += 1
    assert not seen["error without a subject"]
    assert seen[CredentialState.INVALID] + seen[CredentialState.TAMPERED] > TRIES // 2, seen


def _is_told(report: CredentialReport, whole: CredentialReport, number: int) -> None:
    assert report.sentence, number
    assert report.cannot_tell, number
    # C2PA signs neither the padding nor the names of its outer boxes: what is reported was signed.
    assert report == whole or report.state in (
        CredentialState.INVALID, CredentialState.TAMPERED, CredentialState.ABSENT,
    ), number  # fmt: skip


@pytest.mark.parametrize("ending", INSIDE)
def test_noise_in_the_place_of_credentials_is_never_believed(
    trusted: ContentCredentials, recording: Callable[[str], Path], tmp_path: Path, ending: str
) -> None:
    out = tmp_path / f"signed.{ending}"
    signed = trusted.sign(recording(ending), out, GENERATED)
    data, rng = out.read_bytes(), random.Random(7)
    at = data.find(b"jumb") - 4
    for keep in (0, 8, 40, 200):
        noise = data[at : at + keep] + rng.randbytes(len(signed.manifest) - keep)
        report = trusted.read(io.BytesIO(data[:at] + noise + data[at + len(noise) :]), name=out.name)
        assert report.state in (CredentialState.INVALID, CredentialState.ABSENT), keep


def test_noise_is_no_manifest(trusted: ContentCredentials) -> None:
    rng = random.Random(11)
    for size in (0, 1, 7, 8, *(rng.randrange(3000) for _ in range(20))):
        assert trusted.restore(rng.randbytes(size), name="x").state is CredentialState.INVALID, size
