"""A file of JSON objects, a line each, that only grows: what is noted is on the disk, torn ends are cut."""

from __future__ import annotations

import json
import os
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from earwitness.errors import TargetError
from earwitness.target import write_failed

__all__ = ["JsonLines"]


class JsonLines:
    """Use as a context manager. ``entries``: those that were there, then those that are added.

    fields: each object has them. A file of anything else is left as it is: TargetError, also for a place that
    cannot be written.
    """

    def __init__(self, path: Path, fields: frozenset[str], what: str) -> None:
        self.path = path
        self.entries: list[dict[str, Any]] = []
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file: IO[str] = path.open("a+", encoding="utf-8")
        except OSError as error:
            raise write_failed(path, error) from error
        try:
            self._read(fields)
        except (ValueError, OSError) as error:
            self._file.close()
            raise TargetError(
                f"this is no list of {what}, and is left as it is.",
                subject=str(path),
                hint="Name another folder.",
            ) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def add(self, entry: dict[str, Any]) -> None:
        """Append an object; on the disk before this returns. Raises TargetError."""
        try:
            self._file.write(json.dumps(entry, ensure_ascii=False) + "\n")
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            raise write_failed(self.path, error) from error
        self.entries.append(entry)

    def _read(self, fields: frozenset[str]) -> None:
        """Raises ValueError for lines of another kind."""
        self._file.seek(0)
        end = 0
        for line in self._file:
            if not line.endswith("\n"):  # torn off by a kill: what it was about is made again
                self._file.truncate(end)
                break
            entry = json.loads(line)
            if not isinstance(entry, dict) or not fields <= set(entry):
                raise ValueError("other fields")
            self.entries.append(entry)
            end += len(line.encode("utf-8"))
        self._file.seek(0, os.SEEK_END)
