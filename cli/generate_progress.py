"""How far ``earwitness generate`` is: a bar where a person sees it, a line a file in a pipe, or nothing."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import TYPE_CHECKING, Self

from earwitness.cli.signals import Interruption

if TYPE_CHECKING:
    from rich.progress import Progress

    from earwitness.generation import Speech

__all__ = ["GenerateProgress"]


class GenerateProgress:
    """A context manager; ``begin`` each file, then hand ``made`` and ``tick`` to whoever makes it.

    interruption: asked at every tick. quiet: show nothing.
    """

    def __init__(self, interruption: Interruption, *, quiet: bool = False) -> None:
        self._interruption = interruption
        self._quiet = quiet
        self._progress = None if quiet or not sys.stderr.isatty() else _bar()
        self._task = None if self._progress is None else self._progress.add_task("", total=None, status="")
        self._title = ""
        self._seconds = self._last = self._base = 0.0

    def __enter__(self) -> Self:
        if self._progress is not None:
            self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._progress is not None:
            self._progress.stop()

    def begin(self, shown: str, number: int = 1, total: int = 1) -> None:
        """The next of ``total`` files. shown: what it is called."""
        from earwitness.wording import clean

        self._interruption.check()
        place = f"{number} of {total}: " if total > 1 else ""
        self._title = f"{place}{clean(shown)[:60]}"
        self._show(f"Making {self._title}", None, 0.0)
        if self._progress is None and not self._quiet and total > 1:
            print(self._title, file=sys.stderr, flush=True)

    def made(self, speech: Speech) -> None:
        """The sound is there; now it is marked."""
        self._interruption.check()
        self._seconds, self._last, self._base = speech.seconds, 0.0, 0.0
        self._show(f"Marking {self._title}", 2 * speech.seconds, 0.0)

    def tick(self, seconds: float) -> None:
        """Seconds that were marked, then seconds that were read back."""
        self._interruption.check()
        if seconds < self._last:
            self._base = self._seconds
        self._last = seconds
        self._show(f"Marking {self._title}", 2 * self._seconds, min(self._base + seconds, 2 * self._seconds))

    def _show(self, status: str, total: float | None, done: float) -> None:
        if self._progress is not None and self._task is not None:
            self._progress.update(self._task, total=total, completed=done, status=status)


def _bar() -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    return Progress(
        SpinnerColumn(),
        BarColumn(bar_width=24),
        TimeElapsedColumn(),
        TextColumn("{task.fields[status]}", markup=False),
        console=Console(stderr=True),
        transient=True,
    )
