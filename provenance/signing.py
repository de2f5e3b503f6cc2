"""Signing: a file in, the same sound with Content Credentials out, read back before it takes its place."""

from __future__ import annotations

import io
import json
import uuid
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from earwitness.credentials import Claim, CredentialReport, CredentialState, SignedFile
from earwitness.errors import (
    CertificateExpiredError,
    CredentialError,
    NotAudioError,
    TargetError,
    TimeStampError,
    UsageError,
)
from earwitness.provenance import sdk
from earwitness.provenance.credential_report import read_report
from earwitness.provenance.extra import needed
from earwitness.provenance.identities import Identity
from earwitness.provenance.manifest import definition
from earwitness.provenance.media_types import MediaType, media_type
from earwitness.source import Source, open_source
from earwitness.target import replacing

__all__ = ["SIDECAR_ENDING", "Parent", "check_identity", "sign_file", "type_of"]

SIDECAR_ENDING = ".c2pa"
_PARENT = "parent.c2pa"
_HOLDS = (CredentialState.TRUSTED, CredentialState.UNTRUSTED)
_TIME_STAMP_TROUBLE = ("http resolver", "service responded", "time stamp", "timestamp", "TimeStamp")


class _Written:
    """A stream to write to that remembers why the system refused; the library only says that it did."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.error: OSError | None = None

    def write(self, data: bytes) -> int:
        try:
            return self._file.write(data)
        except OSError as error:
            self.error = error
            raise

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def type_of(source: Source, target: Path) -> MediaType:
    """What the file is. Raises NotAudioError, and TargetError where ``target`` has another's ending."""
    kind = media_type(source)
    if kind is None:
        raise NotAudioError(
            "this is no audio or video format that can carry credentials.",
            subject=source.name,
            hint="Convert it first, e.g. to WAV, FLAC, MP3 or M4A.",
        )
    if target.suffix.lower() not in kind.endings:
        raise TargetError(
            f"signing converts nothing, and {source.name} is {kind.name}.",
            subject=str(target),
            hint=f"Give it one of these endings: {' '.join(kind.endings)}",
        )
    return kind


@dataclass(frozen=True, slots=True)
class Parent:
    """What a file was made from. report: what its credentials are; sidecar: their bytes, where they lay
    outside it."""

    source: Source
    report: CredentialReport
    sidecar: bytes | None = None

    @property
    def media_type(self) -> str:
        """As the library calls it."""
        kind = media_type(self.source)
        return kind.name if kind else "application/octet-stream"


def sign_file(
    source: Source,
    target: Path,
    kind: MediaType,
    claim: Claim,
    identity: Identity,
    anchors: str,
    *,
    parent: Parent,
    time_stamps: str | None = None,
) -> SignedFile:
    """Sign an open file.

    anchors: PEM text of the authorities that are trusted. parent: the file that
    this one was made from, or itself. time_stamps: address of an RFC 3161 authority.
    Raises CertificateExpiredError, CredentialError, TimeStampError and TargetError; then nothing is written.
    """
    if time_stamps is not None and not time_stamps.startswith(("http://", "https://")):
        raise UsageError(
            "is no address of a time-stamp authority.", subject=time_stamps, hint="Give http://… or https://…"
        )
    sidecar = None if kind.embeds else target.with_suffix(SIDECAR_ENDING)
    warnings = _check_identity(identity, time_stamps)
    before = parent.report
    edited = before.state is not CredentialState.ABSENT
    if edited and not before.state.intact:
        warnings.append(f"What the file came with is kept, and recorded as it is. {before.sentence}")
    with ExitStack() as stack:
        aside = stack.enter_context(replacing(target))
        manifest = _sign(
            source, aside, kind, definition(claim, kind.name, edited=edited), identity, anchors,
            parent=parent if edited else None, time_stamps=time_stamps,
        )  # fmt: skip
        report = _read_back(aside, target, None if sidecar is None else manifest, anchors)
        if sidecar is not None:  # takes its place first: the other order could leave a file without
            stack.enter_context(replacing(sidecar)).write_bytes(manifest)
    return SignedFile(report, manifest, sidecar, tuple(warnings))


def check_identity(identity: Identity) -> None:
    """Raise CertificateExpiredError, with the remedy, for one that is not valid now."""
    with needed():
        from earwitness.provenance.certificates import check_dates
    check_dates(identity.chain, identity.name, identity.remedy)


