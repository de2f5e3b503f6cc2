"""Opening a results file: one scan at a time, nothing of somebody else's, no torn last line."""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO

from earwitness.errors import SourceUnreadableError, UsageError

__all__ = ["open_locked", "refuse_foreign", "repair_last_line"]


def open_locked(path: Path) -> BinaryIO:
    """Open for reading and writing, unbuffered; created if missing.

    Raises SourceUnreadableError when that fails or another scan holds the file.
    """
    try:
        file = path.open("r+b" if path.exists() else "x+b", buffering=0)
    except OSError as error:
        raise SourceUnreadableError(
            f"the results file cannot be written: {error.strerror}.",
            subject=str(path),
            hint="Give a path in a folder that exists and that you may write to.",
        ) from error
    try:
        import fcntl
    except ImportError:  # Windows: no advisory locks; two scans into one file are the user's to avoid
        return file
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.close()
        raise SourceUnreadableError(
            "another scan is writing this results file.", subject=str(path), hint="Wait for it, or end it."
        ) from error
    return file


def refuse_foreign(file: BinaryIO, path: Path) -> None:
    """Never touch a file that no scan wrote, with --restart neither."""
    file.seek(0)
    head = file.read(64)
    if head and not head.startswith((b'{"schema":"earwitness.report/', b'{"file":"')):
        raise UsageError(
            "this is no results file of a scan, and is left as it is.",
            subject=str(path),
            hint="Give another path to --output.",
        )


def repair_last_line(file: BinaryIO) -> None:
    """Cut off a last line that a kill or a power cut left incomplete."""
    end = position = file.seek(0, os.SEEK_END)
    while position > 0:
        step = min(65536, position)
        file.seek(position - step)
        block = file.read(step)
        newline = block.rfind(b"\n")
        if newline >= 0:
            keep = position - step + newline + 1
            if keep < end:
                file.truncate(keep)
            return
        position -= step
    if end:
        file.truncate(0)
