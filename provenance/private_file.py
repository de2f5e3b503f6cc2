"""Files that hold secrets: readable by their owner only, written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import stat
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from earwitness.errors import KeyFileError

__all__ = ["locked", "read", "write"]

OWNER_ONLY = 0o600
FOLDER_OWNER_ONLY = 0o700


def read(path: Path, most: int, *, remedy: str, leaked: str) -> bytes | None:
    """Up to ``most`` bytes of the file; None when it does not exist.

    remedy: what to do when it cannot be read. leaked: what to do when somebody else may have read it.
    Raises KeyFileError when others may read it and when it cannot be read.
    """
    try:
        with path.open("rb") as file:
            _refuse_exposed(path, os.fstat(file.fileno()), leaked)
            return file.read(most)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise KeyFileError(
            f"the key file cannot be read: {error.strerror}.",
            subject=str(path),
            hint=f"Check its permissions, or {remedy}",
        ) from error


def write(path: Path, data: bytes, *, remedy: str) -> None:
    """Replace the file at once; a reader sees the old content or the new one. Hold :func:`locked`."""
    path = path.resolve()  # a link stays a link
    try:
        handle, aside = tempfile.mkstemp(dir=path.parent, prefix=".keys-", suffix=".part")  # made 0600
    except OSError as error:
        raise _unwritable(path, error, remedy) from error
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(aside).replace(path)
    except BaseException as error:
        Path(aside).unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise _unwritable(path, error, remedy) from error
        raise


@contextlib.contextmanager
def locked(path: Path, *, remedy: str) -> Iterator[None]:
    """Hold the file for reading and writing it back; other processes wait. Makes the folder when missing."""
    path = path.resolve()
    try:
        path.parent.mkdir(mode=FOLDER_OWNER_ONLY, parents=True, exist_ok=True)
        # Beside the file, not the file itself: that one is replaced, and a lock stays with the old one.
        handle = os.open(path.with_name(path.name + ".lock"), os.O_RDWR | os.O_CREAT, OWNER_ONLY)
    except OSError as error:
        raise _unwritable(path, error, remedy) from error
    try:
        _wait_for_lock(handle)
        yield
    finally:
        os.close(handle)  # and with it the lock


def _wait_for_lock(handle: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(handle, msvcrt.LK_LOCK, 1)
    else:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX)


def _refuse_exposed(path: Path, facts: os.stat_result, leaked: str) -> None:
    if not stat.S_ISREG(facts.st_mode):
        raise KeyFileError("the key file is no regular file.", subject=str(path), hint="Name a file.")
    if sys.platform != "win32" and stat.S_IMODE(facts.st_mode) & 0o077:
        raise KeyFileError(
            f"others can read or change the key file (its mode is {stat.S_IMODE(facts.st_mode):04o}).",
            subject=str(path),
            hint=f"Say: chmod 600 '{path}'. If somebody else may have read it: {leaked}",
        )


def _unwritable(path: Path, error: OSError, remedy: str) -> KeyFileError:
    return KeyFileError(
        f"the key file cannot be written: {error.strerror}.",
        subject=str(path),
        hint=f"{remedy[0].upper()}{remedy[1:]}",
    )
