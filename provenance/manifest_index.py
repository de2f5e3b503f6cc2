"""Which entry of the registry keeps the credentials of a manifest id: kept beside the entries, audited."""

from __future__ import annotations

from typing import TYPE_CHECKING

from earwitness.manifest_store import active_manifest_id
from earwitness.provenance.history import Auditor
from earwitness.provenance.registry_tables import ENTRIES, MANIFESTS
from earwitness.records import Record

if TYPE_CHECKING:
    from sqlalchemy import Connection, Select

__all__ = ["audit", "number_of", "point"]


def point(connection: Connection, record: Record, number: int) -> None:
    """Note under which id the credentials of a new entry can be asked for. One without them has none."""
    from sqlalchemy import insert

    manifest_id = None if record.manifest is None else active_manifest_id(record.manifest)
    if manifest_id is not None:
        connection.execute(insert(MANIFESTS).values(manifest_id=manifest_id, number=number))


def number_of(manifest_id: str) -> Select[tuple[int]]:
    """A query for the first entry with these credentials: the same file may be recorded twice."""
    from sqlalchemy import func, select

    return select(func.min(MANIFESTS.c.number)).where(MANIFESTS.c.manifest_id == manifest_id)


def audit(connection: Connection, auditor: Auditor) -> None:
    """The table must say what the entries' credentials say."""
    from sqlalchemy import select

    wanted = select(ENTRIES.c.number, ENTRIES.c.manifest).where(ENTRIES.c.manifest.is_not(None))
    stated = set()
    for number, manifest in connection.execute(wanted.execution_options(yield_per=100)):
        # Somebody may have put a text there; that the entry is damaged has been told already.
        manifest_id = active_manifest_id(manifest) if isinstance(manifest, bytes) else None
        if manifest_id is not None:
            stated.add((manifest_id, number))
    kept = {(one, number) for one, number in connection.execute(select(MANIFESTS))}
    for manifest_id, number in sorted(stated - kept, key=repr):
        auditor.say(f"The manifest {manifest_id} no longer leads to its entry {number}.")
    for manifest_id, number in sorted(kept - stated, key=repr):
        auditor.say(f"The manifest {manifest_id} leads to entry {number}, which does not have it.")
