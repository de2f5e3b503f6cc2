"""Where commands print. A reader that leaves early (``| head``) must not change the exit code."""

from __future__ import annotations

import contextlib
import json
from typing import Any

from rich.console import Console

from earwitness.cli.stdout import into_the_void, put, writing

__all__ = ["PatientConsole", "write_json", "write_line"]


class PatientConsole(Console):
    """A console without guesses about colours of numbers, that goes on when its reader has left."""

    def __init__(self, *, stderr: bool = False) -> None:
        super().__init__(stderr=stderr, highlight=False)

    def on_broken_pipe(self) -> None:
        """Rich would end with 1, which here says "synthetic speech found"."""
        self.quiet = True
        into_the_void()

    def print(self, *objects: Any, **options: Any) -> None:
        """As rich does; where standard output is full, the program ends."""
        if self.stderr:  # who cannot be told of an error can have the exit code
            with contextlib.suppress(OSError):
                super().print(*objects, **options)
            return
        with writing():
            super().print(*objects, **options)


def write_line(text: str) -> None:
    """A line for programs on standard output: rich would wrap and colour it."""
    try:
        put(text + "\n")
    except BrokenPipeError:
        into_the_void()


def write_json(value: Any, *, one_line: bool = False) -> None:
    """Plain JSON types as text, indented or in one line."""
    write_line(json.dumps(value, indent=None if one_line else 2, ensure_ascii=False))
