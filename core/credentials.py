"""What the front door and those who sign and read Content Credentials (C2PA) agree on.

These types live in core, because core may not import a family; who signs and reads comes from the plug-in
registry (``earwitness.credentials``).

Credentials are statements by whoever signed them. "Trusted" says that the signer is known, and that nothing
was changed since; it does not say that the statements are true.
"""

from __future__ import annotations

import base64
import dataclasses
import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, BinaryIO, Protocol, cast

from earwitness import plugins
from earwitness.digital_source import DigitalSource, says_captured, says_generated

__all__ = [
    "Action",
    "Claim",
    "CredentialProblem",
    "CredentialReport",
    "CredentialState",
    "Credentials",
    "Ingredient",
    "SignedFile",
    "Signer",
    "SoftBinding",
    "load_credentials",
]

SCHEMA = "earwitness.credentials/1"


class CredentialState(StrEnum):
    """What the credentials of a file are worth."""

    TRUSTED = "trusted"
    """Nothing changed since it was signed, and the signer's chain leads to an authority on the trust list."""
    UNTRUSTED = "untrusted"
    """Nothing changed since it was signed, but anybody can have signed it under any name."""
    EXPIRED = "expired"
    """Nothing changed, but the certificate is out of date, and no trusted time stamp says it was not then."""
    REVOKED = "revoked"
    """The authority has taken the signer's certificate back."""
    TAMPERED = "tampered"
    """The sound, or something in the credentials, is not what was signed."""
    INVALID = "invalid"
    """Credentials are there that cannot be read, or break the rules."""
    REMOTE = "remote"
    """The file only names an address where its credentials are said to lie; it was not visited."""
    ABSENT = "absent"
    """No credentials: like most files. Says nothing."""

    @property
    def intact(self) -> bool:
        """True when what was signed is what is there."""
        return self in (CredentialState.TRUSTED, CredentialState.UNTRUSTED, CredentialState.EXPIRED)


@dataclass(frozen=True, slots=True)
class Signer:
    """Whose certificate signed. name, organization: as the certificate's subject says."""

    name: str | None
    organization: str | None
    serial: str | None
    algorithm: str | None


@dataclass(frozen=True, slots=True)
class Action:
    """What the signer says was done. name: e.g. c2pa.created. when: ISO 8601, as claimed.

    digital_source: an IPTC code such as trainedAlgorithmicMedia, or an address that is none of IPTC's.
    """

    name: str
    when: str | None = None
    agent: str | None = None
    digital_source: str | None = None


@dataclass(frozen=True, slots=True)
class SoftBinding:
    """An identifier in the sound itself (a watermark, a fingerprint) that leads back to the credentials.

    algorithm: a name of the C2PA list, or of its form. start_s, end_s: where; None for all of it.
    """

    algorithm: str
    value: bytes
    start_s: float | None = None
    end_s: float | None = None


@dataclass(frozen=True, slots=True)
class CredentialProblem:
    """What a check found wrong. code: of the C2PA specification; subject: the assertion it is about."""

    code: str
    subject: str | None
    sentence: str


@dataclass(frozen=True, slots=True)
class Ingredient:
    """What the file was made from. depth: 1 for what the file itself names, 2 for what that one names, …

    state: of its own credentials, as the outer signer recorded it and as far as it can be checked without
    the ingredient's sound.
    """

    depth: int
    relation: str
    state: CredentialState
    title: str | None = None
    manifest_id: str | None = None
    signer: Signer | None = None
    generator: str | None = None
    digital_sources: tuple[str, ...] = ()
    problems: tuple[CredentialProblem, ...] = ()


