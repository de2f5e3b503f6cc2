"""A speaker's consent to the use of their voice: a small signed file that belongs to certain recordings.

The format is documented in ``docs/consent.md``. Anybody can check that a file says what its signer signed,
and for which recordings. Nobody can tell from it whose hand held the key, nor whose voice the recordings
hold: that is for whoever uses the voice to know.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from earwitness.errors import ConsentError, MissingDependencyError
from earwitness.wording import clean

__all__ = ["CANNOT_TELL", "SCHEMA", "Consent", "Purpose", "canonical", "read_consent", "require_consent"]

SCHEMA = "earwitness.consent/1"
CANNOT_TELL = (
    "It cannot tell who holds the key, nor whose voice the recordings hold: ask the speaker another way."
)
MAX_BYTES = 64 * 1024
MAX_TEXT = 2000
MAX_RECORDINGS = 100
_FIELDS = frozenset(
    ("schema", "speaker", "statement", "purposes", "recordings", "valid_from", "valid_until", "public_key")
)
_SHA256 = re.compile(r"[0-9a-f]{64}")
_SIGNATURE = re.compile(r"[0-9a-f]{128}")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


class Purpose(StrEnum):
    """What a voice may be used for."""

    MARKED_SPEECH = "marked_speech"
    """Speech that carries EarWitness' marks."""
    ATTACK_TRAINING = "attack_training"
    """Unmarked speech, in a folder that says so, for training detectors."""


@dataclass(frozen=True, slots=True)
class Consent:
    """What a speaker signed, checked: the signature fits.

    recordings: SHA-256 of each file, hex. valid_from, valid_until: in UTC. public_key: Ed25519, 64 hex
    digits.
    """

    speaker: str
    statement: str
    purposes: tuple[Purpose, ...]
    recordings: tuple[str, ...]
    valid_from: datetime
    valid_until: datetime
    public_key: str

    def refusal(self, purpose: Purpose | None, sha256: str, now: datetime | None = None) -> str | None:
        """Why it does not allow that use of that recording now, in a sentence; None when it does.

        purpose: None for any. sha256: of the recording's file, hex.
        """
        now = now or datetime.now(UTC)
        if sha256 not in self.recordings:
            return f"it is for {len(self.recordings)} other recording(s), or the recording was changed since."
        if now < self.valid_from:
            return f"it is valid only from {self.valid_from:%Y-%m-%d %H:%M} UTC on."
        if now >= self.valid_until:
            return f"it expired on {self.valid_until:%Y-%m-%d %H:%M} UTC."
        if purpose is not None and purpose not in self.purposes:
            return f"it is given for {', '.join(self.purposes)}, not for {purpose}."
        return None


def require_consent(
    path: str | os.PathLike[str] | None, purpose: Purpose, recording_name: str, sha256: str
) -> Consent:
    """The consent that allows this use of this recording, read from its file.

    Raises ConsentError where there is no file, and for one that was changed, has expired, or is for another
    recording or another purpose; MissingDependencyError without the extra.
    """
    if path is None:
        raise ConsentError(
            "its voice is a person's, and may be used only with their consent.",
            subject=recording_name,
            hint="Give --consent FILE. The speaker makes it: earwitness consent create --help",
        )
    consent = read_consent(path)
    refusal = consent.refusal(purpose, sha256)
    if refusal is not None:
        raise ConsentError(
            f"this consent does not allow to use {clean(recording_name)}: {refusal}",
            subject=str(path),
            hint="Ask the speaker for another: earwitness consent create --help",
        )
    return consent


