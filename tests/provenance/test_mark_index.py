"""provenance/mark_index.py: marks lead to records, and an audit sees where they no longer do."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import text

from earwitness.provenance import mark_index
from earwitness.provenance.history import Auditor
from earwitness.provenance.store import open_registry
from earwitness.records import Record

Make = Callable[..., Record]
KEY, OTHER = "aabbccdd", "00112233"


def test_a_mark_leads_to_one_record_only(place: str, make_record: Make) -> None:
    with open_registry(place) as registry:
        registry.add(make_record(1, payload=7, key_ids=(KEY,)))
        with registry._database.writing() as connection:
            assert mark_index.point(connection, make_record(2), 2), "a record without a mark needs none"
            assert mark_index.point(connection, make_record(3, payload=8, key_ids=(KEY,)), 3)
            assert not mark_index.point(connection, make_record(4, payload=7, key_ids=(OTHER, KEY)), 4)
            said = Auditor()
            mark_index.audit(connection, said)
    assert said.problems == [f"The mark {KEY}:00000008 leads to entry 3, which does not name it."]


def test_a_reserved_payload_is_free_once_its_record_is_there(place: str, make_record: Make) -> None:
    with open_registry(place) as registry:
        payload = registry.reserve((KEY, OTHER))
        count = text("SELECT count(*) FROM registry_reserved")
        with registry._database.reading() as connection:
            assert connection.execute(count).scalar() == 2
        registry.add(make_record(1, payload=payload, key_ids=(KEY, OTHER)))
        with registry._database.reading() as connection:
            assert connection.execute(count).scalar() == 0
