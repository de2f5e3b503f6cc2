"""Worker processes that take one task at a time, may die, and can be stopped.

``concurrent.futures.ProcessPoolExecutor`` gives up every task once one worker dies, and cannot
stop a task that runs too long. Here each worker has a pipe and a thread of its own: a crash
(out of memory, a fault in a decoder) is charged to the task that ran and to no other, a
time-out kills the process and not only the wait, and the pool goes on with a fresh worker.
"""

from __future__ import annotations

import multiprocessing as mp
import os
import queue
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, Generic, TypeVar, cast

from earwitness.errors import DecodeTimeoutError, WorkerDiedError

__all__ = ["WorkerPool", "cpu_count"]

Task = TypeVar("Task")
Result = TypeVar("Result")
Info = TypeVar("Info")

# One numeric thread a worker: N workers on N cores must not fight over them.
_THREAD_SETTINGS = ("EARWITNESS_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
_environment_lock = threading.Lock()


def cpu_count() -> int:
    """Number of CPUs this process may use (at least 1)."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return max(1, os.cpu_count() or 1)


@dataclass(frozen=True, slots=True)
class _Job:
    task: Any
    future: Future[Any]
    timeout_s: float | None


@dataclass(frozen=True, slots=True)
class _Worker:
    process: BaseProcess
    pipe: Connection

    def stop(self) -> None:
        """End the process whatever it is doing, and free its pipe."""
        self.process.kill()
        self.process.join()
        self.pipe.close()


class WorkerPool(Generic[Task, Result, Info]):
    """``jobs`` processes that call ``function(task)``, each prepared once by ``initialise()``.

    Both callables must be importable by name (they are run in spawned processes); tasks and
    results are pickled. Use as a context manager: leaving it kills what still runs.
    """

    def __init__(self, jobs: int, function: Callable[[Task], Result], initialise: Callable[[], Info]) -> None:
        self._function = function
        self._initialise = initialise
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._state = threading.Condition()
        self._info: Info | None = None
        self._ready = False
        self._failure: Exception | None = None
        self._closing = False
        self._workers: set[_Worker] = set()
        self._threads = [
            threading.Thread(target=self._slot, name=f"earwitness-worker-{i}", daemon=True)
            for i in range(max(1, jobs))
        ]
        for thread in self._threads:
            thread.start()

    def __enter__(self) -> WorkerPool[Task, Result, Info]:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def ready(self) -> bool:
        """True once a worker has been prepared."""
        return self._ready

    @property
    def info(self) -> Info | None:
        """What ``initialise()`` returned in the first worker that was prepared."""
        return self._info

    @property
    def failure(self) -> Exception | None:
        """Why the last worker could not be prepared; None while all is well."""
        return self._failure

    def wait_ready(self, timeout_s: float | None = None) -> Info:
        """Wait for the first prepared worker and return its info.

        Raises what ``initialise()`` raised, or ``TimeoutError``.
        """
        with self._state:
            done = self._state.wait_for(lambda: self._ready or self._failure or self._closing, timeout_s)
            if self._ready:
                return cast(Info, self._info)
            if self._failure is not None:
                raise self._failure
        raise TimeoutError("the pool was closed" if done else "no worker was ready in time")

    def submit(self, task: Task, *, timeout_s: float | None = None) -> Future[Result]:
        """Queue a task. Its clock (seconds) starts when a worker takes it.

        The future raises what the function raised, ``DecodeTimeoutError`` after ``timeout_s``, or
        ``WorkerDiedError`` when the process died. Cancelling works until a worker has taken it.
        """
        future: Future[Result] = Future()
        if self._closing:
            future.set_exception(WorkerDiedError("The worker pool is closed."))
            return future
        self._jobs.put(_Job(task, future, timeout_s))
        return future

    def close(self) -> None:
        """Kill all workers. Tasks that were running or waiting get ``WorkerDiedError``."""
        with self._state:
            self._closing = True
            for worker in self._workers:
                worker.process.kill()
            self._state.notify_all()
        for _ in self._threads:
            self._jobs.put(None)
        for thread in self._threads:
            thread.join()

    def _slot(self) -> None:
        """The life of one slot: keep a worker alive, feed it, replace it when it is gone."""
        if hasattr(signal, "pthread_sigmask"):
            # Inherited by the worker: Ctrl-C in the terminal is for the parent alone to handle.
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        worker = self._try_start()
        while (job := self._jobs.get()) is not None:
            if not job.future.set_running_or_notify_cancel():
                continue
            if worker is not None and not worker.process.is_alive():  # died idle: not this task's fault
                self._discard(worker)
                worker = None
            worker = worker or self._try_start()
            if worker is None:
                job.future.set_exception(self._failure or WorkerDiedError("The worker pool is closed."))
                continue
            if not self._run(worker, job):
                self._discard(worker)
                # Replaced now, not at the next task: loading models takes a second.
                worker = self._try_start()
        if worker is not None:
            self._discard(worker)

    def _run(self, worker: _Worker, job: _Job) -> bool:
        """Do one job; settle its future. False when the worker cannot be used any more."""
        deadline = None if job.timeout_s is None else time.monotonic() + job.timeout_s
        try:
            worker.pipe.send(job.task)
            answer = _receive(worker, deadline)
        except TimeoutError:
            worker.process.kill()
            worker.process.join()  # first: whoever waits may count on the file being closed
            job.future.set_exception(DecodeTimeoutError(f"The check was stopped after {job.timeout_s:g} s."))
            return False
        except (EOFError, OSError):
            worker.process.join()
            job.future.set_exception(WorkerDiedError(_death(worker.process.exitcode)))
            return False
        kind, value = answer
        if kind == "done":
            job.future.set_result(value)
        else:
            job.future.set_exception(value)
        return True

    def _try_start(self) -> _Worker | None:
        """A prepared worker, or None with the cause in ``failure``."""
        worker = self._spawn()
        if worker is None:
            return None
        try:
            kind, value = _receive(worker, None)
        except (EOFError, OSError):
            worker.process.join()
            kind, value = (
                "failed",
                WorkerDiedError(_death(worker.process.exitcode, "while it loaded the models")),
            )
        with self._state:
            if kind == "done":
                self._info, self._ready, self._failure = value, True, None
            else:
                self._failure = value
            self._state.notify_all()
        if kind == "done":
            return worker
        self._discard(worker)
        return None

    def _spawn(self) -> _Worker | None:
        context = mp.get_context("spawn")  # a fork would copy the locks of our threads as they stand
        ours, theirs = context.Pipe()
        process = context.Process(
            target=_worker_main, args=(theirs, self._function, self._initialise), daemon=True
        )
        with _one_thread_environment():
            process.start()
        theirs.close()
        worker = _Worker(process, ours)
        with self._state:
            if not self._closing:
                self._workers.add(worker)
                return worker
        worker.stop()
        return None

    def _discard(self, worker: _Worker) -> None:
        with self._state:
            self._workers.discard(worker)
        worker.stop()


def _receive(worker: _Worker, deadline: float | None) -> tuple[str, Any]:
    """The worker's next message. Raises TimeoutError at the deadline (monotonic s), EOFError on death."""
    left = None if deadline is None else max(0.0, deadline - time.monotonic())
    if not wait([worker.pipe, worker.process.sentinel], left):
        raise TimeoutError
    if not worker.pipe.poll():  # only the sentinel fired: dead, and nothing was left in the pipe
        raise EOFError
    return cast("tuple[str, Any]", worker.pipe.recv())


def _death(exit_code: int | None, when: str = "while it worked on this file") -> str:
    if exit_code is not None and exit_code < 0:
        try:
            name = signal.Signals(-exit_code).name
        except ValueError:
            name = str(-exit_code)
        cause = ", probably out of memory" if name == "SIGKILL" else ""
        return f"The worker process was killed by {name} {when}{cause}."
    return f"The worker process ended {when} (exit code {exit_code})."


@contextmanager
def _one_thread_environment() -> Iterator[None]:
    with _environment_lock:
        before = {name: os.environ.get(name) for name in _THREAD_SETTINGS}
        os.environ.update(dict.fromkeys(_THREAD_SETTINGS, "1"))
        try:
            yield
        finally:
            for name, value in before.items():
                if value is None:
                    os.environ.pop(name, None)
                else:
                    os.environ[name] = value


def _worker_main(pipe: Connection, function: Callable[[Any], Any], initialise: Callable[[], Any]) -> None:
    """What a worker process does until its pipe closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_follow_parent, daemon=True).start()
    answer = _answer(lambda _: initialise(), None)
    pipe.send(answer)
    while answer[0] == "done":
        try:
            task = pipe.recv()
        except EOFError:
            return
        pipe.send(_answer(function, task))


def _answer(function: Callable[[Any], Any], task: Any) -> tuple[str, Any]:
    from multiprocessing.reduction import ForkingPickler

    try:
        return "done", function(task)
    except Exception as error:  # noqa: BLE001 (raised again in the parent)
        try:
            ForkingPickler.loads(ForkingPickler.dumps(error))
        except Exception:  # noqa: BLE001 (whatever a foreign class does when pickled)
            return "failed", RuntimeError(f"{type(error).__name__}: {error}")
        return "failed", error


def _follow_parent() -> None:
    """Leave when the parent is gone (kill -9): nobody would read the result."""
    parent = mp.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
