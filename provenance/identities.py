"""The store of signing certificates: who signs, by a name of one's own choice.

Each lies with its private key in one file, ``certificates/NAME.json`` beside the key ring, which only its
owner can read. Keys are never printed, logged or put into a report.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from earwitness.errors import (
    CertificateError,
    CertificateNotFoundError,
    KeyFileError,
    SourceNotFoundError,
    SourceUnreadableError,
    UsageError,
)
from earwitness.provenance import key_file, private_file
from earwitness.provenance.extra import needed
from earwitness.provenance.names import NAME_RULE, is_name

if TYPE_CHECKING:
    from cryptography import x509

    from earwitness.provenance.authority import Issued
    from earwitness.provenance.certificates import CertificateInfo, PrivateKey

__all__ = ["Identities", "Identity", "open_identities", "read_pem"]

FORMAT = "earwitness.certificate/1"
FOLDER = "certificates"
MAX_BYTES = 1 << 20
MAX_DAYS = 3650
MAX_TEXT = 64  # characters of a CN or an O (X.520)
_REMEDY = f"set {key_file.PATH_VARIABLE} to a file in a folder that you may write to."
_LEAKED = "have its authority revoke the certificate, and make or import another."


@dataclass(frozen=True, slots=True)
class Identity:
    """Who signs. chain: the signer's certificate first, the root left out. root: where it is known."""

    name: str
    chain: tuple[x509.Certificate, ...]
    root: x509.Certificate | None
    key: PrivateKey = field(repr=False)
    issuer_key: PrivateKey | None = field(default=None, repr=False)

    @property
    def own(self) -> bool:
        """True for a chain that EarWitness made and can renew."""
        return self.issuer_key is not None

    @property
    def info(self) -> CertificateInfo:
        """The public description of the signer's certificate."""
        with needed():
            from earwitness.provenance.certificates import describe
        return describe(self.chain[0])

    @property
    def remedy(self) -> str:
        """What to do when it runs out."""
        if self.own:
            return f"Renew it: earwitness keys certificate renew {self.name}"
        return (
            "Get a new one from its authority, then: "
            f"earwitness keys certificate import {self.name} CHAIN KEY --replace"
        )


