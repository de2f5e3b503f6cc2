"""Worker processes: results, crashes charged to the right task, time-outs that free the worker."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from typing import Any

import fake_tasks
import pytest

from earwitness.errors import AudioDecodeError, DecodeTimeoutError, ModelError, WorkerDiedError
from earwitness.workers import WorkerPool, cpu_count

Pool = WorkerPool[Any, Any, Any]


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    with WorkerPool(1, fake_tasks.do, fake_tasks.prepare) as shared:
        yield shared


def test_results_errors_and_info_come_back(pool: Pool) -> None:
    assert pool.wait_ready(60) == "prepared"
    assert pool.ready
    assert pool.submit(("double", 21)).result(60) == 42
    with pytest.raises(AudioDecodeError) as caught:
        pool.submit(("refuse", "a.wav")).result(60)
    assert (caught.value.subject, caught.value.hint) == ("a.wav", "Try another.")
    assert str(caught.value) == "a.wav: broken. Try another."
    with pytest.raises(RuntimeError, match=r"UnpicklableError: no way back"):
        pool.submit(("unpicklable", None)).result(60)


def test_a_crash_is_charged_to_the_task_that_ran(pool: Pool) -> None:
    before = pool.submit(("double", 1))
    crash = pool.submit(("kill", signal.SIGKILL))
    leave = pool.submit(("leave", 3))
    after = pool.submit(("double", 2))
    assert before.result(60) == 2
    with pytest.raises(WorkerDiedError, match=r"SIGKILL .*probably out of memory"):
        crash.result(60)
    with pytest.raises(WorkerDiedError, match="exit code 3"):
        leave.result(60)
    assert after.result(60) == 4


def test_a_segmentation_fault_is_named(pool: Pool) -> None:
    with pytest.raises(WorkerDiedError, match="SIGSEGV"):
        pool.submit(("kill", signal.SIGSEGV)).result(60)


def test_a_timeout_stops_the_work_itself(pool: Pool) -> None:
    process = pool.submit(("pid", None)).result(60)
    with pytest.raises(DecodeTimeoutError, match=r"0\.2 s"):
        pool.submit(("sleep", 600), timeout_s=0.2).result(60)
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)
    assert pool.submit(("double", 3)).result(60) == 6


def test_a_worker_that_dies_while_idle_costs_no_task(pool: Pool) -> None:
    process = pool.submit(("pid", None)).result(60)
    os.kill(process, signal.SIGKILL)
    time.sleep(0.2)
    assert pool.submit(("double", 4)).result(60) == 8


def test_a_waiting_task_can_be_cancelled(pool: Pool) -> None:
    running = pool.submit(("sleep", 0.5))
    waiting = pool.submit(("double", 5))
    assert waiting.cancel()
    assert running.result(60) is None
    assert pool.submit(("double", 6)).result(60) == 12


def test_each_worker_gets_one_numeric_thread_and_the_parent_keeps_its_own(pool: Pool) -> None:
    before = os.environ.get("OMP_NUM_THREADS")
    assert pool.submit(("environment", "OMP_NUM_THREADS")).result(60) == "1"
    assert os.environ.get("OMP_NUM_THREADS") == before


def test_workers_work_at_the_same_time() -> None:
    with WorkerPool(2, fake_tasks.do, fake_tasks.prepare) as pair:
        pids = {future.result(60) for future in [pair.submit(("slow pid", 1.0)) for _ in range(4)]}
    assert len(pids) == 2


def test_models_that_cannot_be_loaded_fail_the_tasks_with_the_cause() -> None:
    with WorkerPool(1, fake_tasks.do, fake_tasks.prepare_in_vain) as broken:
        with pytest.raises(ModelError, match="damaged"):
            broken.wait_ready(60)
        assert not broken.ready
        assert isinstance(broken.failure, ModelError)
        with pytest.raises(ModelError, match="damaged"):
            broken.submit(("double", 1)).result(60)


def test_closing_kills_what_runs_and_what_waits() -> None:
    closing: Pool = WorkerPool(1, fake_tasks.do, fake_tasks.prepare)
    running, waiting = closing.submit(("sleep", 600)), closing.submit(("sleep", 600))
    while not running.running():
        time.sleep(0.01)
    closing.close()
    for future in (running, waiting):
        with pytest.raises(WorkerDiedError):
            future.result(10)
    with pytest.raises(WorkerDiedError, match="closed"):
        closing.submit(("double", 1)).result(1)


def test_cpu_count_is_positive() -> None:
    assert 1 <= cpu_count() <= (os.cpu_count() or 1)
