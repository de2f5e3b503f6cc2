"""All or nothing over several files and a registry: what was begun is finished or undone after a crash.

An act writes into a folder of its own beside its target, and notes in a journal, on the disk before anything
else happens, where that folder is. When all is ready, it notes the renames that are left, adds its record to
the registry (from there on the act has happened), and renames. Whoever finds a journal whose writer is gone
looks into the registry: the record is there, so the renames are finished; it is not, so the folder goes.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sys
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from earwitness.errors import TargetError
from earwitness.folders import data_folder
from earwitness.target import refuse_target, settle, write_failed

__all__ = ["Act", "Recovered", "begin", "default_folder", "recover"]

_SUFFIX = ".json"
_OWNER_ONLY = 0o700


def default_folder(environment: Mapping[str, str] | None = None) -> Path:
    """``earwitness/journal`` in this user's data folder (``XDG_DATA_HOME``)."""
    return data_folder(environment) / "journal"


@dataclass(frozen=True, slots=True)
class Recovered:
    """What became of an act whose writer was gone. finished: renamed into place; otherwise undone."""

    target: Path
    finished: bool


class Act:
    """One act in progress. folder: where to write; see :func:`begin`."""

    def __init__(self, target: Path, folder: Path, note: Path, handle: int) -> None:
        self.target, self.folder = target, folder
        self._note, self._handle = note, handle
        self._content: dict[str, Any] = {"target": str(target), "folder": str(folder)}
        self._open = False  # ready, and nobody here knows yet whether it was decided

    def ready(
        self, moves: Mapping[Path, Path], record_id: str | None = None, registry: str | None = None
    ) -> None:
        """Note what is left: files in the folder and their places. record_id: of the record that decides.

        registry: where that record goes, as for ``load_registry``. Without a record it is decided here:
        what is ready is finished.
        """
        for made in moves:
            _to_disk(made)
        self._content |= {
            "moves": [[str(made), str(place)] for made, place in moves.items()],
            "record_id": record_id,
            "registry": registry,
        }
        self._save()
        self._open = True

    def finish(self) -> None:
        """Rename into place. Raises TargetError."""
        _finish(self._content)
        self._open = False

    def _save(self) -> None:
        data = json.dumps(self._content).encode()
        os.lseek(self._handle, 0, os.SEEK_SET)
        os.ftruncate(self._handle, 0)
        os.write(self._handle, data)
        os.fsync(self._handle)

    def _close(self) -> None:
        if not self._open:
            shutil.rmtree(self.folder, ignore_errors=True)
            self._note.unlink(missing_ok=True)
        os.close(self._handle)  # and with it the lock


@contextlib.contextmanager
def begin(target: Path, journal: Path | None = None) -> Iterator[Act]:
    """An act whose result is ``target``: write into its ``folder``, say ``ready``, decide, ``finish``.

    On an error before ``ready`` everything is undone. After it the act is left as it is, for nobody here can
    know whether it was decided: :func:`recover` finds out. journal: folder of the notes. Raises TargetError.
    """
    refuse_target(target, None)
    target = target.resolve()
    notes = default_folder() if journal is None else journal
    try:
        notes.mkdir(mode=_OWNER_ONLY, parents=True, exist_ok=True)
        note = notes / f"{uuid.uuid4()}{_SUFFIX}"
        handle = os.open(note, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise write_failed(notes, error) from error
    act: Act | None = None
    try:
        _lock(handle)
        folder = Path(target.parent, f".{target.stem[:40]}.{note.stem[:8]}.part")
        act = Act(target, folder, note, handle)
        act._save()  # first the note, then the folder: never a folder that nobody knows
        try:
            folder.mkdir(mode=_OWNER_ONLY)
        except OSError as error:
            raise write_failed(target, error) from error
        yield act
    finally:
        if act is None:
            os.close(handle)
        else:
            act._close()


def recover(
    recorded: Callable[[str, str | None], bool], journal: Path | None = None
) -> tuple[Recovered, ...]:
    """Finish or undo every act whose writer is gone; what became of each.

    recorded: whether a record id is in the registry at a place. What it raises passes through, and leaves
    the act as it is. journal: folder of the notes.
    """
    notes = default_folder() if journal is None else journal
    done = []
    for note in sorted(notes.glob(f"*{_SUFFIX}")) if notes.is_dir() else []:
        try:
            handle = os.open(note, os.O_RDWR)
        except OSError:  # its writer has just finished
            continue
        try:
            # Unlinked: its writer finished between the look and the opening.
            if _lock(handle) and os.fstat(handle).st_nlink:
                result = _settle_one(note, handle, recorded)
                if result is not None:
                    done.append(result)
        finally:
            os.close(handle)
    return tuple(done)


def _settle_one(note: Path, handle: int, recorded: Callable[[str, str | None], bool]) -> Recovered | None:
    try:
        content = json.loads(os.read(handle, 1 << 20))
        target, folder = Path(content["target"]), Path(content["folder"])
    except (
        ValueError,
        KeyError,
        TypeError,
    ):  # it was killed before its first line was written: no folder yet
        note.unlink(missing_ok=True)
        return None
    decided = "moves" in content
    if decided and content["record_id"] is not None:
        decided = recorded(content["record_id"], content["registry"])
    if decided:
        _finish(content)
    shutil.rmtree(folder, ignore_errors=True)
    note.unlink(missing_ok=True)
    return Recovered(target, decided)


def _finish(content: Mapping[str, Any]) -> None:
    for made, place in content["moves"]:
        if Path(made).exists():  # otherwise it was renamed before the crash
            try:
                settle(Path(made), Path(place))
            except OSError as error:
                raise write_failed(Path(place), error) from error


def _to_disk(path: Path) -> None:
    try:
        with path.open("rb+") as file:
            os.fsync(file.fileno())
    except OSError as error:
        raise TargetError(f"{error.strerror}.", subject=str(path)) from error


def _lock(handle: int) -> bool:
    """Hold it, or say that somebody else does."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
