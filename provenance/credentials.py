"""Content Credentials (C2PA) for sound: the door to signing and reading (``earwitness.credentials``).

WAV, MP3, FLAC, M4A, MP4, MOV and AVI carry them inside. OGG, Opus, AAC, AIFF and other containers that the
C2PA library cannot write get a side-car: ``speech.c2pa`` beside ``speech.ogg``.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO

from earwitness.credentials import Claim, CredentialReport, CredentialState, SignedFile
from earwitness.errors import SourceUnreadableError, TargetError
from earwitness.provenance import sdk
from earwitness.provenance.credential_report import read_report, read_sidecar
from earwitness.provenance.identities import Identities
from earwitness.provenance.signing import SIDECAR_ENDING, sign_file, type_of
from earwitness.provenance.trust import TrustList
from earwitness.source import open_source
from earwitness.target import refuse_target

__all__ = ["ContentCredentials", "open_credentials"]


class ContentCredentials:
    """Signs with one user's certificates, and trusts whom that user trusts.

    See :class:`earwitness.credentials.Credentials` for what its functions take, give and raise.
    """

    def __init__(self, identities: Identities | None = None, trust: TrustList | None = None) -> None:
        self.identities = identities or Identities()
        self.trust = trust or TrustList()

    def sign(
        self,
        source: str | os.PathLike[str],
        out: str | os.PathLike[str],
        claim: Claim,
        *,
        certificate: str | None = None,
        time_stamps: str | None = None,
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
        opened = open_source(origin)
        try:
            kind = type_of(opened, target)
            if not kind.embeds:
                self._refuse_foreign_sidecar(target)
            beside = _beside(origin)
            parent = read_report(opened, None, anchors)
            parent_sidecar = None
            if parent.state is CredentialState.ABSENT and beside is not None:
                parent_sidecar = read_sidecar(beside)
                parent = read_report(opened, parent_sidecar, anchors)
            return sign_file(
                opened,
                target,
                kind,
                claim,
                identity,
                anchors,
                parent=parent,
                parent_sidecar=parent_sidecar,
                time_stamps=time_stamps,
            )
        finally:
            opened.close()

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
            found = read_report(opened, None, anchors)
            beside = _beside(Path(source)) if isinstance(source, str | os.PathLike) else None
            if found.state is CredentialState.ABSENT and beside is not None:
                return read_report(opened, read_sidecar(beside), anchors)
            return found
        finally:
            opened.close()

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
