"""How far a scan is: a bar in a terminal, a plain line now and then elsewhere, nothing if quiet."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Protocol

from earwitness.cli.scan_run import ScanState

if TYPE_CHECKING:
    from rich.progress import Progress

__all__ = ["BarProgress", "PlainProgress", "QuietProgress", "ScanProgress", "pick_progress", "status_text"]

PLAIN_EVERY_S = 10.0


class ScanProgress(Protocol):
    """Shown while a scan runs; a context manager."""

    def __enter__(self) -> ScanProgress: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
    def update(self, state: ScanState) -> None:
        """Show this state."""


def pick_progress(*, quiet: bool) -> ScanProgress:
    """What fits where standard error goes."""
    if quiet:
        return QuietProgress()
    return BarProgress() if sys.stderr.isatty() else PlainProgress()


def status_text(state: ScanState) -> str:
    """E.g. ``120 of 300 files, 3 found, 1 error, 85x real time, 0:02:10 left``."""
    parts = [f"{state.done:,} of {state.files:,}{'' if state.complete else '+'} files"]
    if state.reused:
        parts.append(f"{state.reused:,} done before")
    if state.found:
        parts.append(f"{state.found:,} found")
    if state.failed:
        parts.append(f"{state.failed:,} error{'s' if state.failed > 1 else ''}")
    if state.audio_s:
        parts.append(f"{state.speed:.0f}x real time")
    if state.left_s is not None and state.done < state.files:
        parts.append(f"{_clock(state.left_s)} left")
    return ", ".join(parts)


def _clock(seconds: float) -> str:
    minutes, whole = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{whole:02}"


class QuietProgress:
    """Shows nothing."""

    def __enter__(self) -> QuietProgress:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def update(self, state: ScanState) -> None:
        """Nothing."""


class PlainProgress:
    """A line on standard error every ten seconds, and one at the end."""

    def __init__(
        self, write: Callable[[str], object] | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._write = write or (lambda text: print(text, file=sys.stderr, flush=True))
        self._clock = clock
        self._shown_at = clock()
        self._last: ScanState | None = None

    def __enter__(self) -> PlainProgress:
        return self

    def __exit__(self, *_: object) -> None:
        if self._last is not None:
            self._write(status_text(self._last))

    def update(self, state: ScanState) -> None:
        """Print the state if it is time to."""
        self._last = state
        if self._clock() - self._shown_at >= PLAIN_EVERY_S:
            self._write(status_text(state))
            self._shown_at = self._clock()


class BarProgress:
    """A bar that fills by bytes, with the state beside it."""

    def __init__(self) -> None:
        self._progress = _bar()
        self._task = self._progress.add_task("", total=None, status="looking for recordings")

    def __enter__(self) -> BarProgress:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def update(self, state: ScanState) -> None:
        """Move the bar."""
        total = max(state.total_bytes, 1) if state.complete else None
        self._progress.update(self._task, total=total, completed=state.done_bytes, status=status_text(state))


def _bar() -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn

    return Progress(
        SpinnerColumn(),
        BarColumn(bar_width=24),
        TextColumn("{task.fields[status]}", markup=False),
        console=Console(stderr=True),
        transient=True,
    )
