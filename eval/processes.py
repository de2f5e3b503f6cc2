"""Commands run and timed in fresh processes, on chosen cores, with their peak memory."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from earwitness.errors import UsageError

__all__ = ["Finished", "cli_command", "on_cores", "run"]

# Runs the command from a process that is small itself: Linux counts the memory that a child shares
# with its parent between fork and exec as the child's own peak.
LAUNCHER = """
import json, os, subprocess, sys, time
start = time.perf_counter()
none = subprocess.DEVNULL
child = subprocess.Popen(sys.argv[1:], stdin=none, stdout=none, stderr=subprocess.PIPE)
error = child.stderr.read()
_, status, usage = os.wait4(child.pid, 0)
print(json.dumps([time.perf_counter() - start, os.waitstatus_to_exitcode(status), usage.ru_maxrss,
                  error.decode("utf-8", "replace")[-2000:]]))
"""


@dataclass(frozen=True, slots=True)
class Finished:
    """wall_s: seconds. peak_mb: largest resident memory of the process, in 10^6 bytes."""

    wall_s: float
    exit_code: int
    peak_mb: float
    stderr: str


def cli_command() -> list[str]:
    """The installed ``earwitness`` command. Raises UsageError when there is none."""
    beside = Path(sys.executable).with_name("earwitness")
    found = str(beside) if beside.exists() else shutil.which("earwitness")
    if not found:
        raise UsageError(
            "the earwitness command is not installed.", hint="Install the package: pip install -e ."
        )
    return [found]


def run(command: Sequence[str], *, allowed: Sequence[int] = (0,)) -> Finished:
    """Run a command to its end, its output thrown away.

    Raises UsageError with the end of its messages when the exit code is not among ``allowed``.
    """
    # -I -S: a launcher that starts in milliseconds. The time is taken inside it.
    launched = subprocess.run(
        [sys.executable, "-I", "-S", "-c", LAUNCHER, *command], capture_output=True, text=True, check=True
    )
    wall, code, peak, stderr = json.loads(launched.stdout)
    if code not in allowed:
        raise UsageError(
            f"{Path(command[0]).name} {' '.join(command[1:3])} ended with {code}: {stderr.strip()}"
        )
    unit = 1 if sys.platform == "darwin" else 1024  # ru_maxrss: bytes there, kilobytes on Linux
    return Finished(wall, code, peak * unit / 1e6, stderr)


@contextmanager
def on_cores(count: int) -> Iterator[None]:
    """Keep this process and the ones it starts on ``count`` cores (where the system can do that)."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    if count > len(before):
        raise UsageError(f"{count} cores are asked for and {len(before)} are there.")
    os.sched_setaffinity(0, sorted(before)[:count])
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
