"""``-`` as a file name: the recording comes in on standard input."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import BinaryIO

from earwitness.errors import SourceUnreadableError, UsageError

__all__ = ["STDIN", "refuse_twice", "source_of"]

STDIN = "-"


def source_of(name: str, command: str) -> str | BinaryIO:
    """What to open for a name from the command line: the name itself, or standard input for ``-``.

    command: named in the hint, e.g. "check". Raises SourceUnreadableError when a person sits at the other
    end: nobody types a recording.
    """
    if name != STDIN:
        return name
    if sys.stdin.isatty():
        raise SourceUnreadableError(
            "standard input is a terminal.",
            subject=STDIN,
            hint=f"Pipe a recording in: cat FILE | earwitness {command} -",
        )
    return sys.stdin.buffer


def refuse_twice(files: Sequence[str]) -> None:
    """Raises UsageError where ``-`` is named more than once: it can be read only once."""
    if files.count(STDIN) > 1:
        raise UsageError("standard input can be read only once.", subject=STDIN, hint="Name - once.")