@dataclass(frozen=True, slots=True)
class CredentialReport:
    """What the credentials of one file are, and what they say. Nothing here is more than their signer's word.

    name: of the file, without folders. place: "embedded", "side-car" or None. signed_at: ISO 8601, from the
    time stamp; None without one. time_stamp: "trusted", "untrusted" or None. remote_url: not visited.
    problems: why it is not trusted. sentence, cannot_tell: for people.
    """

    name: str
    media_type: str | None
    state: CredentialState
    sentence: str
    cannot_tell: str
    place: str | None = None
    manifest_id: str | None = None
    title: str | None = None
    signer: Signer | None = None
    signed_at: str | None = None
    time_stamp: str | None = None
    generator: str | None = None
    actions: tuple[Action, ...] = ()
    soft_bindings: tuple[SoftBinding, ...] = ()
    ingredients: tuple[Ingredient, ...] = ()
    problems: tuple[CredentialProblem, ...] = ()
    remote_url: str | None = None
    warnings: tuple[str, ...] = ()

    @property
    def digital_sources(self) -> tuple[str, ...]:
        """What the signer says the sound is, in the order of the actions, each once."""
        return tuple(dict.fromkeys(a.digital_source for a in self.actions if a.digital_source))

    @property
    def says_generated(self) -> bool:
        """True when intact credentials, or those of what the file was made from, declare generated sound."""
        return self._says(says_generated)

    @property
    def says_captured(self) -> bool:
        """True when the outermost credentials are intact and declare a recording of the real world."""
        return self.state.intact and any(says_captured(code) for code in self.digital_sources)

    def _says(self, rule: Callable[[str], bool]) -> bool:
        inner = (code for item in self.ingredients if item.state.intact for code in item.digital_sources)
        return self.state.intact and any(rule(code) for code in (*self.digital_sources, *inner))

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON types; bytes become base64."""
        own = {
            "digital_sources": self.digital_sources,
            "says_generated": self.says_generated,
            "says_captured": self.says_captured,
        }
        plain: dict[str, Any] = _plain({"schema": SCHEMA, **dataclasses.asdict(self), **own})
        return plain

    def to_json(self, *, indent: int | None = None) -> str:
        """As JSON text: one line, or indented."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=indent)


@dataclass(frozen=True, slots=True)
class Claim:
    """What a signer wants to say about a file.

    source: what the sound is. title: shown by viewers; none unless given. agent: the program that made the
    sound ("name" or "name version"). soft_bindings: see there.
    """

    source: DigitalSource
    title: str | None = None
    agent: str | None = None
    soft_bindings: tuple[SoftBinding, ...] = ()


@dataclass(frozen=True, slots=True)
class SignedFile:
    """A file was signed, written, and read back from the disk.

    report: of what was written. manifest: the credentials as bytes, to keep in a registry. sidecar: where
    they lie when the container cannot hold them.
    """

    report: CredentialReport
    manifest: bytes = field(repr=False)
    sidecar: Path | None = None
    warnings: tuple[str, ...] = ()


class Credentials(Protocol):
    """Signs and reads."""

    def ready(self, certificate: str | None = None) -> str | None:
        """Name of the certificate that would sign: the one named, or the only one; None where there is none,
        or several of which none is named. Raises CertificateNotFoundError and CertificateExpiredError.
        """

    def sign(
        self,
        source: str | os.PathLike[str],
        out: str | os.PathLike[str],
        claim: Claim,
        *,
        certificate: str | None = None,
        time_stamps: str | None = None,
        parent: str | os.PathLike[str] | None = None,
    ) -> SignedFile:
        """Write ``source`` with credentials to ``out``; nothing of its sound changes.

        parent: the file that ``source`` was made from, whose credentials, if any, are kept as its origin;
        ``source`` itself if None. certificate: name of one in the store; None where there is only one.
        time_stamps: address of an RFC 3161 authority; None for no time stamp. Raises CertificateError and its
        kin, CredentialError, TimeStampError, TargetError and what opening a file raises.
        """

    def read(
        self,
        source: str | os.PathLike[str] | BinaryIO,
        *,
        sidecar: str | os.PathLike[str] | None = None,
        name: str | None = None,
    ) -> CredentialReport:
        """What the credentials of a file are worth and say; absent or broken ones are no error.

        sidecar: a .c2pa file to use; otherwise what the file holds, else the .c2pa file beside it.
        name: what the report calls the file. No network is used.
        """

    def restore(self, manifest: bytes, *, name: str) -> CredentialReport:
        """What credentials that were kept apart from their file are worth and say: signature and signer.

        Whether they fit a sound in hand is not judged: its fingerprint has to tell. manifest: as
        ``SignedFile`` gave it. name: what the report calls it. Broken ones are no error.
        """


def load_credentials(name: str = "default") -> Credentials:
    """Whoever signs and reads here. Raises PluginError, MissingDependencyError without the extra."""
    factory = cast("Callable[[], Credentials]", plugins.load(plugins.CREDENTIALS, name))
    return factory()


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
