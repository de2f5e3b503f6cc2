"""provenance/store.py: the same promises on SQLite and on PostgreSQL."""

from __future__ import annotations

import itertools
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from earwitness.errors import RecordConflictError, RecordNotFoundError, RegistryError
from earwitness.fingerprints import Fingerprint
from earwitness.provenance import store
from earwitness.provenance.store import SqlRegistry, open_registry
from earwitness.records import Record, load_registry

Make = Callable[..., Record]
KEY, OTHER = "aabbccdd", "00112233"

WRITER = """
import sys
from earwitness.provenance.store import open_registry
from earwitness.records import Record
with open_registry(sys.argv[1]) as registry:
    for at in range(100_000):
        payload = registry.reserve(("aabbccdd",))
        registry.add(Record(content_sha256=f"{at:064x}", payload=payload, key_ids=("aabbccdd",)))
        print(at, flush=True)
"""
# Forked after the imports, which would take longer than the writing; a closing pipe lets all go at once.
WRITERS = """
import os, sys
import alembic.runtime.environment, psycopg, sqlalchemy.dialects.sqlite
from earwitness.provenance import registry_rows, store
from earwitness.records import Record
place, count = sys.argv[1], int(sys.argv[2])
gate, opener = os.pipe()
for who in range(count):
    if os.fork() == 0:
        os.close(opener)
        os.read(gate, 1)
        with store.open_registry(place) as registry:
            payload = registry.reserve(("aabbccdd",))
            registry.add(Record(content_sha256=f"{who:064x}", payload=payload, key_ids=("aabbccdd",)))
        os._exit(0)
os.close(opener)
sys.exit(sum(os.waitstatus_to_exitcode(os.wait()[1]) != 0 for _ in range(count)))
"""


def change(registry: SqlRegistry, *statements: str) -> None:
    """What somebody with the database's password can do."""
    with registry._database.writing() as connection:
        for statement in statements:
            connection.execute(text(statement))


def let_changes_through(registry: SqlRegistry) -> None:
    if registry.place.startswith("postgresql"):
        change(registry, "DROP TRIGGER registry_entries_no_change ON registry_entries")
        change(registry, "DROP TRIGGER registry_marks_no_change ON registry_marks")
    else:
        for table, act in itertools.product(("registry_entries", "registry_marks"), ("update", "delete")):
            change(registry, f"DROP TRIGGER {table}_no_{act}")


def test_a_record_comes_back_whole_by_every_way(place: str, make_record: Make) -> None:
    sound = Fingerprint("landmarks-1", bytes(8), 2.5)
    with open_registry(place) as registry:
        payload = registry.reserve((KEY, OTHER))
        record = make_record(
            1,
            payload=payload,
            key_ids=(KEY, OTHER),
            scheme="patchwork-1",
            fingerprint=sound,
            signer="Štúdio",
            generator="tts",
            generator_version="2",
            manifest=b"\x00\xff",
            manifest_type="application/c2pa",
            labels={"job": "7", "ü": "ß"},
        )
        entry = registry.add(record)
    with load_registry(place) as again:
        assert again.get(record.record_id) == entry
        assert again.get(record.record_id).record == record
        assert again.by_mark(KEY, payload) == again.by_mark(OTHER, payload) == entry
        assert again.by_mark(KEY, payload ^ 1) is None
        assert again.by_content(record.content_sha256) == (entry,)
        assert again.audit().clean


def test_the_same_record_again_adds_nothing_another_is_refused(place: str, make_record: Make) -> None:
    with open_registry(place) as registry:
        record = make_record(1, payload=5, key_ids=(KEY,))
        first = registry.add(record)
        assert registry.add(record) == first
        with pytest.raises(RecordConflictError, match="another record has this id"):
            registry.add(make_record(2, record_id=record.record_id))
        with pytest.raises(RecordConflictError, match="its mark 5 belongs to another"):
            registry.add_all([make_record(3), make_record(4, payload=5, key_ids=(OTHER, KEY))])
        registry.add(make_record(4, payload=5, key_ids=(OTHER,)))  # another key's marks are other marks
        assert registry.head()[0] == 2, "of the refused two, neither was kept"
        assert len(registry.by_payload(5)) == 2
        with pytest.raises(RecordNotFoundError, match="no record of this id"):
            registry.get("nonsense")


