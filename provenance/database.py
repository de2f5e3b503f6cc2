"""The registry's database: a SQLite file or a PostgreSQL server, brought to the present version, open.

Nothing else in EarWitness knows which of the two it is. SQLite runs in WAL mode with full
synchronisation, so that what was answered as written survives ``kill -9`` and a power cut; writers queue.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from earwitness.errors import MissingDependencyError, RegistryAbsentError, RegistryError, UsageError
from earwitness.folders import data_folder
from earwitness.provenance.migrations import NEWEST
from earwitness.provenance.registry_errors import RESTORE, translated

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine
    from sqlalchemy.engine import URL

__all__ = ["PLACE_VARIABLE", "Database", "default_place", "open_database"]

PLACE_VARIABLE = "EARWITNESS_REGISTRY"
VERSION_TABLE = "registry_version"
BUSY_S = 60.0  # two hundred writers at once have to wait for each other
CONNECT_S = 10
_RETRY_S = 0.02
_ADVISORY_LOCK = 0x4541525749544E53  # any constant of our own
_FOLDER_OWNER_ONLY = 0o700


def default_place(environment: Mapping[str, str] | None = None) -> str:
    """``EARWITNESS_REGISTRY`` (a file or an address), else ``earwitness/registry.db`` in the data folder."""
    environment = os.environ if environment is None else environment
    if named := environment.get(PLACE_VARIABLE):
        return named
    return str(data_folder(environment) / "registry.db")


@dataclass(frozen=True)
class Database:
    """An open database. place: where, without a password. folder: beside it, for what is derived from it
    (None for a server)."""

    place: str
    folder: Path | None
    engine: Engine

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        """A consistent view; database errors come out as RegistryError."""
        reader = self.engine
        if reader.dialect.name == "postgresql":
            # One view for all statements. Not for writers: they must see what they waited for.
            reader = reader.execution_options(isolation_level="REPEATABLE READ")
        with translated(self.place), reader.connect() as connection, connection.begin():
            yield connection

    @contextlib.contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction, kept whole or not at all. Writers wait for each other at the head."""
        writer = self.engine.execution_options(writes=True)
        with translated(self.place), writer.connect() as connection, connection.begin():
            yield connection

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()


def open_database(place: str | None = None, *, create: bool = True) -> Database:
    """Open what lies at ``place`` (default: :func:`default_place`) and bring it to the present version.

    place: a file, a sqlite:/// or a postgresql:// address. create: make a file that does not exist.
    Raises UsageError, MissingDependencyError and the RegistryError family.
    """
    with _extra():
        import sqlalchemy  # noqa: F401
    url, path = _address(place or default_place())
    shown = str(path) if path else url.set(drivername="postgresql").render_as_string(hide_password=True)
    if path is not None:
        _prepare(path, create)
    with translated(shown):
        database = Database(shown, None if path is None else path.resolve().parent, _engine(url))
        try:
            _bring_up_to_date(database)
        except BaseException:
            database.close()
            raise
    return database


def _address(place: str) -> tuple[URL, Path | None]:
    """What SQLAlchemy opens, and the file if it is one. Messages never repeat a password."""
    from sqlalchemy.engine import URL, make_url
    from sqlalchemy.exc import ArgumentError

    if "://" not in place:
        path = _expanded(place)
        return URL.create("sqlite", database=str(path)), path
    try:
        url = make_url(place)
    except (ArgumentError, ValueError):
        raise UsageError("this address of a registry cannot be read.", hint=_ADDRESSES) from None
    kind = url.drivername.partition("+")[0]
    if kind == "sqlite" and url.query:
        raise UsageError("the address of a SQLite file takes no options.", hint=_ADDRESSES)
    if kind == "sqlite" and url.database:
        path = _expanded(url.database)
        return URL.create("sqlite", database=str(path)), path
    if kind in ("postgresql", "postgres"):
        return url.set(drivername="postgresql+psycopg"), None
    raise UsageError(f"a registry cannot lie in {kind!r}.", hint=_ADDRESSES)


_ADDRESSES = "Give a file, or postgresql://user:password@host/database."


def _expanded(text: str) -> Path:
    try:
        path = Path(text).expanduser()
    except RuntimeError as error:  # ~somebody who is not there
        raise UsageError("whose home folder this is, is not known.", subject=text) from error
    # SQLite would take ":memory:", and "file:..." after it, for something else than a file of that name.
    return path.absolute() if text.startswith((":", "file:")) else path


