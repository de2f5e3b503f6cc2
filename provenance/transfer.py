"""The registry as JSON lines: out of one, into another, whichever database they lie in."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from earwitness.errors import RegistryError, UsageError
from earwitness.provenance.history import link
from earwitness.provenance.record_json import entry_dict, parse_entry
from earwitness.provenance.store import SqlRegistry
from earwitness.records import Record

__all__ = ["Imported", "export_lines", "import_lines"]

_BATCH = 500


@dataclass(frozen=True, slots=True)
class Imported:
    """read: records in the file. added: those that the registry did not have."""

    read: int
    added: int


def export_lines(registry: SqlRegistry) -> Iterator[str]:
    """One line of JSON an entry, oldest first, without line breaks."""
    for entry in registry.entries():
        yield json.dumps(entry_dict(entry), ensure_ascii=False)


def import_lines(registry: SqlRegistry, lines: Iterable[str], *, name: str) -> Imported:
    """Add the records of an export that are not there yet; name: what messages call it.

    They get new numbers, for this registry has a history of its own. The chain of the export is checked on
    the way. Batches are added whole; after an error the import can be started again. Raises UsageError for
    what is no export, RegistryError for one that was changed, RecordConflictError.
    """
    read = added = 0
    batch: list[Record] = []
    for record in _checked(lines, name):
        read += 1
        batch.append(record)
        if len(batch) >= _BATCH:
            added += registry.add_new(batch)
            batch = []
    if batch:
        added += registry.add_new(batch)
    return Imported(read, added)


def _checked(lines: Iterable[str], name: str) -> Iterator[Record]:
    number, chain = 0, ""
    for at, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            entry = parse_entry(line)
        except (UsageError, RegistryError) as error:
            raise type(error)(
                f"line {at}: {error.message}", subject=name, hint=error.hint or "Is it a whole export?"
            ) from error
        # A part of an export may start anywhere; its first entry then has nothing to be checked against.
        follows = entry.number == number + 1
        if follows and link(chain, entry.number, entry.record) != entry.chain:
            raise RegistryError(
                f"line {at}: the record {entry.record.record_id} was changed after it was exported.",
                subject=name,
                hint="Export it again from where it came.",
            )
        number, chain = entry.number, entry.chain
        yield entry.record
