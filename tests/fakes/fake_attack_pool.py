"""Workers of the data engine: one in this process, and real ones that know the fake generators."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from types import TracebackType
from typing import Self

from fake_generators import with_generators, with_names

from earwitness import plugins
from earwitness.generators.attacks.job import Made, Task, make_attacks
from earwitness.workers import WorkerPool


class Here:
    """A pool that works at once, in this process."""

    def __init__(self, work: Callable[[Task], Made] = make_attacks) -> None:
        self.work = work
        self.tasks: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def submit(self, task: Task, *, timeout_s: float | None = None) -> Future[Made]:  # noqa: ARG002
        self.tasks.append(task.real.name)
        future: Future[Made] = Future()
        try:
            future.set_result(self.work(task))
        except Exception as error:  # noqa: BLE001 (as workers do)
            future.set_exception(error)
        return future


def ready() -> bool:
    """What a real worker does first."""
    plugins.load = with_generators(plugins.load)
    plugins.names = with_names(plugins.names)  # type: ignore[assignment]
    return True


def processes(jobs: int) -> WorkerPool[Task, Made, bool]:
    """Real ones."""
    return WorkerPool(jobs, make_attacks, ready)
