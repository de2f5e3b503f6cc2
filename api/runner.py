"""Runs checks in worker processes: bounded, stoppable, and never on the event loop.

Processes and not threads: a decoder cannot be stopped from outside in a thread, so a time-out
would only stop the waiting; a process is killed, with its memory and its open files. It also
keeps a crash in a decoder from taking the server along.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

from earwitness.api.problems import NotReadyError
from earwitness.api.settings import Settings
from earwitness.api.work import Task, Work
from earwitness.errors import ServerBusyError
from earwitness.examine_task import Examined, ExamineTask
from earwitness.generate_tasks import GenerateTask
from earwitness.mark_tasks import MarkTask, VerifyTask
from earwitness.report import ModelInfo
from earwitness.resolve_task import ResolveTask
from earwitness.workers import WorkerPool

__all__ = ["CheckRunner"]

_FOLDER_PREFIX = "earwitness-api-"


class CheckRunner:
    """The workers of one server, and the places in line. Close it when the server ends."""

    def __init__(
        self,
        settings: Settings,
        work: Work,
        load: Callable[[], tuple[ModelInfo, ...]],
    ) -> None:
        self._settings = settings
        self._places = settings.jobs + settings.queue
        self._taken = 0
        base = settings.temp_dir or Path(tempfile.gettempdir())
        _remove_leftovers(base)
        self.folder = Path(tempfile.mkdtemp(prefix=f"{_FOLDER_PREFIX}{os.getpid()}-", dir=base))
        self._pool: WorkerPool[Task, Examined | str, tuple[ModelInfo, ...]] = WorkerPool(
            settings.jobs, work, load
        )

    def close(self) -> None:
        """Stop all checks and remove all uploads."""
        self._pool.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def models(self) -> tuple[ModelInfo, ...]:
        """The models that checks use. Raises NotReadyError until a worker has loaded them."""
        if self._pool.ready:
            return self._pool.info or ()
        if self._pool.failure is not None:
            cause = type(self._pool.failure).__name__  # its text may name paths of this machine
            raise NotReadyError(
                f"The models cannot be loaded ({cause}).", hint="`earwitness doctor` says more."
            )
        raise NotReadyError("The models are being loaded.", hint="Try again in a moment.")

    @contextmanager
    def place(self) -> Iterator[None]:
        """Hold a place in line from before the upload until the answer. Raises ServerBusyError."""
        if self._taken >= self._places:
            raise ServerBusyError(
                f"{self._settings.jobs} checks are running and {self._settings.queue} more may wait.",
                hint="Try again after the time that Retry-After says.",
            )
        self._taken += 1
        try:
            yield
        finally:
            self._taken -= 1

    async def check(self, path: Path, name: str, prior: float, *, explain: bool = False) -> str:
        """The report of one file as JSON. Raises what ``examine`` raises, and DecodeTimeoutError."""
        task = ExamineTask(
            str(path),
            name,
            prior,
            self._settings.max_seconds,
            signposts_only=self._settings.signposts_only,
            explain=explain,
        )
        return cast(Examined, await self._do(task)).json

    async def mark(self, task: MarkTask) -> str:
        """The record of one marked file as JSON. Raises what ``mark`` raises, and DecodeTimeoutError."""
        return cast(str, await self._do(task))

    async def verify(self, task: VerifyTask) -> str:
        """What was read in one file as JSON. Raises what ``verify`` raises, and DecodeTimeoutError."""
        return cast(str, await self._do(task))

    async def resolve(self, task: ResolveTask) -> str:
        """Credentials of one file as JSON. Raises what ``by_content`` raises, and DecodeTimeoutError."""
        return cast(str, await self._do(task))

    async def generate(self, task: GenerateTask) -> str:
        """The record of one made file as JSON. Raises what ``generate`` raises, and DecodeTimeoutError."""
        return cast(str, await self._do(task))

    async def _do(self, task: Task) -> Examined | str:
        future = self._pool.submit(task, timeout_s=self._settings.check_timeout_s)
        return await asyncio.wrap_future(future)


def _remove_leftovers(base: Path) -> None:
    """Remove uploads of our own earlier servers that were killed before they could."""
    for folder in base.glob(f"{_FOLDER_PREFIX}*-*"):
        pid = folder.name.removeprefix(_FOLDER_PREFIX).split("-")[0]
        try:
            ours = hasattr(os, "getuid") and folder.lstat().st_uid == os.getuid() and not folder.is_symlink()
            if ours and pid.isdecimal() and not _alive(int(pid)):
                shutil.rmtree(folder, ignore_errors=True)
        except OSError:  # somebody else was faster
            continue


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
