"""Standard output that cannot be written to: a full disk is an error, a reader that left early is none.

A failed write ends the program at once and whatever catches errors: the answer is lost, so going on would
be for nobody, and an exit code that looks like a verdict would be a lie.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from collections.abc import Iterator

from earwitness.cli.exit_codes import ExitCode
from earwitness.errors import TargetError

__all__ = ["into_the_void", "put", "whole_output", "writing"]

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)


def put(text: str) -> None:
    """Write it, now. Ends the program where that fails; BrokenPipeError passes."""
    with writing():
        sys.stdout.write(text)
        sys.stdout.flush()


@contextlib.contextmanager
def writing() -> Iterator[None]:
    """Around what writes to standard output, and does nothing else that fails with an OSError."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise _lost(error) from error


@contextlib.contextmanager
def whole_output() -> Iterator[None]:
    """Around the program: what was printed by other means is out, or said to be lost, before it ends."""
    try:
        yield
    except SystemExit as ended:
        if isinstance(ended.__context__, BrokenPipeError):  # typer ends with 1 then: a finding
            raise ended.__context__ from None
        _flush()
        raise
    except OSError as error:
        # Files that do not fit on the disk are told by who writes them: what is left is what typer prints.
        if error.errno in _FULL and error.filename is None:
            raise _lost(error) from error
        raise


def _flush() -> None:
    try:
        with writing():
            sys.stdout.flush()
    except BrokenPipeError:  # nobody is there to be told
        into_the_void()
    except (AttributeError, ValueError):  # there is no standard output, or it is closed
        return


def _lost(error: OSError) -> SystemExit:
    """What ends the program, and has been said. All that is still buffered goes nowhere."""
    into_the_void()
    told = TargetError(
        f"cannot be written: {error.strerror or type(error).__name__}.",
        subject="standard output",
        hint="The answer is lost: make room, or send it elsewhere.",
    )
    with contextlib.suppress(OSError):
        print(f"earwitness: {told}", file=sys.stderr)
    return SystemExit(ExitCode.ERROR)


def into_the_void() -> None:
    """Whatever is still written to standard output goes nowhere, without errors."""
    void = os.open(os.devnull, os.O_WRONLY)
    os.dup2(void, sys.stdout.fileno())
    os.close(void)
