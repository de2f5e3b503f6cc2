"""The records of a marked folder: a line a file, so that an interrupted run goes on where it was."""

from __future__ import annotations

import json
import os
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from earwitness.cli.scan_walk import Candidate
from earwitness.errors import TargetError
from earwitness.mark_report import MarkRecord
from earwitness.target import write_failed

__all__ = ["MarkStore"]

NAME = "marks.jsonl"


class MarkStore:
    """``marks.jsonl`` in the folder of the marked files. Use as a context manager.

    settings: what a mark was made with; a file marked otherwise counts as not done.
    Raises TargetError when it cannot be written.
    """

    def __init__(self, folder: Path, settings: dict[str, object]) -> None:
        self.path = folder / NAME
        self._folder = folder
        self._settings = settings
        self._done: dict[str, dict[str, Any]] = {}
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._file: IO[str] = self.path.open("a+", encoding="utf-8")
        except OSError as error:
            raise write_failed(self.path, error) from error
        self._read()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def is_done(self, candidate: Candidate, source: Path) -> bool:
        """True when this very file was marked before, in the same way, and the result is still there."""
        name = _inner(candidate, source)
        entry = self._done.get(name)
        if entry is None or entry["settings"] != self._settings:
            return False
        if (entry["size_bytes"], entry["mtime_ns"]) != (candidate.size, candidate.mtime_ns):
            return False
        try:
            return bool((self._folder / name).stat().st_size == entry["record"]["file"]["size_bytes"])
        except OSError:
            return False

    def add(self, candidate: Candidate, source: Path, record: MarkRecord) -> None:
        """Note a file that was marked; on the disk before this returns."""
        entry = {
            "file": _inner(candidate, source),
            "size_bytes": candidate.size,
            "mtime_ns": candidate.mtime_ns,
            "settings": self._settings,
            "record": record.to_dict(),
        }
        try:
            self._file.write(json.dumps(entry, ensure_ascii=False) + "\n")
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            raise write_failed(self.path, error) from error
        self._done[entry["file"]] = entry  # type: ignore[index]

    def _read(self) -> None:
        self._file.seek(0)
        whole = ""
        for line in self._file:
            whole = line
            if not line.endswith("\n"):  # torn off by a kill: the file is marked again
                break
            try:
                entry = json.loads(line)
                self._done[entry["file"]] = entry
                _ = entry["settings"], entry["size_bytes"], entry["mtime_ns"], entry["record"]["file"]
            except (ValueError, KeyError, TypeError):
                self._file.close()
                raise TargetError(
                    "this is no record of marked files, and is left as it is.",
                    subject=str(self.path),
                    hint="Name another folder.",
                ) from None
        if whole and not whole.endswith("\n"):
            end = self._file.seek(0, os.SEEK_END)
            self._file.truncate(end - len(whole.encode("utf-8")))


def _inner(candidate: Candidate, source: Path) -> str:
    """The file's path below the folder, the same on every machine."""
    return Path(candidate.path).relative_to(source).as_posix()
