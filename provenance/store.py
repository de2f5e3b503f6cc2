"""The registry: records appended to a SQL database, found again by mark, file, id and sound.

``open_registry`` is the entry point of ``earwitness.registries``.
"""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from earwitness.errors import EarWitnessError, RecordConflictError, RecordNotFoundError, RegistryError
from earwitness.fingerprints import Fingerprint
from earwitness.marks import Search
from earwitness.provenance.database import Database, open_database
from earwitness.provenance.history import Auditor, link
from earwitness.records import PAYLOAD_BITS, Entry, Match, Record, RegistryAudit

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection, RowMapping

__all__ = ["SqlRegistry", "open_registry"]

_DRAWS = 50  # all taken only when billions of payloads are gone
_PAGE = 500


@contextlib.contextmanager
def open_registry(place: str | None = None, *, create: bool = True) -> Iterator[SqlRegistry]:
    """The registry at ``place`` (see :func:`earwitness.provenance.database.open_database`), then closed."""
    database = open_database(place, create=create)
    try:
        yield SqlRegistry(database)
    finally:
        database.close()


class SqlRegistry:
    """See :class:`earwitness.records.Registry`. Threads may share one."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @property
    def place(self) -> str:
        """Where it lies, without a password."""
        return self._database.place

    def reserve(self, key_ids: Sequence[str]) -> int:
        """Draw a payload that no mark of these keys had before, and keep it for one record."""
        from sqlalchemy import insert, select

        from earwitness.provenance.registry_tables import MARKS, RESERVED

        if not key_ids:
            raise ValueError("a payload is reserved for at least one key")
        with self._database.writing() as connection:
            self._hold(connection)
            for _ in range(_DRAWS):
                payload = secrets.randbits(PAYLOAD_BITS)
                taken = any(
                    connection.execute(
                        select(table.c.payload).where(table.c.payload == payload, table.c.key_id.in_(key_ids))
                    ).first()
                    for table in (MARKS, RESERVED)
                )
                if not taken:
                    rows = [{"key_id": key_id, "payload": payload} for key_id in key_ids]
                    connection.execute(insert(RESERVED), rows)
                    return payload
        raise RegistryError("no free payload was found.", subject=self.place, hint="Rotate the mark key.")

    def add(self, record: Record) -> Entry:
        """Append a record; see :meth:`earwitness.records.Registry.add`."""
        (entry,) = self.add_all([record])
        return entry

    def add_all(self, records: Iterable[Record]) -> list[Entry]:
        """Append all of these or, on an error, none; their entries, old and new."""
        return self._append(records)[0]

    def add_new(self, records: Iterable[Record]) -> int:
        """Append all of these or, on an error, none; how many were not there yet."""
        return self._append(records)[1]

    def _append(self, records: Iterable[Record]) -> tuple[list[Entry], int]:
        from sqlalchemy import insert, update

        from earwitness.provenance import manifest_index, mark_index
        from earwitness.provenance.registry_rows import row_of
        from earwitness.provenance.registry_tables import ENTRIES, HEAD

        entries = []
        with self._database.writing() as connection:
            number, chain = self._hold(connection)
            before = number
            for record in records:
                known = self._one(connection, ENTRIES.c.record_id == record.record_id)
                if known is not None:
                    if known.record != record:
                        raise self._conflict(record, "another record has this id")
                    entries.append(known)
                    continue
                number += 1
                chain = link(chain, number, record)
                entries.append(Entry(number, record, chain))
                connection.execute(insert(ENTRIES), row_of(entries[-1]))
                if not mark_index.point(connection, record, number):
                    raise self._conflict(record, f"its mark {record.payload} belongs to another record")
                manifest_index.point(connection, record, number)
            connection.execute(update(HEAD).values(number=number, chain=chain))
        return entries, number - before

    def get(self, record_id: str) -> Entry:
        """The record of this id. Raises RecordNotFoundError."""
        from earwitness.provenance.registry_tables import ENTRIES

        with self._database.reading() as connection:
            entry = self._one(connection, ENTRIES.c.record_id == record_id.lower())
        if entry is None:
            raise RecordNotFoundError(
                f"the registry {self.place} has no record of this id.",
                subject=record_id,
                hint="earwitness registry list shows all.",
            )
        return entry

    def by_mark(self, key_id: str, payload: int) -> Entry | None:
        """The record that a mark points to."""
        from sqlalchemy import select

        from earwitness.provenance.registry_tables import ENTRIES, MARKS

        number = select(MARKS.c.number).where(MARKS.c.key_id == key_id, MARKS.c.payload == payload)
        with self._database.reading() as connection:
            return self._one(connection, ENTRIES.c.number.in_(number))

    def by_payload(self, payload: int) -> tuple[Entry, ...]:
        """Records whose marks carry this payload, under whichever key, oldest first."""
        from sqlalchemy import select

        from earwitness.provenance.registry_tables import ENTRIES, MARKS

        numbers = select(MARKS.c.number).where(MARKS.c.payload == payload)
        return self._several(ENTRIES.c.number.in_(numbers))

    def by_manifest(self, manifest_id: str) -> Entry | None:
        """The record that keeps the credentials whose active manifest has this id; the first of several."""
        from earwitness.provenance.manifest_index import number_of
        from earwitness.provenance.registry_tables import ENTRIES

        with self._database.reading() as connection:
            return self._one(connection, ENTRIES.c.number.in_(number_of(manifest_id)))

    def by_content(self, sha256: str) -> tuple[Entry, ...]:
        """Records of exactly this file, oldest first."""
        from earwitness.provenance.registry_tables import ENTRIES

        return self._several(ENTRIES.c.content_sha256 == sha256.lower())

    def by_fingerprint(
        self, heard: Fingerprint, *, most: int = 10, search: Search = Search.HINT
    ) -> tuple[Match, ...]:
        """Records of the same recording, the likest first."""
        from earwitness.provenance.fingerprint_search import matches

        return matches(self._database, heard, most, search)

    def entries(self, *, start: int = 1, newest_first: bool = False) -> Iterator[Entry]:
        """Entries from this number on; newest first: down to it. Read in pages, so a writer never waits."""
        last: int | None = None
        while True:
            with self._database.reading() as connection:
                rows = self._page(connection, start, last, newest_first)
            for row in rows:
                yield self._entry(row)
            if len(rows) < _PAGE:
                return
            last = rows[-1]["number"]

    def head(self) -> tuple[int, str]:
        """Number and chain of the last entry; (0, "") in an empty registry."""
        with self._database.reading() as connection:
            return self._head(connection)

    def audit(self, known_heads: Mapping[int, str] | None = None) -> RegistryAudit:
        """Recompute the whole history, in one consistent view."""
        from earwitness.provenance import manifest_index, mark_index

        auditor = Auditor(dict(known_heads or {}))
        with self._database.reading() as connection:
            for _ in auditor.take(self._readable(connection)):
                pass
            mark_index.audit(connection, auditor)
            manifest_index.audit(connection, auditor)
            return auditor.finish(*self._head(connection))

    def _readable(self, connection: Connection) -> Iterator[Entry | EarWitnessError]:
        last: int | None = None
        while rows := self._page(connection, -(2**62), last, newest_first=False):
            for row in rows:
                try:
                    yield self._entry(row)
                except RegistryError as error:
                    yield error
            last = rows[-1]["number"]

    def _page(
        self, connection: Connection, start: int, last: int | None, newest_first: bool
    ) -> Sequence[RowMapping]:
        from sqlalchemy import select

        from earwitness.provenance.registry_tables import ENTRIES

        number = ENTRIES.c.number
        wanted = select(ENTRIES).where(number >= start).limit(_PAGE)
        if last is not None:
            wanted = wanted.where(number < last if newest_first else number > last)
        wanted = wanted.order_by(number.desc() if newest_first else number)
        return connection.execute(wanted).mappings().all()

    def _hold(self, connection: Connection) -> tuple[int, str]:
        """The head, held until this transaction ends: one writer at a time."""
        return self._head(connection, hold=True)

    def _head(self, connection: Connection, *, hold: bool = False) -> tuple[int, str]:
        from sqlalchemy import select

        from earwitness.provenance.registry_tables import HEAD

        wanted = select(HEAD.c.number, HEAD.c.chain)
        row = connection.execute(wanted.with_for_update() if hold else wanted).first()
        if row is None or not (isinstance(row[0], int) and isinstance(row[1], str)):
            raise RegistryError(
                "its head is gone or damaged: somebody changed the database.",
                subject=self.place,
                hint="Restore it from a copy or an export.",
            )
        return row[0], row[1]

    def _conflict(self, record: Record, why: str) -> RecordConflictError:
        return RecordConflictError(
            f"{why}; nothing was added to {self.place}.",
            subject=record.record_id,
            hint="Mark the file again: a new id is drawn.",
        )

    def _one(self, connection: Connection, condition: ColumnElement[bool]) -> Entry | None:
        from sqlalchemy import select

        from earwitness.provenance.registry_tables import ENTRIES

        row = connection.execute(select(ENTRIES).where(condition).limit(1)).mappings().first()
        return None if row is None else self._entry(row)

    def _several(self, condition: ColumnElement[bool]) -> tuple[Entry, ...]:
        from sqlalchemy import select

        from earwitness.provenance.registry_tables import ENTRIES

        wanted = select(ENTRIES).where(condition).order_by(ENTRIES.c.number)
        with self._database.reading() as connection:
            return tuple(self._entry(row) for row in connection.execute(wanted).mappings())

    def _entry(self, row: Any) -> Entry:
        from earwitness.provenance.registry_rows import entry_of

        return entry_of(row, self.place)
