"""The trust list: the authorities whose signers' credentials count as "trusted". Its owner decides.

Each entry is a PEM file ``trust/NAME.pem`` beside the key ring, with one certificate or many (the official
C2PA trust list is one such file). Nothing is on the list until somebody puts it there.
"""

from __future__ import annotations

import stat
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from earwitness.errors import CertificateError, TrustListError
from earwitness.provenance import key_file
from earwitness.provenance.extra import needed
from earwitness.provenance.names import NAME_RULE, is_name
from earwitness.target import replacing

if TYPE_CHECKING:
    from cryptography import x509

    from earwitness.provenance.certificates import CertificateInfo

__all__ = ["TrustEntry", "TrustList", "open_trust_list"]

FOLDER = "trust"
MAX_BYTES = 16 << 20
_WRITABLE_BY_OTHERS = stat.S_IWGRP | stat.S_IWOTH


@dataclass(frozen=True, slots=True)
class TrustEntry:
    """One file of the list and the authorities in it."""

    name: str
    authorities: tuple[CertificateInfo, ...]


class TrustList:
    """The authorities that one user trusts. folder: where the files lie (it need not exist yet)."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = key_file.default_path().parent / FOLDER if folder is None else folder

    def add(self, name: str, pem: bytes, *, source: str = "the file", replace: bool = False) -> TrustEntry:
        """Trust the authorities in a PEM text. source: what messages call it.

        Raises TrustListError when the name is taken or no name, when there is no certificate in it, and
        when one of them is no authority's (a signer's own certificate vouches for nobody).
        """
        if not is_name(name):
            raise TrustListError("this is no name for an entry.", subject=name, hint=NAME_RULE)
        path = self._path(name)
        if path.exists() and not replace:
            raise TrustListError(
                "there is an entry of this name already.",
                subject=name,
                hint=f"Choose another with --name, or remove it: earwitness trust remove {name}",
            )
        authorities = _authorities(pem, source)
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise TrustListError(
                f"the folder cannot be made: {error.strerror}.", subject=str(self.folder)
            ) from error
        with replacing(path) as aside:
            aside.write_bytes(pem)
        path.chmod(0o644)  # public, but nobody else's to change
        return TrustEntry(name, authorities)

    def list(self) -> tuple[TrustEntry, ...]:
        """All entries, by name. Raises TrustListError for a file that is damaged or others may change."""
        return tuple(TrustEntry(n, _authorities(self._read(n), str(self._path(n)))) for n in self.names())

    def remove(self, name: str) -> None:
        """Trust an entry no longer. Raises TrustListError when there is none of this name."""
        if name not in self.names():
            raise TrustListError(
                "the trust list has no such entry.",
                subject=name,
                hint=f"It has: {', '.join(self.names()) or 'none'}.",
            )
        self._path(name).unlink(missing_ok=True)

    def names(self) -> Sequence[str]:
        """Names of the entries, sorted."""
        if not self.folder.is_dir():
            return []
        return sorted(path.stem for path in self.folder.glob("*.pem") if is_name(path.stem))

    def as_pem(self) -> str:
        """Everything on the list as one PEM text; "" when it is empty."""
        with needed():
            from earwitness.provenance.certificates import to_pem
        return "".join(to_pem(_certificates(self._read(n), str(self._path(n)))) for n in self.names())

    def _read(self, name: str) -> bytes:
        path = self._path(name)
        try:
            mode = path.stat().st_mode
            if sys.platform != "win32" and mode & _WRITABLE_BY_OTHERS:
                raise TrustListError(
                    "others can change this file, and with it whom you trust.",
                    subject=str(path),
                    hint=f"Say: chmod go-w '{path}', and look whether its content is yours: "
                    "earwitness trust list",
                )
            with path.open("rb") as file:
                return file.read(MAX_BYTES)
        except OSError as error:
            raise TrustListError(f"cannot be read: {error.strerror}.", subject=str(path)) from error

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.pem"


def open_trust_list() -> TrustList:
    """The trust list of this user."""
    return TrustList()


def _authorities(pem: bytes, source: str) -> tuple[CertificateInfo, ...]:
    with needed():
        from earwitness.provenance.certificates import describe
    found = tuple(describe(certificate) for certificate in _certificates(pem, source))
    strangers = [info.name for info in found if not info.authority]
    if strangers:
        raise TrustListError(
            f'"{strangers[0]}" is the certificate of a signer, not of an authority.',
            subject=source,
            hint="Give the certificate at the top of its chain.",
        )
    return found


def _certificates(pem: bytes, source: str) -> Sequence[x509.Certificate]:
    with needed():
        from earwitness.provenance.certificates import load_certificates
    try:
        return load_certificates(pem, source)
    except CertificateError as error:
        raise TrustListError(error.message, subject=source, hint=error.hint) from error
