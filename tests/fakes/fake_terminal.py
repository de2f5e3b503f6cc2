"""What a terminal does for the programs it starts."""

from __future__ import annotations

import signal


def interruptible() -> None:
    """Let Ctrl-C reach a child.

    Shells start background jobs with it switched off, and children inherit that.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)
