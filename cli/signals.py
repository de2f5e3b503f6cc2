"""Signals that end a command: what was begun is put in order first."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator

__all__ = ["Interruption", "terminate_like_interrupt"]


class Interruption:
    """Whether this block was told to end.

    A KeyboardInterrupt that is raised while FFmpeg calls back into Python is swallowed there, so long work
    asks now and then.
    """

    def __init__(self) -> None:
        self._told = False

    def tell(self, *_: object) -> None:
        """The signal handler."""
        self._told = True
        raise KeyboardInterrupt

    def check(self) -> None:
        """Raise KeyboardInterrupt when the block was told to end."""
        if self._told:
            raise KeyboardInterrupt


@contextlib.contextmanager
def terminate_like_interrupt(interruption: Interruption | None = None) -> Iterator[Interruption]:
    """A polite kill (SIGTERM) ends the block as Ctrl-C does: nothing half done is left behind."""
    interruption = interruption or Interruption()
    if threading.current_thread() is not threading.main_thread():
        yield interruption
        return
    before = {signal.SIGTERM: signal.signal(signal.SIGTERM, interruption.tell)}
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # else it is switched off on purpose
        before[signal.SIGINT] = signal.signal(signal.SIGINT, interruption.tell)
    try:
        yield interruption
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
