"""Tasks for tests of the worker pool; importable in spawned processes."""

from __future__ import annotations

import os
import time
from typing import Any

from earwitness.errors import AudioDecodeError, ModelError


class UnpicklableError(Exception):
    """An error of a foreign library whose arguments do not fit its constructor."""

    def __init__(self, first: str, second: str) -> None:
        super().__init__(f"{first} {second}")


def prepare() -> str:
    """What a worker does first."""
    return "prepared"


def prepare_in_vain() -> str:
    """A worker whose weights are broken."""
    raise ModelError("the weights are damaged.")


def do(task: tuple[str, Any]) -> Any:
    """Do what the task says."""
    what, value = task
    match what:
        case "double":
            return 2 * value
        case "pid":
            return os.getpid()
        case "slow pid":
            time.sleep(value)
            return os.getpid()
        case "sleep":
            return time.sleep(value)
        case "environment":
            return os.environ.get(value)
        case "kill":
            os.kill(os.getpid(), value)
        case "leave":
            os._exit(value)
        case "refuse":
            raise AudioDecodeError("broken.", subject=value, hint="Try another.")
        case "unpicklable":
            raise UnpicklableError("no way", "back")
    raise ValueError(what)
