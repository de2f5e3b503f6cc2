"""The file that the mark keys lie in: its place and its form."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from earwitness.errors import KeyFileError
from earwitness.provenance import private_file

__all__ = ["default_path", "locked", "read", "write"]

PATH_VARIABLE = "EARWITNESS_KEYS"
FORMAT = "earwitness.keys/1"
MAX_BYTES = 16 << 20  # far beyond any ring; a wrong path (a recording) is not read into memory
_REMEDY = f"set {PATH_VARIABLE} to a file in a folder that you may write to."
_LEAKED = "earwitness keys revoke NAME, then earwitness keys rotate NAME."


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
    data = private_file.read(path, MAX_BYTES, remedy=_REMEDY, leaked=_LEAKED)
    if data is None:
        return []
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
    text = json.dumps({"format": FORMAT, "keys": entries}, indent=1, ensure_ascii=False) + "\n"
    private_file.write(path, text.encode("utf-8"), remedy=_REMEDY)


def locked(path: Path) -> AbstractContextManager[None]:
    """Hold the ring for reading and writing it back; other processes wait. Makes the folder when missing."""
    return private_file.locked(path, remedy=_REMEDY)


def _foreign(path: Path) -> KeyFileError:
    return KeyFileError(
        f"this is no key file of the form {FORMAT}, and is left as it is.",
        subject=str(path),
        hint=f"Restore it from a copy, or set {PATH_VARIABLE} to another file.",
    )
