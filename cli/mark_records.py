"""``OUT/*`` of a marked folder names its records too: they are left out, with a word, and nobody stumbles."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from earwitness.cli.mark_store import NAME

__all__ = ["recordings_of"]

_LONGEST_LINE = 1 << 16  # bytes; a record has a few thousand
_FIELDS = frozenset({"file", "size_bytes", "mtime_ns", "settings", "record"})


def recordings_of(files: Sequence[str], *, quiet: bool = False) -> list[str]:
    """The files without the records that ``earwitness mark`` kept beside its recordings.

    Only a file of that name and content is left out, and said so on standard error unless ``quiet``. Asked
    for alone it stays: then it is the mistake, and the error says what it is.
    """
    left_out = [name for name in files if _holds_records(name)]
    if len(left_out) == len(files):
        return list(files)
    if not quiet:
        for name in left_out:
            print(f"{name}: left out: the records of earwitness mark, no recording.", file=sys.stderr)
    return [name for name in files if name not in left_out]


def _holds_records(name: str) -> bool:
    path = Path(name)
    if path.name != NAME or not path.is_file():
        return False
    try:
        with path.open("rb") as file:
            line = file.readline(_LONGEST_LINE)
        first = json.loads(line) if line else dict.fromkeys(_FIELDS)  # a run that was stopped at once
    except (OSError, ValueError):
        return False
    return isinstance(first, dict) and set(first) >= _FIELDS
