"""Folders that ``earwitness generate`` fills: marked speech, or attack material. Both can be gone on with."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from earwitness.errors import EarWitnessError, TargetError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from earwitness.attack_material import AttackFolder
    from earwitness.cli.generate_jobs import Job
    from earwitness.cli.generate_progress import GenerateProgress
    from earwitness.cli.generate_show import GenerateShow
    from earwitness.cli.generate_store import GenerateStore
    from earwitness.generated import GeneratedRecord
    from earwitness.generation import Generator

__all__ = ["Folder", "Marked", "Unmarked", "fill", "refuse_nested"]


class Folder(Protocol):
    """What becomes of the jobs of a folder."""

    def is_done(self, job: Job) -> bool:
        """True when it was made before and is still there."""

    def make(self, job: Job, engine: Generator, progress: GenerateProgress) -> None:
        """Make it and note it. Raises the classes of ``earwitness.errors``."""

    @property
    def about(self) -> str:
        """Where it is noted, in a sentence."""


class Make(Protocol):
    """Makes one marked file."""

    def __call__(
        self, job: Job, target: Path, engine: Generator | None, progress: GenerateProgress
    ) -> GeneratedRecord: ...


@dataclass(frozen=True, slots=True)
class Marked:
    """A folder of marked files."""

    store: GenerateStore
    by: Make
    show: GenerateShow

    def is_done(self, job: Job) -> bool:
        """By the records in the folder."""
        return self.store.is_done(job.name, job.order)

    def make(self, job: Job, engine: Generator, progress: GenerateProgress) -> None:
        """Make, mark and note it."""
        target = self.store.folder / job.name
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise TargetError(f"{error.strerror}.", subject=str(target.parent)) from error
        record = self.by(job, target, engine, progress)
        self.store.add(job.name, job.order, record)
        self.show.marked(str(target), record)

    @property
    def about(self) -> str:
        """Where the records are."""
        return f"Records: {self.store.path}"


@dataclass(frozen=True, slots=True)
class Unmarked:
    """A folder of attack material."""

    folder: AttackFolder
    show: GenerateShow

    def is_done(self, job: Job) -> bool:
        """By the folder's manifest."""
        return self.folder.is_done(job.name, job.order)

    def make(self, job: Job, engine: Generator, progress: GenerateProgress) -> None:  # noqa: ARG002
        """Make it; the manifest names it."""
        self.show.unmarked(job.name, self.folder.add(job.name, job.order, engine))

    @property
    def about(self) -> str:
        """What it is."""
        from earwitness.attack_material import MANIFEST, NOTICE

        return f"Unmarked, for training detectors only: see {NOTICE} and {MANIFEST} in {self.folder.folder}"


def fill(
    jobs: Sequence[Job],
    folder: Folder,
    show: GenerateShow,
    progress: GenerateProgress,
    *,
    threads: int,
    restart: bool,
) -> bool:
    """Make what is not there yet; True when nothing failed. A generator that cannot be loaded ends it."""
    from earwitness.generation import load_generator

    todo = [job for job in jobs if restart or not folder.is_done(job)]
    failed = 0
    if todo:
        order = todo[0].order  # all have the same generator
        with progress:
            progress.begin(f"Loading {order.generator}")
            engine = load_generator(order.generator, vocoder=order.vocoder, threads=threads)
            for number, job in enumerate(todo, 1):
                progress.begin(job.shown, number, len(todo))
                try:
                    folder.make(job, engine, progress)
                except EarWitnessError as error:
                    failed += 1
                    show.failed(job.shown, error)
    before = len(jobs) - len(todo)
    show.summary(f"{len(todo) - failed} made, {before} made before, {failed} failed. {folder.about}")
    return not failed


def refuse_nested(source: str | None, out: Path) -> None:
    """The output inside the input would be read by the next run. Raises TargetError."""
    if source is None or not Path(source).is_dir():
        return
    inner, outer = out.resolve(), Path(source).resolve()
    if inner == outer or inner.is_relative_to(outer):
        raise TargetError(
            "the folder for what is made lies in the folder that is read.",
            subject=str(out),
            hint="Name a folder outside it.",
        )
