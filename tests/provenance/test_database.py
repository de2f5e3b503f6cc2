"""provenance/database.py: opening, versions, and every way in which that fails."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from earwitness.errors import MissingDependencyError, RegistryBusyError, RegistryError, UsageError
from earwitness.provenance import database, migrations
from earwitness.provenance.database import VERSION_TABLE, default_place, open_database
from earwitness.provenance.registry_tables import TABLES


def test_the_default_place() -> None:
    assert default_place({"EARWITNESS_REGISTRY": "x"}) == "x"
    assert Path(default_place({"XDG_DATA_HOME": "d"})) == Path("d", "earwitness", "registry.db")
    assert Path(default_place({})).name == "registry.db"


def test_the_migrations_make_the_tables_that_the_code_knows(place: str) -> None:
    opened = open_database(place)
    with opened.reading() as connection:
        there = inspect(connection)
        for name, table in TABLES.tables.items():
            columns = {column["name"]: column["nullable"] for column in there.get_columns(name)}
            assert columns == {column.name: column.nullable for column in table.columns}
            assert there.get_pk_constraint(name)["constrained_columns"] == [c.name for c in table.primary_key]
    opened.close()
    open_database(place, create=False).close()


def test_the_newest_version_is_the_one_that_the_quick_look_knows() -> None:
    folder = str(Path(str(migrations.__file__)).parent)
    assert ScriptDirectory(folder, version_locations=[folder]).get_current_head() == migrations.NEWEST


def test_a_registry_from_the_future_is_left_alone(place: str) -> None:
    opened = open_database(place)
    with opened.writing() as connection:
        connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '9999'"))
    opened.close()
    with pytest.raises(RegistryError, match=r"a newer EarWitness made this .*'9999'.*Update EarWitness"):
        open_database(place)


def test_sqlite_survives_a_power_cut_by_its_settings(tmp_path: Path) -> None:
    opened = open_database(str(tmp_path / "r.db"))
    with opened.reading() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
    opened.close()


def test_files_that_are_no_registry(tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("hello " * 1000)
    with pytest.raises(RegistryError, match=r"text\.db: this is no registry, or its file is damaged"):
        open_database(str(tmp_path / "text.db"))
    other = sqlite3.connect(tmp_path / "other.db")
    other.execute("CREATE TABLE songs (name)")
    other.close()
    with pytest.raises(RegistryError, match=r"other\.db: this is a database of something else"):
        open_database(str(tmp_path / "other.db"))
    with pytest.raises(RegistryError, match="this is a folder"):
        open_database(str(tmp_path))
    with pytest.raises(RegistryError, match="there is no registry here yet"):
        open_database(str(tmp_path / "none.db"), create=False)
    assert not (tmp_path / "none.db").exists()
    (tmp_path / "file").touch()
    with pytest.raises(RegistryError, match="its folder cannot be made"):
        open_database(str(tmp_path / "file" / "r.db"))


def test_a_damaged_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "r.db"
    open_database(str(path)).close()
    for suffix in ("-wal", "-shm"):
        Path(str(path) + suffix).unlink(missing_ok=True)
    data = bytearray(path.read_bytes())
    data[4096:] = os.urandom(len(data) - 4096)
    path.write_bytes(data)
    with pytest.raises(RegistryError, match=r"r\.db: .*(damaged|failed)"):
        open_database(str(path))


@pytest.mark.parametrize("address", ["mysql://host/x", "://", "sqlite://", "http://u:secret@host/x"])
def test_addresses_that_cannot_be(address: str) -> None:
    with pytest.raises(UsageError, match="Give a file, or postgresql") as caught:
        open_database(address)
    assert "secret" not in str(caught.value)


def test_a_server_that_is_not_there(tmp_path: Path) -> None:
    pytest.importorskip("psycopg")
    with pytest.raises(RegistryBusyError, match="does not answer") as caught:
        open_database(f"postgresql://me:secret@/x?host={tmp_path}")
    assert "secret" not in str(caught.value)


def test_a_writer_that_waits_too_long_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BUSY_S", 0.05)
    opened = open_database(str(tmp_path / "r.db"))
    with (
        opened.writing(),
        pytest.raises(RegistryBusyError, match="others held the registry"),
        opened.writing(),
    ):
        pass
    opened.close()


def test_without_the_extra_its_name_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for package in ("alembic.script", "sqlalchemy"):
        monkeypatch.setitem(sys.modules, package, None)
        with pytest.raises(MissingDependencyError, match=rf"{package}.*earwitness\[provenance\]"):
            open_database(str(tmp_path / "r.db"))


def test_places_that_are_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="home folder"):
        open_database("~nobody-of-this-name/r.db")
    with pytest.raises(RegistryError, match="cannot be looked at: File name too long"):
        open_database(str(tmp_path / ("a" * 300)))
    with pytest.raises(UsageError, match="no options"):
        open_database(f"sqlite:///{tmp_path}/r.db?mode=ro")
    monkeypatch.chdir(tmp_path)
    for place in (":memory:", "sqlite:///:memory:", "file:r.db", f"sqlite+pysqlite:///{tmp_path}/driver.db"):
        open_database(place).close()
        open_database(place, create=False).close()
    assert {":memory:", "driver.db"} <= {one.name for one in tmp_path.iterdir()}, "nothing in memory"


# Forked after the imports; killed at any moment of making the registry and adding to it.
KILLED = """
import os, random, signal, sys, time
import alembic.runtime.environment, sqlalchemy.dialects.sqlite
from earwitness.provenance import registry_rows, store
from earwitness.records import Record
began = time.monotonic()
with store.open_registry(sys.argv[1] + "/first.db"):
    takes = time.monotonic() - began
rng = random.Random(4)
for at in range(20):
    place = f"{sys.argv[1]}/{at}.db"
    child = os.fork()
    if child == 0:
        with store.open_registry(place) as registry:
            registry.add(Record(content_sha256="0" * 64))
        os._exit(0)
    time.sleep(1.2 * takes * rng.random())
    os.kill(child, signal.SIGKILL)
    os.wait()
    with store.open_registry(place) as registry:
        registry.add(Record(content_sha256="1" * 64))
        assert registry.audit().clean, at
        with registry._database.reading() as connection:
            assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal", at
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks")
def test_killed_while_it_is_made_it_is_made_by_the_next(tmp_path: Path) -> None:
    run = [sys.executable, "-W", "error", "-c", KILLED, str(tmp_path)]
    done = subprocess.run(run, check=False, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert len(list(tmp_path.glob("*.db"))) == 21
