"""Making a consent file: what a speaker does, once for each use of their voice that they agree to."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from earwitness.consent import (
    MAX_RECORDINGS,
    SCHEMA,
    Consent,
    Purpose,
    canonical,
    missing_cryptography,
    read_consent,
)
from earwitness.errors import ConsentError, TargetError, UsageError
from earwitness.reference import reference
from earwitness.target import refuse_target, replacing, write_failed

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

__all__ = ["DEFAULT_DAYS", "MAX_DAYS", "create_consent", "statement_text"]

DEFAULT_DAYS = 365
MAX_DAYS = 3650
_USES = {
    Purpose.MARKED_SPEECH: "speech in my voice that carries marks which say that it is generated",
    Purpose.ATTACK_TRAINING: "unmarked speech in my voice, kept in a folder that says what it is, to train "
    "detectors of synthetic speech",
}


def statement_text(speaker: str, purposes: Sequence[Purpose]) -> str:
    """What the speaker agrees to, in words."""
    uses = "; and ".join(_USES[one] for one in purposes)
    return (
        f"I, {speaker}, am the person who speaks in the recordings named here. I agree that my voice is "
        f"taken from them to make {uses}."
    )


def create_consent(
    recordings: Sequence[str | os.PathLike[str]],
    out: str | os.PathLike[str],
    *,
    speaker: str,
    purposes: Sequence[Purpose],
    key_file: str | os.PathLike[str],
    days: int = DEFAULT_DAYS,
    now: datetime | None = None,
) -> Consent:
    """Sign a statement about these recordings and write it to ``out``.

    key_file: the speaker's private key (Ed25519, PEM); made, for its owner alone to read, where it does not
    exist. days: how long it is valid. Raises UsageError, VoiceError for a recording that no voice can be
    taken from, ConsentError for a key that cannot be used, TargetError and MissingDependencyError.
    """
    if not purposes or not speaker.strip() or not 1 <= len(recordings) <= MAX_RECORDINGS:
        raise UsageError(f"a speaker, a purpose and 1 to {MAX_RECORDINGS} recordings are needed.")
    if not 1 <= days <= MAX_DAYS:
        raise UsageError(f"must lie between 1 and {MAX_DAYS}.", subject="--days")
    place, key_place = Path(out), Path(key_file)
    for target in (place, *(() if key_place.exists() else (key_place,))):
        refuse_target(target, None)
    content = _statement(recordings, speaker.strip(), list(dict.fromkeys(purposes)), days, now)
    key = _key(key_place)
    content["public_key"] = key.public_key().public_bytes_raw().hex()
    try:
        content["signature"] = key.sign(canonical(content)).hex()
    except ValueError as error:
        raise UsageError("the name of the speaker is no text.", subject="--speaker") from error
    with replacing(place) as aside:
        aside.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        return read_consent(aside)  # as everybody else will


def _statement(
    recordings: Sequence[str | os.PathLike[str]],
    speaker: str,
    purposes: list[Purpose],
    days: int,
    now: datetime | None,
) -> dict[str, Any]:
    """All that is signed, but for the key."""
    start = (now or datetime.now(UTC)).replace(microsecond=0)
    return {
        "schema": SCHEMA,
        "speaker": speaker,
        "statement": statement_text(speaker, purposes),
        "purposes": [str(one) for one in purposes],
        "recordings": list(dict.fromkeys(reference(one).sha256 for one in recordings)),
        "valid_from": f"{start:%Y-%m-%dT%H:%M:%SZ}",
        "valid_until": f"{start + timedelta(days=days):%Y-%m-%dT%H:%M:%SZ}",
    }


def _key(path: Path) -> Ed25519PrivateKey:
    """The speaker's key; a new one where the file does not exist."""
    try:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        from cryptography.hazmat.primitives.serialization import (
            Encoding,
            NoEncryption,
            PrivateFormat,
            load_pem_private_key,
        )
    except ModuleNotFoundError as error:
        raise missing_cryptography() from error
    try:
        found = load_pem_private_key(path.read_bytes(), password=None)
    except FileNotFoundError:
        made = Ed25519PrivateKey.generate()
        _write_private(path, made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        return made
    except (OSError, ValueError, TypeError) as error:
        raise ConsentError(
            "this is no private key in PEM form without a password.",
            subject=str(path),
            hint="Name another file, or leave --key out.",
        ) from error
    if not isinstance(found, Ed25519PrivateKey):
        raise ConsentError("this is no Ed25519 key.", subject=str(path), hint="Leave --key out to make one.")
    return found


def _write_private(path: Path, data: bytes) -> None:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise write_failed(path, error) from error
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
    except OSError as error:
        with contextlib.suppress(OSError):
            path.unlink()
        raise TargetError(f"cannot be written: {error.strerror}.", subject=str(path)) from error
