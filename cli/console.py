"""Where commands print. A reader that leaves early (``| head``) must not change the exit code."""

from __future__ import annotations

import json
import os
import sys
from typing import Any

from rich.console import Console

__all__ = ["PatientConsole", "write_json", "write_line"]


class PatientConsole(Console):
    """A console without guesses about colours of numbers, that goes on when its reader has left."""

    def __init__(self, *, stderr: bool = False) -> None:
        super().__init__(stderr=stderr, highlight=False)

    def on_broken_pipe(self) -> None:
        """Rich would end with 1, which here says "synthetic speech found"."""
        self.quiet = True
        _into_the_void()


def write_line(text: str) -> None:
    """A line for programs on standard output: rich would wrap and colour it."""
    try:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        _into_the_void()


def _into_the_void() -> None:
    """Whatever is still written to standard output goes nowhere, without errors."""
    void = os.open(os.devnull, os.O_WRONLY)
    os.dup2(void, sys.stdout.fileno())
    os.close(void)


def write_json(value: Any, *, one_line: bool = False) -> None:
    """Plain JSON types as text, indented or in one line."""
    write_line(json.dumps(value, indent=None if one_line else 2, ensure_ascii=False))