def test_a_payload_is_drawn_until_it_is_free(
    place: str, make_record: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    draws = iter([7, 7, 8, 7, 8, 9, 7])
    monkeypatch.setattr(store.secrets, "randbits", lambda _bits: next(draws))
    with open_registry(place) as registry:
        assert registry.reserve((KEY,)) == 7
        assert registry.reserve((KEY,)) == 8, "7 is reserved"
        registry.add(make_record(1, payload=7, key_ids=(KEY,)))
        assert registry.reserve((OTHER, KEY)) == 9, "7 is used and 8 reserved, for one of the two keys"
        assert registry.reserve((OTHER,)) == 7


def test_entries_come_in_order_from_anywhere(place: str, make_record: Make) -> None:
    with open_registry(place) as registry:
        registry.add_all([make_record(n) for n in range(store._PAGE + 3)])
        assert [e.number for e in registry.entries()] == list(range(1, store._PAGE + 4))
        assert [e.number for e in registry.entries(start=store._PAGE)] == list(
            range(store._PAGE, store._PAGE + 4)
        )
        newest = itertools.islice(registry.entries(newest_first=True), 2)
        assert [e.number for e in newest] == [store._PAGE + 3, store._PAGE + 2]


def test_the_database_itself_refuses_to_change_history(place: str, make_record: Make) -> None:
    with open_registry(place) as registry:
        registry.add(make_record(1, payload=1, key_ids=(KEY,)))
        for statement in (
            "UPDATE registry_entries SET generator = 'x'",
            "DELETE FROM registry_entries",
            "UPDATE registry_marks SET number = 2",
        ):
            with pytest.raises(RegistryError, match="refuses to change"):
                change(registry, statement)


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE registry_entries SET generator = 'x' WHERE number = 2", r"Entry 2 \(record .*was changed"),
        ("UPDATE registry_entries SET key_ids = '{' WHERE number = 2", "number 2 is damaged"),
        ("DELETE FROM registry_entries WHERE number = 2", "Entries 2 to 2 are missing"),
        ("DELETE FROM registry_entries WHERE number = 4", "last entry is number 3, but number 4"),
        (
            "UPDATE registry_marks SET number = 3 WHERE number = 2",
            "00000002 leads to entry 3, which does not",
        ),
        ("DELETE FROM registry_marks WHERE number = 2", "aabbccdd:00000002 no longer leads to its entry 2"),
    ],
)
def test_tampering_shows(place: str, make_record: Make, statement: str, said: str) -> None:
    with open_registry(place) as registry:
        registry.add_all([make_record(n, payload=n, key_ids=(KEY,)) for n in range(1, 5)])
        assert registry.audit().clean
        let_changes_through(registry)
        change(registry, statement)
        found = registry.audit()
        assert not found.clean
        assert any(re.search(said, problem) for problem in found.problems), found.problems


def test_a_history_rewritten_as_a_whole_shows_against_a_noted_chain(place: str, make_record: Make) -> None:
    with open_registry(place) as registry:
        registry.add_all([make_record(n) for n in range(3)])
        number, chain = registry.head()
        assert registry.audit({number: chain}).clean
        let_changes_through(registry)
        change(
            registry,
            "DELETE FROM registry_entries",
            "UPDATE registry_head SET number = 0, chain = ''",
        )
        registry.add_all([make_record(n) for n in range(3)])  # other ids and times
        assert registry.audit().clean
        assert "is not the one whose chain" in registry.audit({number: chain}).problems[0]
        assert "is gone" in registry.audit({9: chain}).problems[0]


@pytest.mark.parametrize(("writers", "made"), [(8, False), (200, True)])
def test_processes_that_write_at_once_lose_nothing(place: str, writers: int, made: bool) -> None:
    """Two hundred of them; and a few that also make the registry, all at the same moment."""
    if made:
        with open_registry(place):
            pass
    done = subprocess.run(
        [sys.executable, "-c", WRITERS, place, str(writers)], capture_output=True, text=True, timeout=250
    )
    assert (done.returncode, done.stderr) == (0, "")
    with open_registry(place) as registry:
        records = [entry.record for entry in registry.entries()]
        assert {record.content_sha256 for record in records} == {f"{who:064x}" for who in range(writers)}
        assert len({record.payload for record in records}) == writers
        assert registry.audit().clean


def test_a_killed_writer_leaves_what_it_was_told_is_kept(place: str) -> None:
    process = subprocess.Popen([sys.executable, "-c", WRITER, place], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    told = [process.stdout.readline() for _ in range(5)]
    time.sleep(0.05)  # somewhere in a later record
    process.send_signal(signal.SIGKILL)
    rest, _ = process.communicate(timeout=60)
    done = [line for line in (*told, *rest.splitlines(keepends=True)) if line.endswith("\n")]
    with open_registry(place) as registry:
        assert registry.audit().clean
        kept = {entry.record.content_sha256 for entry in registry.entries()}
        assert {f"{int(line):064x}" for line in done} <= kept
        assert len(kept) - len(done) <= 1, "at most the one that was written but not told"
        registry.add(Record(content_sha256="f" * 64))
        assert registry.audit().clean


def test_a_registry_without_its_head_is_refused(tmp_path: Path, make_record: Make) -> None:
    with open_registry(str(tmp_path / "r.db")) as registry:
        change(registry, "DELETE FROM registry_head")
        with pytest.raises(RegistryError, match="its head is gone"):
            registry.add(make_record(1))
