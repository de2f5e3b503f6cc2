"""The table that turns marks into records: written with each record, compared by an audit."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING

from earwitness.provenance.history import Auditor
from earwitness.records import Record

if TYPE_CHECKING:
    from sqlalchemy import Connection

__all__ = ["audit", "point"]


def point(connection: Connection, record: Record, number: int) -> bool:
    """Lead the marks of a new record to its entry; False where one of them leads to another already."""
    from sqlalchemy import delete, insert, select

    from earwitness.provenance.registry_tables import MARKS, RESERVED

    if record.payload is None:
        return True
    same = (MARKS.c.payload == record.payload, MARKS.c.key_id.in_(record.key_ids))
    if connection.execute(select(MARKS.c.number).where(*same)).first():
        return False
    rows = [{"key_id": one, "payload": record.payload, "number": number} for one in record.key_ids]
    connection.execute(insert(MARKS), rows)
    drawn = (RESERVED.c.payload == record.payload, RESERVED.c.key_id.in_(record.key_ids))
    connection.execute(delete(RESERVED).where(*drawn))
    return True


def audit(connection: Connection, auditor: Auditor) -> None:
    """The table must say what the records say."""
    from sqlalchemy import select

    from earwitness.provenance.registry_tables import ENTRIES, MARKS

    stated = set()
    wanted = select(ENTRIES.c.number, ENTRIES.c.key_ids, ENTRIES.c.payload)
    for number, key_ids, payload in connection.execute(wanted.where(ENTRIES.c.payload.is_not(None))):
        with contextlib.suppress(ValueError, TypeError):  # a damaged entry has been told already
            stated |= {(key_id, payload, number) for key_id in json.loads(key_ids)}
    kept = {tuple(row) for row in connection.execute(select(MARKS))}
    for key_id, payload, number in sorted(stated - kept, key=repr):
        auditor.say(f"The mark {_text(key_id, payload)} no longer leads to its entry {number}.")
    for key_id, payload, number in sorted(kept - stated, key=repr):
        auditor.say(f"The mark {_text(key_id, payload)} leads to entry {number}, which does not name it.")


def _text(key_id: object, payload: object) -> str:
    """After somebody was at the database, what should be a number may be anything."""
    return f"{key_id}:{payload:08x}" if isinstance(payload, int) else f"{key_id}:{payload!r}"
