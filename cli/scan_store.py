"""The results file of a scan: one JSON line a file, appended as it goes, safe against kill -9.

Every line goes to the system in full before the next file is recorded, so a killed scan loses
nothing; ``fsync`` follows at most two seconds later and at the end, so a power cut costs the
results of two seconds. A line torn by either is cut off when the file is opened again and its
file is examined again.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from earwitness.cli.scan_file import open_locked, refuse_foreign, repair_last_line
from earwitness.cli.scan_index import ACCESS_ERRORS, Order, Row, ScanIndex
from earwitness.cli.scan_walk import Candidate
from earwitness.errors import SourceUnreadableError, UsageError
from earwitness.report import SCHEMA, Verdict

__all__ = ["INDEX_SUFFIX", "LineFacts", "ResultStore"]

INDEX_SUFFIX = ".index"
FSYNC_EVERY_S = 2.0
_RESTART_HINT = "Use another --output, or --restart to throw these results away."


@dataclass(frozen=True, slots=True)
class LineFacts:
    """What the index keeps of a line. ``error``: the error's type, None for a report.

    llr: natural-log likelihood ratio synthetic/human. duration_s: seconds of sound.
    """

    verdict: Verdict | None = None
    llr: float | None = None
    duration_s: float = 0.0
    error: str | None = None


class ResultStore:
    """A results file open for adding. ``run`` says what its results were made with.

    Raises UsageError when the file holds something else, or results of other models or settings;
    SourceUnreadableError when it cannot be written or another scan is writing it.
    """

    def __init__(
        self, path: Path, run: dict[str, Any], *, restart: bool = False, retry_errors: bool = False
    ) -> None:
        self._path = path
        self._file = open_locked(path)
        self._synced = time.monotonic()
        try:
            refuse_foreign(self._file, path)
            self._index = ScanIndex(path.with_name(path.name + INDEX_SUFFIX))
        except BaseException:
            self._file.close()
            raise
        try:
            if restart:
                self._file.truncate(0)
                self._index.clear()
            else:
                repair_last_line(self._file)
                self._catch_up()
            self._check_run(run)
            self._index.drop_errors(None if retry_errors else ACCESS_ERRORS)
        except BaseException:
            self.close()
            raise

    @property
    def index(self) -> ScanIndex:
        """What the file holds."""
        return self._index

    def close(self) -> None:
        """Bring everything to the disk and let go of the file."""
        if not self._file.closed:
            os.fsync(self._file.fileno())
            self._file.close()
        self._index.close()

    def is_done(self, candidate: Candidate) -> bool:
        """True when the file's result is there and the file has not changed since.

        Compared by size and modification time; where the time is not known (results whose index
        was lost) by SHA-256.
        """
        row = self._index.get(candidate.name)
        if row is None or candidate.error is not None or row.size != candidate.size:
            return False
        if row.mtime_ns is not None:
            return row.mtime_ns == candidate.mtime_ns
        return row.error is None and self._same_bytes(row, candidate)

    def add(self, candidate: Candidate, line: str, facts: LineFacts) -> None:
        """Append one result. ``line`` is JSON without a line break."""
        data = line.encode("utf-8", "backslashreplace") + b"\n"  # a lone surrogate becomes its JSON escape
        start = self._file.seek(0, os.SEEK_END)
        try:
            written = 0
            while written < len(data):
                written += self._file.write(data[written:])
        except OSError as error:
            raise SourceUnreadableError(
                f"the results cannot be written: {error.strerror}.",
                subject=str(self._path),
                hint="Free some space and run the same command again: it goes on where it stopped.",
            ) from error
        self._index.put(_as_row(candidate, facts, start, len(data)))
        self.sync()

    def sync(self) -> None:
        """Bring the lines to the disk if the last time is two seconds ago."""
        if time.monotonic() - self._synced > FSYNC_EVERY_S:
            os.fsync(self._file.fileno())
            self._synced = time.monotonic()

    def records(self, order: Order) -> Generator[dict[str, Any], None, None]:
        """All results in this order, read back one by one."""
        with self._path.open("rb") as file:
            for row in self._index.rows(order):
                file.seek(row.start)
                yield json.loads(file.read(row.length))

    def finish(self, *, by_name: bool) -> None:
        """Drop lines that newer ones replaced; sort by file name if asked. Atomic."""
        superseded = self._index.total_length() != self._file.seek(0, os.SEEK_END)
        if not (by_name or superseded):
            return
        order: Order = "name" if by_name else "file"
        fresh = self._path.with_name(self._path.name + ".new")
        with self._path.open("rb") as old, fresh.open("wb") as new:
            for row in self._index.rows(order):
                old.seek(row.start)
                new.write(old.read(row.length))
            new.flush()
            os.fsync(new.fileno())
        # Killed between the next two steps, the index would lie: the mark makes the next scan rebuild it.
        self._index.set_meta("moving", "1")
        fresh.replace(self._path)
        self._index.move(order)
        self._index.set_meta("moving", "0")
        self._file.close()
        self._file = open_locked(self._path)

    def _same_bytes(self, row: Row, candidate: Candidate) -> bool:
        self._file.seek(row.start)
        wanted = json.loads(self._file.read(row.length))["file"]["sha256"]
        try:
            with Path(candidate.path).open("rb") as file:
                same: bool = hashlib.file_digest(file, "sha256").hexdigest() == wanted
        except OSError:
            return False
        if same:  # the time is known now: no need to hash again next time
            self._index.put(
                Row(
                    row.name,
                    row.size,
                    candidate.mtime_ns,
                    row.start,
                    row.length,
                    row.verdict,
                    None,
                    row.llr,
                    row.duration_s,
                )
            )
        return same

    def _catch_up(self) -> None:
        """Index the lines that a killed scan wrote but did not note, or all of them."""
        end = self._file.seek(0, os.SEEK_END)
        indexed_to = int(self._index.get_meta("indexed_to") or 0)
        if indexed_to > end or self._index.get_meta("moving") == "1" or not self._last_row_fits():
            self._index.clear()
            indexed_to = 0
        self._file.seek(indexed_to)
        start = indexed_to
        number = 0
        while data := self._file.readline():
            number += 1
            try:
                record = json.loads(data)
                row = _read_row(record, start, len(data))
            except (ValueError, KeyError, TypeError) as error:
                raise UsageError(
                    f"the line at byte {start} is no result of a scan.",
                    subject=str(self._path),
                    hint=_RESTART_HINT,
                ) from error
            self._index.put(row)
            self._remember_models(record)
            start += len(data)

    def _last_row_fits(self) -> bool:
        row = self._index.last()
        if row is None:
            return True
        self._file.seek(row.start)
        try:
            record = json.loads(self._file.read(row.length))
            return _read_row(record, row.start, row.length).name == row.name
        except (ValueError, KeyError, TypeError):
            return False

    def _remember_models(self, record: dict[str, Any]) -> None:
        """For results whose index was lost: which detectors made them."""
        if self._index.get_meta("run") is None and "models" in record:
            models = [model for model in record["models"] if model["kind"] == "detector"]
            if models:
                self._index.set_meta("run", json.dumps({"models": models}))

    def _check_run(self, run: dict[str, Any]) -> None:
        """Refuse to mix results that cannot be compared."""
        before = json.loads(self._index.get_meta("run") or "{}")
        for key in (key for key in run if key in before):
            if before[key] != run[key]:
                raise UsageError(
                    f"it holds results made with other {key}: {_brief(before[key])}, now {_brief(run[key])}.",
                    subject=str(self._path),
                    hint=_RESTART_HINT,
                )
        self._index.set_meta("run", json.dumps({**before, **run}))


def _as_row(candidate: Candidate, facts: LineFacts, start: int, length: int) -> Row:
    return Row(
        candidate.name,
        candidate.size,
        candidate.mtime_ns,
        start,
        length,
        facts.verdict,
        facts.error,
        facts.llr,
        facts.duration_s,
    )


def _read_row(record: dict[str, Any], start: int, length: int) -> Row:
    """The row of a line read back. Raises KeyError, ValueError or TypeError if it is none of ours."""
    if "error" in record:
        return Row(
            str(record["file"]), None, None, start, length, None, str(record["error"]["type"]), None, 0.0
        )
    if record["schema"] != SCHEMA:
        raise ValueError(record["schema"])
    facts = record["file"]
    return Row(
        facts["name"],
        facts["size_bytes"],
        None,
        start,
        length,
        Verdict(record["verdict"]),
        None,
        record["llr_synthetic"],
        facts["duration_s"],
    )


def _brief(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(f"{model['name']} {model['version']}" for model in value)
    return str(value)