class Identities:
    """The signing certificates of one user. folder: where they lie (it need not exist yet)."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = key_file.default_path().parent / FOLDER if folder is None else folder

    def create(self, name: str, *, signer: str | None = None, organization: str, days: int) -> Identity:
        """Make a chain of one's own: root, issuer, signing certificate.

        signer: name in the certificate (``name`` if None). days: 1 to 3650. Raises CertificateError when
        the name is taken or no name, UsageError for other nonsense, KeyFileError.
        """
        if not 1 <= days <= MAX_DAYS:
            raise UsageError(f"{days} days are too few or too many.", hint=f"Give 1 to {MAX_DAYS}.")
        for text in (signer or name, organization):
            if not text.strip() or len(text) > MAX_TEXT:
                raise UsageError(f"a name in a certificate has 1 to {MAX_TEXT} characters, not {len(text)}.")
        with needed():
            from earwitness.provenance import authority
        return self._add_issued(name, authority.create(signer or name, organization, days=days))

    def add(
        self,
        name: str,
        chain_pem: bytes,
        key_pem: bytes,
        *,
        chain_name: str = "the chain",
        key_name: str = "the key",
        replace: bool = False,
    ) -> Identity:
        """Keep a chain and key from elsewhere. A root at the end of the chain is kept apart.

        chain_name, key_name: what messages call them. Raises CertificateError for a chain that C2PA would
        refuse, CertificateExpiredError, KeyFileError.
        """
        with needed():
            from earwitness.provenance import certificates
        chain = certificates.load_certificates(chain_pem, chain_name)
        key = certificates.load_key(key_pem, key_name)
        root = chain[-1] if len(chain) > 1 and certificates.is_self_signed(chain[-1]) else None
        identity = Identity(name, tuple(chain[:-1] if root else chain), root, key)
        certificates.check_chain(identity.chain, key, chain_name)
        certificates.check_dates(identity.chain, chain_name, "Get a new one from its authority.")
        self._save(identity, replace=replace)
        return identity

    def renew(self, name: str, *, days: int) -> Identity:
        """A new key and certificate below the same root. Only for chains that EarWitness made."""
        identity = self.get(name)
        if identity.issuer_key is None or identity.root is None:
            raise CertificateError(
                "this certificate was issued elsewhere.", subject=name, hint=identity.remedy
            )
        with needed():
            from earwitness.provenance import authority
        fresh = authority.renew(identity.chain, identity.root, identity.issuer_key, days=days)
        return self._add_issued(name, fresh, replace=True)

    def get(self, name: str | None = None) -> Identity:
        """The certificate of this name; with None the only one there is. Raises CertificateNotFoundError."""
        if name is None:
            names = self.names()
            if len(names) != 1:
                raise self._unclear(names)
            name = names[0]
        data = self._read(name) if is_name(name) else None
        if data is None:
            raise CertificateNotFoundError(
                "there is no signing certificate of this name.",
                subject=name,
                hint=f"Known: {', '.join(self.names()) or 'none'}. "
                "To make one: earwitness keys certificate create NAME",
            )
        return _parse(name, data, self._path(name))

    def list(self) -> tuple[Identity, ...]:
        """All of them, by name."""
        return tuple(self.get(name) for name in self.names())

    def names(self) -> Sequence[str]:
        """Names in the store, sorted."""
        if not self.folder.is_dir():
            return []
        return sorted(path.stem for path in self.folder.glob("*.json") if is_name(path.stem))

    def _add_issued(self, name: str, issued: Issued, *, replace: bool = False) -> Identity:
        identity = Identity(name, issued.chain, issued.root, issued.key, issued.issuer_key)
        self._save(identity, replace=replace)
        return identity

    def _save(self, identity: Identity, *, replace: bool) -> None:
        if not is_name(identity.name):
            raise CertificateError(
                "this is no name for a certificate.", subject=identity.name, hint=NAME_RULE
            )
        path = self._path(identity.name)
        with private_file.locked(path, remedy=_REMEDY):
            if path.exists() and not replace:
                raise CertificateError(
                    "there is a certificate of this name already.",
                    subject=identity.name,
                    hint=f"Choose another name. {identity.remedy}",
                )
            text = json.dumps(_as_json(identity), indent=1) + "\n"
            private_file.write(path, text.encode("ascii"), remedy=_REMEDY)

    def _read(self, name: str) -> bytes | None:
        return private_file.read(self._path(name), MAX_BYTES, remedy=_REMEDY, leaked=_LEAKED)

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.json"

    def _unclear(self, names: Sequence[str]) -> CertificateError:
        if not names:
            return CertificateNotFoundError(
                "there is no certificate to sign with.",
                hint="Make one to try things out: earwitness keys certificate create NAME",
            )
        return CertificateError(
            f"there are {len(names)} certificates to sign with.",
            hint=f"Say which: --certificate {' or '.join(names)}",
        )


def open_identities() -> Identities:
    """The store of this user."""
    return Identities()


def read_pem(path: str) -> bytes:
    """The content of a PEM file that somebody named. Raises SourceNotFoundError, SourceUnreadableError."""
    try:
        with Path(path).open("rb") as file:
            return file.read(16 * MAX_BYTES)
    except FileNotFoundError as error:
        raise SourceNotFoundError("no such file.", subject=path, hint="Check the path.") from error
    except OSError as error:
        raise SourceUnreadableError(f"cannot be read: {error.strerror}.", subject=path) from error


def _as_json(identity: Identity) -> dict[str, Any]:
    with needed():
        from earwitness.provenance.authority import key_to_pem
        from earwitness.provenance.certificates import to_pem
    return {
        "format": FORMAT,
        "chain": to_pem(identity.chain),
        "root": to_pem([identity.root]) if identity.root else None,
        "key": key_to_pem(identity.key),
        "issuer_key": key_to_pem(identity.issuer_key) if identity.issuer_key else None,
    }


def _parse(name: str, data: bytes, path: Path) -> Identity:
    """What the file holds. What is wrong is told without quoting it: it holds a private key."""
    with needed():
        from earwitness.provenance.certificates import load_certificates, load_key
    try:
        content: Mapping[str, str | None] = json.loads(data)
        if content["format"] != FORMAT:
            raise ValueError

        def text(entry: str) -> bytes:
            return (content[entry] or "").encode("ascii")

        return Identity(
            name,
            tuple(load_certificates(text("chain"), name)),
            load_certificates(text("root"), name)[0] if content["root"] else None,
            load_key(text("key"), name),
            load_key(text("issuer_key"), name) if content["issuer_key"] else None,
        )
    except (ValueError, KeyError, TypeError, AttributeError, CertificateError):
        raise KeyFileError(
            f"this is no certificate file of the form {FORMAT}, or it is damaged; it is left as it is.",
            subject=str(path),
            hint="Restore it from a copy.",
        ) from None
