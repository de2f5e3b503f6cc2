"""``GET /v1/records/{id}``: what the registry knows of one marked or generated item."""

from __future__ import annotations

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from earwitness.api.problems import responses
from earwitness.api.settings import Settings
from earwitness.errors import MissingDependencyError, RecordNotFoundError, RegistryBusyError, RegistryError
from earwitness.manifest_store import active_manifest_id
from earwitness.records import Entry

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["records"])


class KnownSound(BaseModel):
    """The fingerprint that the registry keeps; its data stays there."""

    method: str = Field(examples=["landmarks-1"])
    duration_s: float


class KnownMarks(BaseModel):
    """What the item's marks carry."""

    payload: int
    key_ids: list[str]


class PublicRecord(BaseModel):
    """One record. `marks` and `labels` are null unless the server's administrator publishes them."""

    id: str
    number: int
    """Its place in the registry, 1, 2, 3, …"""
    chain: str
    """The registry's hash chain up to this entry."""
    created: str
    content_sha256: str
    """Of the file as it was given out."""
    scheme: str | None
    signer: str | None
    generator: str | None
    generator_version: str | None
    manifest_id: str | None
    """Of its Content Credentials; /v1/c2pa/manifests/{manifestId} gives them where that is offered."""
    fingerprint: KnownSound | None
    marks: KnownMarks | None = None
    labels: dict[str, str] | None = None


@router.get(
    "/records/{record_id}",
    summary="A record of the registry",
    responses=responses(RecordNotFoundError, RegistryError, RegistryBusyError, MissingDependencyError),
)
def get_record(request: Request, record_id: str) -> PublicRecord:
    """What was made or marked, when, with what, and signed by whom.

    Offered where the server's administrator says so (EARWITNESS_RECORDS=public; `all` adds marks and labels).
    """
    from earwitness.resolving import entry_of_record

    settings: Settings = request.app.state.settings
    entry = entry_of_record(settings.registry, record_id)
    if entry is None:
        raise RecordNotFoundError("there is no record of this id here.", subject=record_id[:80])
    return _shown(entry, everything=settings.records == "all")


def _shown(entry: Entry, *, everything: bool) -> PublicRecord:
    record, sound = entry.record, entry.record.fingerprint
    marks = None
    if everything and record.payload is not None:
        marks = KnownMarks(payload=record.payload, key_ids=list(record.key_ids))
    return PublicRecord(
        id=record.record_id,
        number=entry.number,
        chain=entry.chain,
        created=record.created,
        content_sha256=record.content_sha256,
        scheme=record.scheme,
        signer=record.signer,
        generator=record.generator,
        generator_version=record.generator_version,
        manifest_id=None if record.manifest is None else active_manifest_id(record.manifest),
        fingerprint=None if sound is None else KnownSound(method=sound.method, duration_s=sound.duration_s),
        marks=marks,
        labels=dict(record.labels) if everything else None,
    )
