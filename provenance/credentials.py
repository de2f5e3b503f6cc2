"""Content Credentials (C2PA) for sound: the door to signing and reading (``earwitness.credentials``).

WAV, MP3, FLAC, M4A, MP4, MOV and AVI carry them inside. OGG, Opus, AAC, AIFF and other containers that the
C2PA library cannot write get a side-car: ``speech.c2pa`` beside ``speech.ogg``.
"""

from __future__ import annotations

import os
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from earwitness.credentials import Claim, CredentialReport, CredentialState, SignedFile
from earwitness.errors import SourceUnreadableError, TargetError
from earwitness.provenance import sdk
from earwitness.provenance.credential_report import read_manifest, read_report, read_sidecar
from earwitness.provenance.identities import Identities
from earwitness.provenance.media_types import SIDECAR_ENDINGS, media_type
from earwitness.provenance.signing import SIDECAR_ENDING, Parent, check_identity, sign_file, type_of
from earwitness.provenance.trust import TrustList
from earwitness.source import Source, open_source
from earwitness.target import refuse_target

__all__ = ["ContentCredentials", "open_credentials"]


class ContentCredentials:
    """Signs with one user's certificates, and trusts whom that user trusts.

    See :class:`earwitness.credentials.Credentials` for what its functions take, give and raise.
    """

    def __init__(self, identities: Identities | None = None, trust: TrustList | None = None) -> None:
        self.identities = identities or Identities()
        self.trust = trust or TrustList()

    def ready(self, certificate: str | None = None) -> str | None:
        """Name of the certificate that would sign; None where nobody could say which."""
        sdk.load()
        if certificate is None and len(self.identities.names()) != 1:
            return None
        identity = self.identities.get(certificate)
        check_identity(identity)
        return identity.name

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
        """Write ``source`` with credentials to ``out``; nothing of its sound changes."""
        sdk.load()
        origin, target = Path(source), Path(out)
        identity = self.identities.get(certificate)
        anchors = self.trust.as_pem()
        refuse_target(target, origin)
        if origin.exists() and not (origin.is_file() or origin.is_dir()):
            raise SourceUnreadableError(
                "is a pipe or a device.", subject=str(origin), hint="Save it as a file."
            )
        with ExitStack() as stack:
            opened = stack.enter_context(closing(open_source(origin)))
            kind = type_of(opened, target)
            if not kind.embeds:
                self._refuse_foreign_sidecar(target)
            before = opened if parent is None else stack.enter_context(closing(open_source(parent)))
            found, sidecar = _look(before, origin if parent is None else Path(parent), anchors)
            return sign_file(
                opened,
                target,
                kind,
                claim,
                identity,
                anchors,
                parent=Parent(before, found, sidecar),
                time_stamps=time_stamps,
            )

    def read(
        self,
        source: str | os.PathLike[str] | BinaryIO,
        *,
        sidecar: str | os.PathLike[str] | None = None,
        name: str | None = None,
    ) -> CredentialReport:
        """What the credentials of a file are worth and say; absent or broken ones are no error."""
        sdk.load()
        anchors = self.trust.as_pem()
        opened = open_source(source, name)
        try:
            if sidecar is not None:
                return read_report(opened, read_sidecar(Path(sidecar)), anchors)
            path = Path(source) if isinstance(source, str | os.PathLike) else None
            return _look(opened, path, anchors)[0]
        finally:
            opened.close()

    def restore(self, manifest: bytes, *, name: str) -> CredentialReport:
        """What credentials that were kept apart from their file are worth and say."""
        return read_manifest(manifest, name, self.trust.as_pem())

    def _refuse_foreign_sidecar(self, target: Path) -> None:
        """speech.ogg and speech.opus would share one side-car: the second would take the first one's."""
        beside = _beside(target)
        if beside is None:
            return
        if target.exists() and self.read(target, sidecar=beside).state.intact:
            return
        raise TargetError(
            "this side-car exists and belongs to another file.",
            subject=str(beside),
            hint="Give OUT another name.",
        )


def open_credentials() -> ContentCredentials:
    """With the certificates and the trust list of this user (entry point of ``earwitness.credentials``)."""
    sdk.load()
    return ContentCredentials()


def _beside(path: Path) -> Path | None:
    """The side-car of a file, where there is one."""
    beside = path.with_suffix(SIDECAR_ENDING)
    return beside if beside.is_file() and beside != path else None


def _look(opened: Source, path: Path | None, anchors: str) -> tuple[CredentialReport, bytes | None]:
    """What the file holds, else what lies beside it, and in that case the side-car's bytes.

    talk.wav or talk.opus may lie beside talk.c2pa, which is that of talk.ogg: nobody is called tampered
    because of a side-car that fits another file.
    """
    found = read_report(opened, None, anchors)
    beside = None if path is None else _beside(path)
    if path is None or found.state is not CredentialState.ABSENT or beside is None:
        return found, None
    sidecar = read_sidecar(beside)
    outside = read_report(opened, sidecar, anchors)
    if outside.state.intact:
        return outside, sidecar
    kind = media_type(opened)
    if (kind is not None and kind.embeds) or _fits_another(path, sidecar, anchors):
        doubt = (
            f"The side-car {beside.name} beside it does not fit: it is another file's, or this one changed."
        )
        return replace(found, warnings=(*found.warnings, doubt)), None
    return outside, sidecar


def _fits_another(path: Path, sidecar: bytes, anchors: str) -> bool:
    """Is it that of another file of the same name, whose format needs a side-car too?"""
    for ending in SIDECAR_ENDINGS:
        other = path.with_suffix(ending)
        if not other.is_file() or other.samefile(path):
            continue
        with closing(open_source(other)) as opened:
            if read_report(opened, sidecar, anchors).state.intact:
                return True
    return False
