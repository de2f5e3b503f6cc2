"""The scan itself: takes candidates from the plan, gives them to workers, writes what comes back."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field

from earwitness.cli.check_run import error_object
from earwitness.cli.scan_plan import Plan
from earwitness.cli.scan_store import LineFacts, ResultStore
from earwitness.cli.scan_walk import Candidate
from earwitness.errors import SourceUnreadableError
from earwitness.examine_task import Examined, ExamineTask
from earwitness.report import ModelInfo
from earwitness.workers import WorkerPool

__all__ = ["Pool", "ScanRun", "ScanState", "error_line"]

Pool = WorkerPool[ExamineTask, Examined, tuple[ModelInfo, ...]]

QUEUED_A_WORKER = 2  # one being examined, one waiting: no worker idles while results are written
TICK_S = 0.2


@dataclass(slots=True)
class ScanState:
    """How far the scan is; what the progress display shows.

    files, total_bytes: found by the walk so far (final once ``complete``). done, done_bytes:
    settled, ``reused`` of them without work because their result was there. audio_s: seconds of
    sound examined in this run. found, failed: findings and errors in this run.
    """

    started: float = field(default_factory=time.monotonic)
    files: int = 0
    total_bytes: int = 0
    complete: bool = False
    done: int = 0
    done_bytes: int = 0
    reused: int = 0
    reused_bytes: int = 0
    audio_s: float = 0.0
    found: int = 0
    failed: int = 0

    @property
    def elapsed_s(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self.started

    @property
    def speed(self) -> float:
        """Seconds of sound examined a second."""
        return self.audio_s / max(self.elapsed_s, 1e-3)

    @property
    def left_s(self) -> float | None:
        """Estimated seconds to the end, by bytes; None while too little is known."""
        worked = self.done_bytes - self.reused_bytes
        if not self.complete or worked <= 0:
            return None
        return (self.total_bytes - self.done_bytes) / worked * self.elapsed_s


class ScanRun:
    """One scan: everything the plan finds goes into the store, once.

    on_result(candidate, line, facts) is called for each new line, on_progress(state) at least
    five times a second. timeout_s: longest time for one file, None for no limit.
    """

    def __init__(
        self,
        plan: Plan,
        pool: Pool,
        store: ResultStore,
        *,
        jobs: int,
        prior: float,
        max_seconds: float | None,
        timeout_s: float | None,
        on_result: Callable[[Candidate, str, LineFacts], None],
        on_progress: Callable[[ScanState], None],
    ) -> None:
        self.state = ScanState()
        self._plan = plan
        self._pool = pool
        self._store = store
        self._room = jobs * QUEUED_A_WORKER
        self._prior = prior
        self._max_seconds = max_seconds
        self._timeout_s = timeout_s
        self._on_result = on_result
        self._on_progress = on_progress
        self._running: dict[Future[Examined], Candidate] = {}

    def run(self) -> None:
        """Work until every file is settled. What is finished when it is interrupted is recorded."""
        try:
            while self._feed() or self._running:
                if self._running:
                    finished, _ = wait(self._running, timeout=TICK_S, return_when=FIRST_COMPLETED)
                    for future in finished:
                        self._settle(future)
                self._show()
        except KeyboardInterrupt:
            for future in [future for future in self._running if future.done()]:
                self._settle(future)
            raise
        self._show()

    def _feed(self) -> bool:
        """Fill the workers' queue. False when the plan has nothing more to give."""
        while len(self._running) < self._room:
            ended = self._plan.complete  # asked first: nothing can come after it
            candidate = self._plan.next(0.0 if self._running else TICK_S)
            if candidate is None:
                return not ended
            if any(candidate.name == other.name for other in self._running.values()):  # given twice
                self._count(candidate, reused=True)
            elif candidate.error is not None:
                self._record(candidate, *error_line(candidate, SourceUnreadableError(candidate.error)))
            elif self._store.is_done(candidate):
                self._count(candidate, reused=True)
            else:
                self._submit(candidate)
        return True

    def _submit(self, candidate: Candidate) -> None:
        task = ExamineTask(candidate.path, candidate.name, self._prior, self._max_seconds)
        self._running[self._pool.submit(task, timeout_s=self._timeout_s)] = candidate

    def _settle(self, future: Future[Examined]) -> None:
        candidate = self._running.pop(future)
        error = future.exception()
        if error is not None:
            self._record(candidate, *error_line(candidate, error))
            return
        result = future.result()
        self.state.audio_s += result.duration_s
        self.state.found += result.verdict.is_finding
        facts = LineFacts(result.verdict, result.llr_synthetic, result.duration_s)
        self._record(candidate, result.json, facts)

    def _record(self, candidate: Candidate, line: str, facts: LineFacts) -> None:
        self._store.add(candidate, line, facts)
        self.state.failed += facts.error is not None
        self._count(candidate, reused=False)
        self._on_result(candidate, line, facts)

    def _count(self, candidate: Candidate, *, reused: bool) -> None:
        self.state.done += 1
        self.state.done_bytes += candidate.size
        if reused:
            self.state.reused += 1
            self.state.reused_bytes += candidate.size

    def _show(self) -> None:
        self.state.files = self._plan.files
        self.state.total_bytes = self._plan.total_bytes
        self.state.complete = self._plan.complete
        self._on_progress(self.state)


def error_line(candidate: Candidate, error: BaseException) -> tuple[str, LineFacts]:
    """The line for a file that gave no report: ``{"file": name, "error": {type, title, message}}``."""
    record = error_object(candidate.name, error)
    line = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
    return line, LineFacts(error=record["error"]["type"])
