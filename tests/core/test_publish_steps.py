"""core/publish_steps.py: what is done, what is left out and said, what is refused."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from earwitness.errors import (
    CertificateExpiredError,
    CertificateNotFoundError,
    MissingDependencyError,
    UsageError,
)
from earwitness.labels import Regime
from earwitness.marks import MarkKey
from earwitness.provenance.identities import Identities
from earwitness.publish_steps import Steps, decided, program

PRIVATE = MarkKey("studio", "00000a11", bytes(32))
SIGNPOST = MarkKey("signpost", "00000a12", bytes(32), signpost=True)


@pytest.fixture(autouse=True)
def _own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EARWITNESS_KEYS", str(tmp_path / "settings" / "keys.json"))


def test_defaults_record_private_marks_and_sign_with_the_only_certificate() -> None:
    steps, signer, left_out = decided(Steps(), [PRIVATE])
    assert (steps.record, steps.credentials, signer) == (True, False, None)
    assert "keys certificate create" in left_out[0]
    assert decided(Steps(), [SIGNPOST])[0].record is False
    Identities().create("one", organization="Demo", days=9)
    steps, signer, left_out = decided(Steps(), [SIGNPOST])
    assert (steps.record, steps.credentials, steps.certificate, left_out) == (False, True, "one", [])
    assert signer is not None
    assert decided(Steps(credentials=False, record=False), [PRIVATE])[0].only_mark
    Identities().create("two", organization="Demo", days=9)
    assert decided(Steps(), [SIGNPOST])[1] is None  # nobody says which


def test_what_was_asked_for_is_never_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="keys certificate create"):
        decided(Steps(credentials=True), [PRIVATE])
    with pytest.raises(CertificateNotFoundError):
        decided(Steps(certificate="nobody"), [PRIVATE])
    with pytest.raises(UsageError, match="--producer"):
        decided(Steps(labels=(Regime.EU,)), [PRIVATE])
    monkeypatch.setitem(sys.modules, "sqlalchemy", None)
    monkeypatch.setitem(sys.modules, "c2pa", None)
    with pytest.raises(MissingDependencyError, match=r"earwitness\[provenance\]"):
        decided(Steps(record=True), [PRIVATE])
    with pytest.raises(MissingDependencyError, match=r"earwitness\[provenance\]"):
        decided(Steps(record=False, credentials=True), [PRIVATE])
    steps, signer, left_out = decided(Steps(), [PRIVATE])
    assert (steps.only_mark, signer) == (True, None)
    assert len(left_out) == 2
    assert all("earwitness[provenance]" in text for text in left_out)


def test_an_expired_certificate_stops_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import UTC, datetime, timedelta

    from earwitness.provenance import certificates

    Identities().create("one", organization="Demo", days=9)

    class Later(datetime):
        @classmethod
        def now(cls, tz: object = UTC) -> datetime:  # type: ignore[override]
            assert tz is UTC
            return datetime.now(UTC) + timedelta(days=10)

    monkeypatch.setattr(certificates, "datetime", Later)
    with pytest.raises(CertificateExpiredError, match="certificate renew one"):
        decided(Steps(), [SIGNPOST])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (None, (None, None)),
        ("Piper", ("Piper", None)),
        ("Piper 1.2", ("Piper", "1.2")),
        ("My Voice v2.0-beta", ("My Voice", "v2.0-beta")),
        ("Studio Berlin", ("Studio Berlin", None)),
        ("7", ("7", None)),
        (" ", (None, None)),
    ],
)
def test_programs_and_their_versions(text: str | None, expected: tuple[str | None, str | None]) -> None:
    assert program(text) == expected
