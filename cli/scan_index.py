"""What a results file holds, and where: an SQLite file beside it, so that memory stays bounded.

The index is a cache. The results file alone is the truth: the index can be deleted at any time
and is built again from it (only the modification times are lost, so files are then compared by
their SHA-256).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from earwitness.report import Verdict

__all__ = ["ACCESS_ERRORS", "Order", "Row", "ScanIndex"]

Order = Literal["file", "name", "suspicion"]

# About reaching the file, not about what is in it: tried again on every resume.
ACCESS_ERRORS = ("not-found", "unreadable")

_LAYOUT = "2"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS files (
    name TEXT PRIMARY KEY, size INTEGER, mtime_ns INTEGER, start INTEGER NOT NULL, length INTEGER NOT NULL,
    verdict TEXT, error TEXT, rank INTEGER NOT NULL, llr REAL, duration_s REAL NOT NULL
);
"""
_COLUMNS = "name, size, mtime_ns, start, length, verdict, error, llr, duration_s"
_ORDER_BY = {"file": "start", "name": "name", "suspicion": "rank, llr DESC NULLS LAST, name"}
_RANK = {
    Verdict.SYNTHETIC: 0,
    Verdict.LIKELY_SYNTHETIC: 1,
    Verdict.PARTLY_SYNTHETIC: 1,
    Verdict.INCONCLUSIVE: 2,
    Verdict.LIKELY_HUMAN: 3,
}
_ERROR_RANK = 4


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the results file.

    size (bytes) and mtime_ns describe the file when it was examined; None when not known.
    start, length: the line's place in the results file, bytes, its newline included.
    verdict: None for an error line. error: the error's type, None for a report.
    """

    name: str
    size: int | None
    mtime_ns: int | None
    start: int
    length: int
    verdict: Verdict | None
    error: str | None
    llr: float | None
    duration_s: float


class ScanIndex:
    """The rows of one results file. Use from one thread; close it when done."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._db = self._open()

    def _open(self) -> sqlite3.Connection:
        try:
            return _connect(self._path)
        except sqlite3.DatabaseError:
            self._path.unlink(missing_ok=True)
            return _connect(self._path)

    def close(self) -> None:
        """Close the file. What was put is there already."""
        self._db.execute("PRAGMA journal_mode = DELETE")  # leaves no empty journal beside it
        self._db.close()

    def clear(self) -> None:
        """Forget everything."""
        self._db.executescript("DELETE FROM files; DELETE FROM meta;")

    def get_meta(self, key: str) -> str | None:
        """A remembered fact about the whole results file."""
        found = self._db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return None if found is None else str(found[0])

    def set_meta(self, key: str, value: str) -> None:
        """Remember a fact about the whole results file."""
        self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def put(self, row: Row) -> None:
        """Add a line, or replace what is known of that name; remember how far the file is indexed."""
        rank = _ERROR_RANK if row.verdict is None else _RANK[row.verdict]
        values = (row.name, row.size, row.mtime_ns, row.start, row.length, row.verdict, row.error)
        with self._transaction():
            self._db.execute(
                "INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (*values, rank, row.llr, row.duration_s),
            )
            self.set_meta("indexed_to", str(row.start + row.length))

    def get(self, name: str) -> Row | None:
        """The row of a file, if there is one."""
        found = self._db.execute(f"SELECT {_COLUMNS} FROM files WHERE name = ?", (name,)).fetchone()
        return None if found is None else _row(found)

    def drop_errors(self, types: tuple[str, ...] | None = None) -> None:
        """Forget error lines (of these types, or all), so that their files are examined again."""
        if types is None:
            self._db.execute("DELETE FROM files WHERE error IS NOT NULL")
        else:
            marks = ", ".join("?" * len(types))
            self._db.execute(f"DELETE FROM files WHERE error IN ({marks})", types)

    def rows(self, order: Order) -> Generator[Row, None, None]:
        """All rows: as they lie in the file, by name, or most suspicious first and errors last."""
        with closing(self._db.cursor()) as cursor:
            for found in cursor.execute(f"SELECT {_COLUMNS} FROM files ORDER BY {_ORDER_BY[order]}"):
                yield _row(found)

    def last(self) -> Row | None:
        """The row that ends latest in the results file."""
        found = self._db.execute(f"SELECT {_COLUMNS} FROM files ORDER BY start DESC LIMIT 1").fetchone()
        return None if found is None else _row(found)

    def total_length(self) -> int:
        """Bytes of all lines that count; less than the file's size when some were superseded."""
        return int(self._db.execute("SELECT COALESCE(SUM(length), 0) FROM files").fetchone()[0])

    def counts(self) -> dict[Verdict | None, int]:
        """Files by verdict; None counts the errors."""
        found = self._db.execute("SELECT verdict, COUNT(*) FROM files GROUP BY verdict")
        return {None if verdict is None else Verdict(verdict): int(n) for verdict, n in found}

    def total_duration_s(self) -> float:
        """Seconds of sound in all reports."""
        return float(self._db.execute("SELECT COALESCE(SUM(duration_s), 0) FROM files").fetchone()[0])

    def move(self, order: Order) -> None:
        """Note that the lines now lie one after the other in this order."""
        with self._transaction():
            self._db.execute(
                "CREATE TEMP TABLE moved AS SELECT name, "
                f"SUM(length) OVER (ORDER BY {_ORDER_BY[order]} ROWS UNBOUNDED PRECEDING) - length AS start "
                "FROM files"
            )
            self._db.execute("CREATE UNIQUE INDEX temp.moved_name ON moved (name)")
            self._db.execute(
                "UPDATE files SET start = (SELECT start FROM moved WHERE moved.name = files.name)"
            )
            self._db.execute("DROP TABLE moved")
            self.set_meta("indexed_to", str(self.total_length()))

    def _transaction(self) -> _Transaction:
        return _Transaction(self._db)


class _Transaction:
    """BEGIN … COMMIT, or ROLLBACK when an error passes through."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def __enter__(self) -> None:
        self._db.execute("BEGIN")

    def __exit__(self, kind: object, *_: object) -> None:
        self._db.execute("COMMIT" if kind is None else "ROLLBACK")


def _connect(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, isolation_level=None)
    try:
        # A lost index is rebuilt, so it need not survive a power cut; kill -9 loses nothing written.
        db.execute("PRAGMA synchronous = OFF")
        db.execute("PRAGMA journal_mode = TRUNCATE")
        if db.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
            raise sqlite3.DatabaseError("damaged index")
        db.executescript(_SCHEMA)
        db.execute("INSERT OR IGNORE INTO meta VALUES ('layout', ?)", (_LAYOUT,))
        if db.execute("SELECT value FROM meta WHERE key = 'layout'").fetchone()[0] != _LAYOUT:
            raise sqlite3.DatabaseError("index of another version")
    except BaseException:
        db.close()
        raise
    return db


def _row(
    found: tuple[str, int | None, int | None, int, int, str | None, str | None, float | None, float],
) -> Row:
    name, size, mtime_ns, start, length, verdict, error, llr, duration_s = found
    kind = None if verdict is None else Verdict(verdict)
    return Row(name, size, mtime_ns, start, length, kind, error, llr, duration_s)
