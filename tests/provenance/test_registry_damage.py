"""Registries from the future, in pieces or in a stranger's hands: a clear error, or all that is right.

SQLite keeps whatever it is given, so somebody at the file can put anything into any column.
"""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from earwitness.errors import EarWitnessError, RegistryError
from earwitness.fingerprints import Fingerprint
from earwitness.provenance.database import open_database
from earwitness.provenance.store import SqlRegistry, open_registry
from earwitness.records import Record

Make = Callable[..., Record]
KEY = "aabbccdd"
SOUND = Fingerprint("landmarks-1", bytes(8), 1.0)
ODD = ("'abc'", "x'ff00fe'", "1e300", "99999999999999999", "CAST(x'ff' AS TEXT)", "'../../x'")
COLUMNS = {
    "registry_entries": (
        "number", "record_id", "created", "content_sha256", "payload", "key_ids", "scheme",
        "fingerprint_method", "fingerprint", "fingerprint_s", "signer", "generator", "manifest",
        "manifest_type", "labels", "chain",
    ),
    "registry_marks": ("key_id", "payload", "number"),
    "registry_head": ("number", "chain", "registry_id"),
}  # fmt: skip


@pytest.fixture
def kept(tmp_path: Path, make_record: Make) -> Path:
    """A registry of nine records in one file, closed."""
    path = tmp_path / "kept.db"
    values = {
        "key_ids": (KEY,),
        "fingerprint": SOUND,
        "manifest": b"abc",
        "manifest_type": "x",
        "signer": "A",
    }
    with open_registry(str(path)) as registry:
        registry.add_all([make_record(n, payload=n, **values) for n in range(9)])
    return path


def copy_of(path: Path, name: str = "copy.db") -> Path:
    folder = Path(tempfile.mkdtemp(dir=path.parent))
    return Path(shutil.copy(path, folder / name))


def change(path: Path, *statements: str) -> None:
    """What somebody with the file can do."""
    with closing(sqlite3.connect(path)) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def ask_everything(registry: SqlRegistry) -> Iterator[object]:
    """Each question a registry answers; the answer, or the error that it is."""
    for question in (
        lambda: registry.audit().clean,
        lambda: len(list(registry.entries())),
        lambda: registry.by_fingerprint(SOUND),
        lambda: registry.by_mark(KEY, 6),
        lambda: registry.by_payload(6),
        lambda: registry.by_content("0" * 64),
        lambda: registry.reserve((KEY,)),
        lambda: registry.add(Record(content_sha256="0" * 64)),
    ):
        try:
            yield question()
        except EarWitnessError as error:
            yield error


@pytest.mark.parametrize("table", COLUMNS)
def test_whatever_is_put_into_a_column_shows_and_nothing_breaks(kept: Path, table: str) -> None:
    tried = 0
    for column in COLUMNS[table]:
        for value in ODD:
            path = copy_of(kept)
            one = "" if table == "registry_head" else " WHERE number = 7"
            change(path, f"UPDATE {table} SET {column} = {value}{one}")
            with open_registry(str(path)) as registry:
                answers = list(ask_everything(registry))
            tried += 1
            if column != "registry_id":  # only a name for what is derived from the registry
                assert answers[0] is not True, f"the audit overlooks {column} = {value}"
            assert not list(path.parent.parent.glob("*.npy")), "the index stays in its folder"
    assert tried == len(COLUMNS[table]) * len(ODD)


def test_a_file_in_pieces_is_told(kept: Path) -> None:
    whole, rng, told = kept.read_bytes(), random.Random(1), 0
    subjects: set[bool] = set()
    for at in range(60):
        path, data = copy_of(kept), bytearray(whole)
        if at % 3 == 0:
            del data[rng.randrange(len(data)) :]
        else:
            for _ in range(rng.choice((1, 5, 100))):
                data[rng.randrange(len(data) if at % 3 == 1 else 100)] = rng.randrange(256)
        path.write_bytes(data)
        try:
            with open_registry(str(path), create=False) as registry:
                answers = list(ask_everything(registry))
                told += any(isinstance(one, EarWitnessError) for one in answers) or answers[0] is False
        except RegistryError as error:
            subjects.add(error.subject == str(path))
            told += 1
    assert subjects == {True}
    assert told > 30, "most of such damage cannot go unnoticed"


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (
            "UPDATE registry_version SET version_num = '0999'",
            "newer EarWitness made this .*Update EarWitness",
        ),
        ("UPDATE registry_version SET version_num = x'ff00'", "newer EarWitness"),
        ("INSERT INTO registry_version VALUES ('0001')", "several versions at once"),
        ("DELETE FROM registry_version", "database of something else"),
        ("DROP TABLE registry_version", "database of something else"),
        ("DROP TABLE registry_head", "tables of the registry are gone"),
        ("DROP TABLE registry_marks", "tables of the registry are gone"),
        ("DROP TABLE registry_entries", "tables of the registry are gone"),
        ("ALTER TABLE registry_entries RENAME COLUMN signer TO signed_by", "not as this EarWitness makes"),
        ("ALTER TABLE registry_head ADD COLUMN must TEXT NOT NULL DEFAULT 'x'", None),
        ("ALTER TABLE registry_entries ADD COLUMN extra TEXT", None),
        ("CREATE TABLE strange (x)", None),
    ],
)
def test_another_form(kept: Path, make_record: Make, statement: str, said: str | None) -> None:
    change(kept, statement)

    def use() -> bool:
        with open_registry(str(kept)) as registry:
            registry.add(make_record(99, payload=99, key_ids=(KEY,)))
            return registry.audit().clean

    if said is None:
        assert use(), "what is there besides does no harm"
        return
    with pytest.raises(RegistryError, match=said) as caught:
        use()
    assert caught.value.subject == str(kept)
    assert caught.value.hint


def test_a_column_that_a_later_version_asks_for(place: str, make_record: Make) -> None:
    with open_registry(place) as registry:
        with registry._database.writing() as connection:
            connection.execute(text("DROP TABLE registry_reserved"))
            connection.execute(
                text("CREATE TABLE registry_reserved (key_id TEXT, payload BIGINT, must INT NOT NULL)")
            )
        with pytest.raises(RegistryError, match="not as this EarWitness makes them"):
            registry.reserve((KEY,))
        assert registry.add(make_record(1)).number == 1


def test_a_strangers_database_stays_byte_for_byte(tmp_path: Path) -> None:
    path = tmp_path / "songs.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE songs (name)")
    before = path.read_bytes()
    with pytest.raises(RegistryError, match="something else"):
        open_database(str(path))
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == ["songs.db"]


@contextmanager
def nobody() -> Iterator[None]:
    """As a user who may do nothing; root may write anywhere."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="other systems have other permissions")
def test_where_nothing_may_be_written(kept: Path, make_record: Make) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copy(kept, folder / "r.db")
        (folder / "r.db").chmod(0o444)
        folder.chmod(0o555)
        try:
            for path in (folder / "r.db", folder / "new.db", folder / "sub" / "r.db"):
                with (
                    nobody(),
                    pytest.raises(RegistryError, match=r"cannot be (written|opened|made)") as caught,
                    open_registry(str(path)) as registry,
                ):
                    registry.add(make_record(50))
                assert caught.value.subject == str(path)
            folder.chmod(0o000)
            if os.geteuid() == 0:
                with nobody(), pytest.raises(RegistryError, match="cannot be looked at: Permission denied"):
                    open_database(str(folder / "r.db"))
        finally:
            folder.chmod(0o700)
