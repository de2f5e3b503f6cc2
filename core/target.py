"""A file that takes its place only when it is whole: written aside in the same folder, then renamed."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from earwitness.errors import TargetError

__all__ = ["refuse_target", "replacing", "settle", "write_failed"]


def refuse_target(target: Path, source: Path | None) -> None:
    """Raise TargetError for what would fail, or do harm, only after the work is done.

    source: the file that is read, None for a stream.
    """
    shown = str(target)
    if source is not None and _same(target, source):
        raise TargetError(
            "this is the file that is read.", subject=shown, hint="Give the output a name of its own."
        )
    if target.is_dir():
        raise TargetError("is a folder.", subject=shown, hint="Give a file name in it.")
    if target.exists() and not target.is_file():
        raise TargetError("is a device or a pipe.", subject=shown, hint="Give a file name.")
    if not target.parent.is_dir():
        raise TargetError(
            "its folder does not exist.", subject=shown, hint=f"Make it first: mkdir -p '{target.parent}'"
        )


@contextlib.contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """A path beside ``target`` to write to; it becomes ``target`` when the block ends well.

    Its content is on the disk before it is renamed; on an error or an interruption it is removed and
    what was at ``target`` stays. Raises TargetError when the folder cannot be written or is full.
    """
    target = target.resolve()  # a link stays a link
    try:
        # The ending stays: it tells programs what the file is.
        handle, name = tempfile.mkstemp(
            dir=target.parent, prefix=f".{target.stem[:40]}.", suffix=f".part{target.suffix}"
        )
    except OSError as error:
        raise write_failed(target, error) from error
    os.close(handle)
    aside = Path(name)
    try:
        yield aside
        settle(aside, target)
    except OSError as error:
        raise write_failed(target, error) from error
    finally:
        aside.unlink(missing_ok=True)


def write_failed(target: Path, error: OSError) -> TargetError:
    """The error for a write that failed, in plain words."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return TargetError(
            "the disk is full; nothing was written.", subject=str(target), hint="Make room or choose another."
        )
    reason = error.strerror or type(error).__name__
    return TargetError(f"cannot be written: {reason}.", subject=str(target), hint="Choose another place.")


def settle(aside: Path, target: Path) -> None:
    """Put a finished file into its place, on the disk for good. Raises OSError."""
    with aside.open("rb+") as file:
        os.fsync(file.fileno())
    try:
        mode = target.stat().st_mode & 0o777
    except FileNotFoundError:
        umask = os.umask(0)
        os.umask(umask)
        mode = 0o666 & ~umask
    aside.chmod(mode)
    aside.replace(target)
    with contextlib.suppress(OSError):  # not every system can sync a folder; the content is safe
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False