def _check_identity(identity: Identity, time_stamps: str | None) -> list[str]:
    with needed():
        from earwitness.provenance.certificates import expiry_warning
    check_identity(identity)
    found = expiry_warning(identity.chain, identity.remedy)
    warnings = [] if found is None else [found]
    if time_stamps is None:
        warnings.append(
            "There is no time stamp (--tsa): once the certificate expires, on "
            f"{identity.info.ends[:10]}, nobody can tell that it was valid when this was signed."
        )
    return warnings


def _sign(
    source: Source,
    aside: Path,
    kind: MediaType,
    manifest: dict[str, Any],
    identity: Identity,
    anchors: str,
    *,
    parent: Parent | None,
    time_stamps: str | None,
) -> bytes:
    """Let the library write the signed file; the manifest's bytes."""
    c2pa = sdk.load()
    source.file.seek(0)
    with aside.open("w+b") as file, ExitStack() as stack:
        out = _Written(file)
        try:
            context = stack.enter_context(sdk.open_context(anchors))
            signer = stack.enter_context(_signer(c2pa, identity, time_stamps))
            if parent is not None and parent.sidecar is not None:
                manifest = _with_sidecar_parent(c2pa, context, manifest, parent)
            builder = stack.enter_context(c2pa.Builder(manifest, context))
            if parent is not None:
                builder.set_intent(c2pa.C2paBuilderIntent.EDIT)
                if parent.sidecar is not None:
                    builder.add_resource(_PARENT, io.BytesIO(parent.sidecar))
                else:
                    parent.source.file.seek(0)
                    builder.add_ingredient(
                        {"relationship": "parentOf"}, parent.media_type, parent.source.file
                    )
                source.file.seek(0)
            if not kind.embeds:
                builder.set_no_embed()
            signed: bytes = builder.sign(signer, kind.name, source.file, out)
        except c2pa.C2paError as error:
            if out.error is not None:
                raise out.error from error  # a full disk, for instance; told where the file is replaced
            raise _refused(str(error), source.name, identity, time_stamps) from error
    return signed


def _signer(c2pa: Any, identity: Identity, time_stamps: str | None) -> Any:
    with needed():
        from earwitness.provenance.authority import key_to_pem
        from earwitness.provenance.certificates import algorithm, to_pem
    info = c2pa.C2paSignerInfo(
        alg=algorithm(identity.key),
        sign_cert=to_pem(identity.chain).encode("ascii"),
        private_key=key_to_pem(identity.key).encode("ascii"),
        ta_url=time_stamps,
    )
    return c2pa.Signer.from_info(info)


def _with_sidecar_parent(c2pa: Any, context: Any, manifest: dict[str, Any], parent: Parent) -> dict[str, Any]:
    """The manifest with an ingredient whose credentials lie outside its file, as a check finds them."""
    parent.source.file.seek(0)
    with c2pa.Reader(parent.media_type, parent.source.file, parent.sidecar, context=context) as reader:
        store = json.loads(reader.json())
    parent.source.file.seek(0)
    ingredient = {
        "relationship": "parentOf",
        "format": parent.media_type,
        "instance_id": f"xmp:iid:{uuid.uuid4()}",
        "active_manifest": store["active_manifest"],
        "manifest_data": {"format": "application/c2pa", "identifier": _PARENT},
        "validation_results": store["validation_results"],
    }
    return {**manifest, "ingredients": [ingredient]}


def _read_back(aside: Path, target: Path, manifest: bytes | None, anchors: str) -> CredentialReport:
    """What the file on the disk says. Raises CredentialError unless it holds."""
    written = open_source(aside, target.name)
    try:
        report = read_report(written, manifest, anchors)
    finally:
        written.close()
    if report.state not in _HOLDS:
        raise CredentialError(
            f"what was written does not read back: {report.sentence} Nothing was kept.",
            subject=str(target),
            hint="Choose another format, and please report it.",
        )
    return report


def _refused(message: str, name: str, identity: Identity, time_stamps: str | None) -> Exception:
    """The library's refusal as one of our errors."""
    if time_stamps is not None and any(sign in message for sign in _TIME_STAMP_TROUBLE):
        return TimeStampError(
            f"no time stamp came from {time_stamps} ({message}).",
            subject=name,
            hint="Check the address and the network, or sign without a time stamp.",
        )
    if "not valid at time of signing" in message:
        return CertificateExpiredError(
            "the signing certificate was not valid at the time that the time stamp says.",
            subject=identity.name,
            hint=identity.remedy,
        )
    return CredentialError(
        f"the C2PA library refuses to sign it ({message}).",
        subject=name,
        hint="If the file is damaged, convert it first. If it carries broken credentials, take them off "
        "(ffmpeg -i IN -map_metadata -1 -c copy OUT), or move the broken side-car (.c2pa) away.",
    )