def _prepare(path: Path, create: bool) -> None:
    try:
        is_folder, is_there = path.is_dir(), path.exists()
    except OSError as error:  # a folder that may not be entered, a name that is too long
        raise RegistryError(
            f"it cannot be looked at: {error.strerror}.",
            subject=str(path),
            hint=f"Name another with --registry or {PLACE_VARIABLE}.",
        ) from error
    if is_folder:
        raise RegistryError("this is a folder.", subject=str(path), hint="Name a file.")
    if not is_there and not create:
        raise RegistryAbsentError(
            "there is no registry here yet.",
            subject=str(path),
            hint=f"Name another with --registry or {PLACE_VARIABLE}.",
        )
    try:
        path.parent.mkdir(mode=_FOLDER_OWNER_ONLY, parents=True, exist_ok=True)
    except OSError as error:
        raise RegistryError(
            f"its folder cannot be made: {error.strerror}.",
            subject=str(path),
            hint=f"Set {PLACE_VARIABLE} to a file in a folder that you may write to.",
        ) from error


def _engine(url: URL) -> Engine:
    from sqlalchemy import create_engine, event

    if url.drivername != "sqlite":
        with _extra():
            return create_engine(url, connect_args={"connect_timeout": CONNECT_S}, pool_pre_ping=True)
    engine = create_engine(url, connect_args={"timeout": BUSY_S})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # transactions begin where we say so
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and writes later could not wait for another writer.
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _bring_up_to_date(database: Database) -> None:
    if _is_newest(database):
        return
    with _extra():
        from alembic.script import ScriptDirectory
    folder = str(Path(__file__).with_name("migrations"))
    script = ScriptDirectory(folder, version_locations=[folder])
    known = {one.revision for one in script.walk_revisions()}
    with database.reading() as connection:  # what is no registry must not be locked or changed
        fresh = _revision(connection, known, database.place) is None
    if fresh and database.folder is not None:
        _keep_a_log(database)
    with database.writing() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})")
        if _revision(connection, known, database.place) != NEWEST:  # nobody else was quicker
            _migrate(connection, script)


def _keep_a_log(database: Database) -> None:
    """Switch a new SQLite file to WAL, for good: readers and a writer do not wait for each other then.

    Several processes may make the registry at once, and SQLite does not wait for others here by itself.
    """
    from sqlalchemy.exc import OperationalError

    patience = time.monotonic() + BUSY_S
    while True:
        connection = database.engine.raw_connection()
        try:
            connection.cursor().execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > patience:
                raise OperationalError("PRAGMA journal_mode", None, error) from error
            time.sleep(_RETRY_S)
        else:
            return
        finally:
            connection.close()


def _is_newest(database: Database) -> bool:
    """The usual case, in a millisecond. Whatever is wrong is told by those who look closer."""
    from sqlalchemy import text
    from sqlalchemy.exc import SQLAlchemyError

    try:
        with database.engine.connect() as connection:
            wanted = text(f"SELECT version_num FROM {VERSION_TABLE}")
            return bool(connection.execute(wanted).scalars().all() == [NEWEST])
    except SQLAlchemyError:
        return False


@contextlib.contextmanager
def _extra() -> Iterator[None]:
    """Around imports of the extra's packages."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise MissingDependencyError(
            f"the registry needs the package {error.name}, which is not installed.",
            hint="Install the extra: pip install 'earwitness[provenance]'",
        ) from error


def _revision(connection: Connection, known: set[str], place: str) -> str | None:
    """The version of the database, None for an empty one. Raises RegistryError for a newer or foreign one."""
    from alembic.migration import MigrationContext
    from sqlalchemy import inspect

    context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
    revisions = context.get_current_heads()
    if unknown := [str(one) for one in revisions if one not in known]:
        raise RegistryError(
            f"a newer EarWitness made this registry (its version is {unknown[0][:40]!r}, this one knows up "
            f"to {max(known)!r}).",
            subject=place,
            hint="Update EarWitness; nothing was changed.",
        )
    if len(revisions) > 1:
        raise RegistryError(
            "it has several versions at once: somebody changed the database.", subject=place, hint=RESTORE
        )
    revision = revisions[0] if revisions else None
    # A PostgreSQL database may serve others as well; a file with other tables is the wrong file.
    if revision is None and connection.dialect.name == "sqlite" and inspect(connection).get_table_names():
        raise RegistryError("this is a database of something else.", subject=place, hint="Name another file.")
    return revision


def _migrate(connection: Connection, script: Any) -> None:
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext

    def upgrade(revision: Any, _context: Any) -> Any:
        return script._upgrade_revs("head", revision)

    with EnvironmentContext(Config(), script, fn=upgrade) as environment:
        environment.configure(connection=connection, version_table=VERSION_TABLE)
        environment.run_migrations()
