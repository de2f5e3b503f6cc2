"""core/consent.py: one changed byte, another recording, another time or purpose, and it is worth nothing."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from earwitness.consent import MAX_BYTES, Purpose, canonical, read_consent, require_consent
from earwitness.consent_making import create_consent
from earwitness.errors import ConsentError, MissingDependencyError
from earwitness.reference import file_sha256

START = datetime(2026, 11, 27, 12, tzinfo=UTC)


@pytest.fixture
def clip(speech_like: Callable[..., np.ndarray], write_wav: Callable[..., Path]) -> Path:
    return write_wav(speech_like(6.0), name="ref.wav")


@pytest.fixture
def signed(clip: Path, tmp_path: Path) -> Path:
    """Consent to marked speech, from now on, for a year."""
    create_consent(
        [clip], tmp_path / "ada.json", speaker="Ada Exämple", purposes=[Purpose.MARKED_SPEECH],
        key_file=tmp_path / "ada.key",
    )  # fmt: skip
    return tmp_path / "ada.json"


def changed(path: Path, **values: Any) -> Path:
    """The file with other values; None takes a field out."""
    content = json.loads(path.read_text()) | values
    path.write_text(json.dumps({name: value for name, value in content.items() if value is not None}))
    return path


def test_it_allows_what_it_says(signed: Path, clip: Path) -> None:
    found = require_consent(signed, Purpose.MARKED_SPEECH, "ref.wav", file_sha256(clip))
    assert (found.speaker, found.purposes) == ("Ada Exämple", (Purpose.MARKED_SPEECH,))
    assert found.recordings == (file_sha256(clip),)
    assert "I, Ada Exämple, am the person" in found.statement
    # Written anew with other white space and another order it is still the same statement.
    signed.write_text(json.dumps(dict(reversed(json.loads(signed.read_text()).items())), indent=7))
    assert read_consent(signed) == found


def test_what_it_does_not_allow(signed: Path, clip: Path) -> None:
    sha256 = file_sha256(clip)
    found = read_consent(signed)
    with pytest.raises(ConsentError, match="marked_speech, not for attack_training"):
        require_consent(signed, Purpose.ATTACK_TRAINING, "ref.wav", sha256)
    with pytest.raises(ConsentError, match=r"use other.wav: it is for 1 other recording"):
        require_consent(signed, Purpose.MARKED_SPEECH, "other.wav", "0" * 64)
    with pytest.raises(ConsentError, match=r"ref.wav: its voice is a person's.*--consent"):
        require_consent(None, Purpose.MARKED_SPEECH, "ref.wav", sha256)
    with pytest.raises(ConsentError, match="no consent to read"):
        require_consent("none.json", Purpose.MARKED_SPEECH, "ref.wav", sha256)
    late, early = found.valid_until, found.valid_from - timedelta(seconds=1)
    assert "expired on" in str(found.refusal(None, sha256, late))
    assert "valid only from" in str(found.refusal(None, sha256, early))
    assert found.refusal(None, sha256, late - timedelta(seconds=1)) is None


def test_an_expired_one(clip: Path, tmp_path: Path) -> None:
    create_consent(
        [clip], tmp_path / "old.json", speaker="Ada", purposes=list(Purpose), key_file=tmp_path / "k",
        days=3, now=datetime.now(UTC) - timedelta(days=4),
    )  # fmt: skip
    with pytest.raises(ConsentError, match="expired"):
        require_consent(tmp_path / "old.json", Purpose.MARKED_SPEECH, "ref.wav", file_sha256(clip))


@pytest.mark.parametrize(
    "values",
    [
        {"speaker": "Eve"},
        {"statement": "Anything goes."},
        {"purposes": ["marked_speech", "attack_training"]},
        {"recordings": ["0" * 64]},
        {"valid_until": "2036-01-01T00:00:00Z"},
        {"public_key": "0" * 64},
        {"signature": "0" * 128},
    ],
)
def test_one_changed_field_is_a_forgery(signed: Path, values: dict[str, Any]) -> None:
    with pytest.raises(ConsentError, match="changed after it was signed, or forged"):
        read_consent(changed(signed, **values))


def test_another_key_cannot_sign_in_her_place(signed: Path, clip: Path, tmp_path: Path) -> None:
    """Eve can sign a statement of her own, but then the key in it is hers."""
    mine = create_consent(
        [clip], tmp_path / "eve.json", speaker="Ada Exämple", purposes=[Purpose.MARKED_SPEECH],
        key_file=tmp_path / "eve.key",
    )  # fmt: skip
    assert mine.public_key != read_consent(signed).public_key
    theirs = json.loads((tmp_path / "eve.json").read_text())
    with pytest.raises(ConsentError, match="forged"):
        read_consent(changed(signed, signature=theirs["signature"]))


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"schema": "earwitness.consent/2"}, "schema"),
        ({"extra": 1}, "fields"),
        ({"speaker": None}, "fields"),
        ({"speaker": 3}, "speaker"),
        ({"statement": "x" * 3000}, "statement"),
        ({"purposes": []}, "purposes"),
        ({"purposes": ["anything"]}, "anything"),
        ({"purposes": ["marked_speech", "marked_speech"]}, "each once"),
        ({"recordings": ["ABC"]}, "SHA-256"),
        ({"recordings": "x"}, "no list"),
        ({"valid_from": "tomorrow"}, "no time"),
        ({"valid_from": "2026-99-99T00:00:00Z"}, "month"),
        ({"valid_until": "1999-01-01T00:00:00Z"}, "ends before"),
        ({"public_key": 7}, "public key"),
        ({"signature": None}, "signature"),
        ({"signature": "xyz"}, "signature"),
    ],
)
def test_what_is_no_consent_file(signed: Path, values: dict[str, Any], said: str) -> None:
    with pytest.raises(ConsentError, match=f"no consent file.*{said}"):
        read_consent(changed(signed, **values))


@pytest.mark.parametrize(
    "data",
    [
        b"", b"{", b"[]", b"\xff\xfe", b"null", b"[" * 60_000, b" " * (MAX_BYTES + 1),
        b'{"schema": "earwitness.consent/1", "schema": "earwitness.consent/1"}',
    ],
)  # fmt: skip
def test_other_bytes(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "x.json").write_bytes(data)
    with pytest.raises(ConsentError, match="no consent file"):
        read_consent(tmp_path / "x.json")


@given(st.binary(max_size=80))
def test_any_bytes(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "x.json").write_bytes(data)
    with pytest.raises(ConsentError):
        read_consent(tmp_path / "x.json")


def test_the_canonical_form_is_that_of_rfc_8785() -> None:
    assert canonical({"b": ["x", "\u20ac\n\u000f"], "a": '"\\'}) == (
        '{"a":"\\"\\\\","b":["x","\u20ac\\n\\u000f"]}'.encode()
    )


def test_without_the_extra(signed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cryptography.exceptions", None)
    with pytest.raises(MissingDependencyError, match=r"earwitness\[provenance\]"):
        read_consent(signed)
