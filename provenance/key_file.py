"""The file that key material lies in: readable by its owner only, written whole or not at all."""

from __future__ import annotations

import contextlib
import json
import os
import stat
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from earwitness.errors import KeyFileError

__all__ = ["default_path", "locked", "read", "write"]

PATH_VARIABLE = "EARWITNESS_KEYS"
FORMAT = "earwitness.keys/1"
OWNER_ONLY = 0o600
FOLDER_OWNER_ONLY = 0o700
MAX_BYTES = 16 << 20  # far beyond any ring; a wrong path (a recording) is not read into memory


def default_path(environment: Mapping[str, str] | None = None) -> Path:
    """``EARWITNESS_KEYS``, else ``earwitness/keys.json`` in the folder where this system keeps settings."""
    environment = os.environ if environment is None else environment
    if named := environment.get(PATH_VARIABLE):
        return Path(named).expanduser()
    if configured := environment.get("XDG_CONFIG_HOME"):
        return Path(configured) / "earwitness" / "keys.json"
    if sys.platform == "win32":
        base = Path(environment.get("APPDATA") or Path.home() / "AppData" / "Roaming")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = Path.home() / ".config"
    return base / "earwitness" / "keys.json"


def read(path: Path) -> list[dict[str, Any]]:
    """The entries of the file; none when it does not exist.

    Raises KeyFileError when others may read it, when it cannot be read, and when it is no key file. No
    message repeats anything of its content.
    """
    try:
        with path.open("rb") as file:
            _refuse_exposed(path, os.fstat(file.fileno()))
            data = file.read(MAX_BYTES)
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise KeyFileError(
            f"the key file cannot be read: {error.strerror}.",
            subject=str(path),
            hint=f"Check its permissions, or set {PATH_VARIABLE} to another file.",
        ) from error
    try:
        content = json.loads(data)
    except ValueError:  # its text quotes the content: not chained
        raise _foreign(path) from None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise _foreign(path)
    entries = content.get("keys")
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise _foreign(path)
    return entries


def write(path: Path, entries: list[dict[str, Any]]) -> None:
    """Replace the file's entries at once; a reader sees the old ring or the new one. Hold :func:`locked`."""
    path = path.resolve()  # a link stays a link
    text = json.dumps({"format": FORMAT, "keys": entries}, indent=1, ensure_ascii=False) + "\n"
    try:
        handle, aside = tempfile.mkstemp(dir=path.parent, prefix=".keys-", suffix=".part")  # made 0600
    except OSError as error:
        raise _unwritable(path, error) from error
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(aside).replace(path)
    except BaseException as error:
        Path(aside).unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise _unwritable(path, error) from error
        raise


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the ring for reading and writing it back; other processes wait. Makes the folder when missing."""
    path = path.resolve()
    try:
        path.parent.mkdir(mode=FOLDER_OWNER_ONLY, parents=True, exist_ok=True)
        # Beside the file, not the file itself: that one is replaced, and a lock stays with the old one.
        handle = os.open(path.with_name(path.name + ".lock"), os.O_RDWR | os.O_CREAT, OWNER_ONLY)
    except OSError as error:
        raise _unwritable(path, error) from error
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


def _refuse_exposed(path: Path, facts: os.stat_result) -> None:
    if not stat.S_ISREG(facts.st_mode):
        raise KeyFileError("the key file is no regular file.", subject=str(path), hint="Name a file.")
    if sys.platform != "win32" and stat.S_IMODE(facts.st_mode) & 0o077:
        raise KeyFileError(
            f"others can read or change the key file (its mode is {stat.S_IMODE(facts.st_mode):04o}).",
            subject=str(path),
            hint=f"Say: chmod 600 '{path}'. If somebody else may have read it: "
            "earwitness keys revoke NAME, then earwitness keys rotate NAME.",
        )


def _foreign(path: Path) -> KeyFileError:
    return KeyFileError(
        f"this is no key file of the form {FORMAT}, and is left as it is.",
        subject=str(path),
        hint=f"Restore it from a copy, or set {PATH_VARIABLE} to another file.",
    )


def _unwritable(path: Path, error: OSError) -> KeyFileError:
    return KeyFileError(
        f"the key file cannot be written: {error.strerror}.",
        subject=str(path),
        hint=f"Set {PATH_VARIABLE} to a file in a folder that you may write to.",
    )
