"""Which files a scan looks at, in an order that is the same every time."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from earwitness.cli.scan_sniff import SNIFF_BYTES, looks_like_media

__all__ = ["Candidate", "WalkOptions", "display_name", "walk"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file to examine, or one (``error`` set) that could not even be opened.

    path: as the file system spells it. name: how the results call it (always valid Unicode).
    size: bytes. mtime_ns: modification time, ns since the epoch.
    """

    path: str
    name: str
    size: int = 0
    mtime_ns: int = 0
    error: str | None = None


@dataclass(slots=True)
class WalkOptions:
    """hidden: take names that start with a dot. follow_links: enter linked folders.

    all_files: try every regular file, whatever it looks like.
    """

    hidden: bool = False
    follow_links: bool = False
    all_files: bool = False
    skipped: int = field(default=0, init=False)
    """Counts, while walking, the files that were no audio or video."""


def display_name(path: str) -> str:
    """The path as results name it: normalised, forward slashes, undecodable bytes as ``\\xNN``."""
    clean = os.path.normpath(path).replace(os.sep, "/")
    return clean.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def walk(roots: Iterable[str], options: WalkOptions) -> Iterator[Candidate]:
    """Yield the files under ``roots`` (folders or files), each folder's names sorted.

    A file given by name is taken whatever it looks like. Links to files count as files; links
    to folders only with ``follow_links``, and no folder is entered twice.
    """
    folders: set[tuple[int, int]] = set()
    for root in roots:
        if Path(root).is_dir():
            yield from _walk_folder(root, options, folders)
        else:
            yield _candidate(root)


def _walk_folder(root: str, options: WalkOptions, seen: set[tuple[int, int]]) -> Iterator[Candidate]:
    pending: list[str] = [root]  # a stack: sorted depth-first without recursion limits
    while pending:
        path = pending.pop()
        try:
            facts = Path(path).stat()
            if not stat.S_ISDIR(facts.st_mode):
                candidate = _sift(path, facts, options)
                if candidate is not None:
                    yield candidate
                continue
            if (facts.st_dev, facts.st_ino) in seen:
                continue
            seen.add((facts.st_dev, facts.st_ino))
            with os.scandir(path) as entries:
                names = [entry.path for entry in entries if _wanted(entry, options)]
        except OSError as error:
            yield Candidate(path, display_name(path), error=_reason(error))
            continue
        pending.extend(sorted(names, reverse=True))


def _wanted(entry: os.DirEntry[str], options: WalkOptions) -> bool:
    if entry.name.startswith(".") and not options.hidden:
        return False
    return options.follow_links or not (entry.is_symlink() and entry.is_dir())


def _sift(path: str, facts: os.stat_result, options: WalkOptions) -> Candidate | None:
    """The file if it is to be examined; None (and counted) if it is no audio or video."""
    if not stat.S_ISREG(facts.st_mode):  # opening a pipe or a device could wait for ever
        options.skipped += 1
        return None
    if not options.all_files:
        with Path(path).open("rb", buffering=0) as file:
            head = file.read(SNIFF_BYTES) or b""
        if not looks_like_media(head, Path(path).suffix):
            options.skipped += 1
            return None
    return Candidate(path, display_name(path), facts.st_size, facts.st_mtime_ns)


def _candidate(path: str) -> Candidate:
    try:
        facts = Path(path).stat()
        if not stat.S_ISREG(facts.st_mode):
            return Candidate(path, display_name(path), error="This is no regular file.")
    except OSError as error:
        return Candidate(path, display_name(path), error=_reason(error))
    return Candidate(path, display_name(path), facts.st_size, facts.st_mtime_ns)


def _reason(error: OSError) -> str:
    return f"{error.strerror or type(error).__name__}."
