"""What ``earwitness generate`` does: one file, a stream to standard output, or a folder to go on with."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from earwitness.cli.exit_codes import ExitCode
from earwitness.cli.generate_jobs import Job, Wish, jobs
from earwitness.cli.generate_progress import GenerateProgress
from earwitness.cli.signals import Interruption, terminate_like_interrupt
from earwitness.cli.stdin import STDIN
from earwitness.cli.stdout import writing
from earwitness.errors import UsageError

if TYPE_CHECKING:
    from earwitness.cli.generate_folder import Folder
    from earwitness.cli.generate_show import GenerateShow
    from earwitness.generated import GeneratedRecord
    from earwitness.generating import How, Key
    from earwitness.generation import Generator
    from earwitness.publish_steps import Steps

__all__ = ["GenerateRun", "thread_count"]


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerateRun:
    """How to make, mark and tell; see ``cli/generate.py`` for what the options mean. key: False for none."""

    steps: Steps
    show: GenerateShow
    key: Key = None
    strength: str = "default"
    require: bool = False
    plot: Path | None = None
    threads: int = 1
    restart: bool = False
    _interruption: Interruption = field(default_factory=Interruption)

    def run(self, wish: Wish, out: str) -> ExitCode:
        """Make what is wished for; the exit code for the shell."""
        try:
            with terminate_like_interrupt(self._interruption):
                fine = self._many(wish, out) if wish.many else self._one(wish, out)
        except KeyboardInterrupt:
            again = "; the same command goes on from there" if wish.many else ""
            print(f"earwitness: interrupted{again}", file=sys.stderr)
            raise
        return ExitCode.NOTHING_FOUND if fine else ExitCode.ERROR

    def _one(self, wish: Wish, out: str) -> bool:
        from earwitness.spectrogram import refuse_plot

        if self.plot is not None:
            refuse_plot(self.plot)
        if out == STDIN and sys.stdout.isatty():
            raise UsageError(
                "standard output is a terminal.", subject=STDIN, hint="Pipe it on, or name a file for OUT."
            )
        [job] = jobs(wish)
        with contextlib.ExitStack() as stack:
            progress = stack.enter_context(self._progress())
            progress.begin(job.shown)
            if out != STDIN:
                record = self._make(job, Path(out), None, progress)
                self._draw(Path(out))
            else:
                folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="earwitness-"))
                path = Path(folder) / f"speech.{wish.ending}"
                record = self._make(job, path, None, progress)
                self._draw(path)
                with path.open("rb") as file, writing():
                    shutil.copyfileobj(file, sys.stdout.buffer)
                    sys.stdout.buffer.flush()
        self.show.marked(out, record)
        return True

    def _many(self, wish: Wish, out: str) -> bool:
        from earwitness.cli.generate_folder import Marked, Unmarked, fill, refuse_nested

        if out == STDIN:
            what = "unmarked speech goes" if wish.attack else "several files go"
            raise UsageError(
                f"{what} into a folder, not into a stream.", subject=STDIN, hint="Name a folder."
            )
        if self.plot is not None:
            raise UsageError("a picture is of one file, and this makes a folder.", subject="--plot")
        refuse_nested(wish.source, Path(out))
        found = jobs(wish)
        with contextlib.ExitStack() as stack:
            folder: Folder
            if wish.attack:
                from earwitness.attack_material import AttackFolder

                folder = Unmarked(stack.enter_context(AttackFolder(Path(out))), self.show)
            else:
                from earwitness.cli.generate_store import GenerateStore

                store = stack.enter_context(GenerateStore(Path(out), self._settings()))
                folder = Marked(store, self._make, self.show)
            return fill(
                found, folder, self.show, self._progress(), threads=self.threads, restart=self.restart
            )

    def _make(
        self, job: Job, target: Path, engine: Generator | None, progress: GenerateProgress
    ) -> GeneratedRecord:
        from earwitness.generating import carry_out

        how: How = {
            "generator": job.order.generator if engine is None else engine,
            "key": self.key,
            "steps": self.steps,
            "strength": self.strength,
            "require": self.require,
            "threads": self.threads,
            "on_made": progress.made,
            "on_progress": progress.tick,
        }
        return carry_out(job.order, target, **how)

    def _draw(self, path: Path) -> None:
        if self.plot is not None:
            from earwitness.spectrogram import plot

            plot(path, self.plot)

    def _progress(self) -> GenerateProgress:
        return GenerateProgress(self._interruption, quiet=self.show.quiet or self.show.json)

    def _settings(self) -> dict[str, object]:
        """What must be the same for a file to count as marked before."""
        from earwitness.cli.mark_run import told

        return {"key": self.key, "strength": self.strength, **told(self.steps)}


def thread_count() -> int:
    """Cores to use: EARWITNESS_THREADS, else all. Raises UsageError."""
    from earwitness.workers import cpu_count

    text = os.environ.get("EARWITNESS_THREADS", "0")
    if not text.isdecimal():
        raise UsageError(f"EARWITNESS_THREADS={text!r} is no number of threads.", hint="Give 0, 1, 2, …")
    return int(text) or cpu_count()
