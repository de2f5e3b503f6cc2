"""The run: recordings go to workers, their lines into the manifest; what is done is never done again."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field
from typing import Any, Protocol

from earwitness.errors import EarWitnessError, TargetError
from earwitness.generators.attacks.engines import Menu
from earwitness.generators.attacks.job import Made, Task
from earwitness.generators.attacks.manifest import AttackManifest
from earwitness.generators.attacks.plan import Settings
from earwitness.generators.attacks.sources import Real, declared_seconds

__all__ = ["AttackRun", "Pool", "RunState", "chosen", "identity"]

_QUEUED_A_WORKER = 2
_TICK_S = 0.2
_LONGEST_TASK_S = 3600.0


class Pool(Protocol):
    """As ``earwitness.workers.WorkerPool``."""

    def submit(self, task: Task, *, timeout_s: float | None = None) -> Future[Made]:
        """Queue a task."""


@dataclass(slots=True)
class RunState:
    """How far it is. done counts recordings, ``reused`` and ``failed`` ones among them. audio_s: seconds of
    attacks made in this run. failures: (recording, what is wrong)."""

    total: int = 0
    done: int = 0
    reused: int = 0
    failed: int = 0
    audio_s: float = 0.0
    started: float = field(default_factory=time.monotonic)
    failures: list[tuple[str, str]] = field(default_factory=list)


def chosen(reals: Iterable[Real], seed: int, hours: float | None) -> list[Real]:
    """In an order drawn from the seed, each name once, so that any beginning is a fair sample; with
    ``hours``, the shortest beginning with that much speech (as the files say themselves)."""
    known = {real.name: real for real in reals}
    ordered = sorted(
        known.values(), key=lambda real: hashlib.sha256(f"{seed}\n{real.name}".encode()).digest()
    )
    if hours is None:
        return ordered
    seconds = 0.0
    for count, real in enumerate(ordered):
        if seconds >= hours * 3600:
            return ordered[:count]
        seconds += declared_seconds(real.path)
    return ordered


def identity(settings: Settings, menu: Menu) -> dict[str, Any]:
    """What must stay the same while a folder is filled."""
    return {**settings.identity(), "menu": menu.identity(), "form": 2}


class AttackRun:
    """on_progress(state) is called a few times a second, on_failure(recording, message) for what fails."""

    def __init__(
        self,
        manifest: AttackManifest,
        pool: Pool,
        settings: Settings,
        menu: Menu,
        *,
        jobs: int,
        on_progress: Callable[[RunState], None] = lambda _: None,
        on_failure: Callable[[str, str], None] = lambda *_: None,
    ) -> None:
        self.state = RunState()
        self._manifest, self._pool = manifest, pool
        self._settings, self._menu = settings, menu
        self._room = max(1, jobs) * _QUEUED_A_WORKER
        self._on_progress, self._on_failure = on_progress, on_failure
        self._running: dict[Future[Made], Real] = {}

    def run(self, reals: Sequence[Real]) -> RunState:
        """Until all are settled. What is finished when it is interrupted is noted. Raises TargetError where
        the folder cannot be written any more."""
        self.state.total = len(reals)
        waiting = iter(reals)
        try:
            while self._feed(waiting) or self._running:
                finished, _ = wait(self._running, timeout=_TICK_S, return_when=FIRST_COMPLETED)
                for future in finished:
                    self._settle(future)
                self._on_progress(self.state)
        except KeyboardInterrupt:
            for future in [one for one in self._running if one.done()]:
                self._settle(future)
            raise
        self._manifest.finish()
        return self.state

    def _feed(self, waiting: Iterable[Real]) -> bool:
        """Fill the queue; False when there is nothing more."""
        while len(self._running) < self._room:
            real = next(iter(waiting), None)
            if real is None:
                return False
            if self._manifest.is_done(real):
                self.state.done += 1
                self.state.reused += 1
                continue
            task = Task(real, str(self._manifest.folder), self._menu, self._settings)
            self._running[self._pool.submit(task, timeout_s=_LONGEST_TASK_S)] = real
        return True

    def _settle(self, future: Future[Made]) -> None:
        real = self._running.pop(future)
        error = future.exception()
        self.state.done += 1
        if isinstance(error, TargetError):  # a full disk: every other recording would fail too
            raise error
        if error is not None:
            self.state.failed += 1
            told = str(error) if isinstance(error, EarWitnessError) else f"{type(error).__name__}: {error}"
            self._told(real.name, told)
            return
        made = future.result()
        self._manifest.add(made.entries)
        self.state.audio_s += made.seconds
        for trouble in made.troubles:
            self._told(real.name, trouble)

    def _told(self, name: str, message: str) -> None:
        self.state.failures.append((name, message))
        self._on_failure(name, message)