def read_consent(path: str | os.PathLike[str]) -> Consent:
    """What a consent file says, its signature checked, its dates and recordings not.

    Raises ConsentError for a file that is absent, no consent or changed since it was signed, and
    MissingDependencyError.
    """
    shown = str(path)
    try:
        with Path(path).open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ConsentError(f"there is no consent to read: {error.strerror}.", subject=shown) from error
    try:
        if len(data) > MAX_BYTES:
            raise ValueError(f"it is larger than {MAX_BYTES} bytes")
        content = _object(data)
        signature = content.pop("signature", None)
        consent = _parsed(content)
        if not isinstance(signature, str) or not _SIGNATURE.fullmatch(signature):
            raise ValueError("its signature is not 128 hex digits")
    except (ValueError, RecursionError) as error:
        raise ConsentError(
            f"this is no consent file ({clean(str(error))[:200]}).",
            subject=shown,
            hint="Its form is described in docs/consent.md.",
        ) from error
    if not _signed(consent.public_key, signature, canonical(content)):
        raise ConsentError(
            "it was changed after it was signed, or forged: the signature does not fit.",
            subject=shown,
            hint="Ask the speaker for the file as they signed it.",
        )
    return consent


def canonical(content: dict[str, Any]) -> bytes:
    """The bytes that are signed: all fields but the signature as JSON in the form of RFC 8785.

    That is: names sorted, no white space, UTF-8. Raises ValueError for text that is no Unicode.
    """
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8")


def _object(data: bytes) -> dict[str, Any]:
    """The JSON object; a name that is there twice is refused, because readers differ in which one counts."""

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len({name for name, _ in pairs}) < len(pairs):
            raise ValueError("a name is there twice")
        return dict(pairs)

    found = json.loads(data.decode("utf-8"), object_pairs_hook=unique)
    if not isinstance(found, dict):
        raise ValueError("it is no JSON object")
    return found


def _parsed(content: dict[str, Any]) -> Consent:
    """Checked field by field. Raises ValueError."""
    if content.get("schema") != SCHEMA:
        raise ValueError(f"its schema is not {SCHEMA}")
    if set(content) != _FIELDS:
        raise ValueError(f"its fields are not {', '.join(sorted(_FIELDS))} and signature")
    speaker, statement = _text(content, "speaker", 200), _text(content, "statement", MAX_TEXT)
    purposes = tuple(Purpose(one) for one in _list(content, "purposes"))
    recordings = tuple(one for one in _list(content, "recordings") if _SHA256.fullmatch(one))
    if len(recordings) != len(content["recordings"]):
        raise ValueError("a recording is not 64 lower-case hex digits of SHA-256")
    key = content["public_key"]
    if not isinstance(key, str) or not _SHA256.fullmatch(key):
        raise ValueError("its public key is not 64 hex digits")
    start, end = _time(content, "valid_from"), _time(content, "valid_until")
    if end <= start:
        raise ValueError("it ends before it begins")
    return Consent(speaker, statement, purposes, recordings, start, end, key)


def _text(content: dict[str, Any], name: str, most: int) -> str:
    value = content[name]
    if not isinstance(value, str) or not value.strip() or len(value) > most:
        raise ValueError(f"{name} is no text of 1 to {most} characters")
    return value


def _list(content: dict[str, Any], name: str) -> list[str]:
    value = content[name]
    if not isinstance(value, list) or not 1 <= len(value) <= MAX_RECORDINGS:
        raise ValueError(f"{name} is no list of 1 to {MAX_RECORDINGS}")
    if not all(isinstance(one, str) for one in value) or len(set(value)) < len(value):
        raise ValueError(f"{name} are not texts, each once")
    return value


def _time(content: dict[str, Any], name: str) -> datetime:
    value = content[name]
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        raise ValueError(f"{name} is no time like 2026-01-31T00:00:00Z")
    return datetime.fromisoformat(value)


def _signed(public_key: str, signature: str, message: bytes) -> bool:
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    except ModuleNotFoundError as error:
        raise missing_cryptography() from error
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key)).verify(
            bytes.fromhex(signature), message
        )
    except (InvalidSignature, ValueError):  # ValueError: no point of the curve
        return False
    return True


def missing_cryptography() -> MissingDependencyError:
    """The error where signatures can be neither made nor checked."""
    return MissingDependencyError(
        "Consent files need the package cryptography, which is not installed.",
        hint="Install the extra: pip install 'earwitness[provenance]'",
    )
