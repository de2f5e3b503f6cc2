"""cli/signals.py: a polite kill is an interruption, and only inside the block."""

from __future__ import annotations

import os
import signal
import threading
import time

import pytest

from earwitness.cli.signals import terminate_like_interrupt


def terminated() -> None:
    with terminate_like_interrupt():
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(10)


def test_sigterm_interrupts_and_the_old_handler_comes_back() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(KeyboardInterrupt):
        terminated()
    assert signal.getsignal(signal.SIGTERM) is before


def test_other_threads_may_use_it_without_effect() -> None:
    seen: list[object] = []

    def work() -> None:
        with terminate_like_interrupt():
            seen.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [signal.getsignal(signal.SIGTERM)]
