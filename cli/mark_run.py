"""What ``earwitness mark`` does: one file, or all of a folder, each whole or not at all."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from earwitness.cli.check_run import error_object
from earwitness.cli.console import PatientConsole, write_line
from earwitness.cli.exit_codes import ExitCode
from earwitness.cli.signals import Interruption, terminate_like_interrupt
from earwitness.errors import EarWitnessError, SourceUnreadableError, TargetError

if TYPE_CHECKING:
    from earwitness.cli.mark_store import MarkStore
    from earwitness.cli.scan_walk import Candidate
    from earwitness.generated import GeneratedRecord
    from earwitness.mark_report import MarkRecord
    from earwitness.publish_steps import Steps

__all__ = ["MarkRun", "besides", "told"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkRun:
    """The options of ``earwitness mark``; see ``cli/mark.py`` for what they mean."""

    steps: Steps | None = None
    key: str | None = None
    signpost: bool | None = None
    payload: int | None = None
    scheme: str = "default"
    strength: str = "default"
    require: bool = False
    max_seconds: float | None = None
    json: bool = False
    quiet: bool = False
    _left_out: set[str] = field(default_factory=set)
    _interruption: Interruption = field(default_factory=Interruption)
    _out: PatientConsole = field(default_factory=PatientConsole)
    _err: PatientConsole = field(default_factory=lambda: PatientConsole(stderr=True))

    def run(self, source: str, out: Path, *, restart: bool = False) -> ExitCode:
        """Mark what ``source`` names; the exit code for the shell."""
        try:
            with terminate_like_interrupt(self._interruption):
                return self._run(source, out, restart=restart)
        except KeyboardInterrupt:
            again = "; the same command goes on from there" if Path(source).is_dir() else ""
            print(f"earwitness: interrupted{again}", file=sys.stderr)
            raise

    def _run(self, source: str, out: Path, *, restart: bool) -> ExitCode:
        if Path(source).is_dir():
            return self._folder(Path(source), out, restart=restart)
        target = out / Path(source).name if out.is_dir() else out
        return ExitCode.ERROR if self._one(source, target) is None else ExitCode.NOTHING_FOUND

    def _one(self, source: str, target: Path) -> MarkRecord | None:
        try:
            with self._working(source) as tick:
                record = self._mark(source, target, tick)
        except EarWitnessError as error:
            self._failed(source, error)
            return None
        self._show(source, target, record)
        return record

    def _mark(self, source: str, target: Path, tick: Callable[[float], None]) -> MarkRecord:
        from earwitness.publishing import publish

        return publish(
            source,
            target,
            steps=self.steps,
            key=self.key,
            signpost=self.signpost,
            payload=self.payload,
            scheme=self.scheme,
            strength=self.strength,
            require=self.require,
            max_seconds=self.max_seconds,
            on_progress=tick,
        )

    def _folder(self, source: Path, out: Path, *, restart: bool) -> ExitCode:
        from earwitness.cli.mark_store import MarkStore
        from earwitness.cli.scan_walk import WalkOptions, walk

        _refuse_nested(source, out)
        options = WalkOptions()
        found = list(walk([str(source)], options))
        failed = done = 0
        with MarkStore(out, self._settings()) as store:
            for number, candidate in enumerate(found, 1):
                if not restart and store.is_done(candidate, source):
                    continue
                if not self._of_folder(candidate, source, out, store, f"{number} of {len(found)}"):
                    failed += 1
                done += 1
        if not self.quiet and not self.json:
            skipped = len(found) - done
            self._out.print(
                f"{done - failed} marked, {skipped} marked before, {failed} failed; "
                f"{options.skipped} other files left alone. Records: {store.path}",
                soft_wrap=True,
                markup=False,
            )
        return ExitCode.ERROR if failed or not found else ExitCode.NOTHING_FOUND

    def _of_folder(self, candidate: Candidate, source: Path, out: Path, store: MarkStore, place: str) -> bool:
        if candidate.error is not None:
            self._failed(candidate.name, SourceUnreadableError(candidate.error, subject=candidate.name))
            return False
        target = out / Path(candidate.path).relative_to(source)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            self._failed(candidate.name, TargetError(f"{error.strerror}.", subject=str(target.parent)))
            return False
        if not self.quiet and not self.json:
            self._err.print(f"{place}: {candidate.name}", soft_wrap=True, markup=False)
        record = self._one(candidate.path, target)
        if record is not None:
            store.add(candidate, source, record)
        return record is not None

    def _settings(self) -> dict[str, object]:
        """What must be the same for a file to count as marked before."""
        settings: dict[str, object] = {"key": self.key, "signpost": self.signpost, "strength": self.strength}
        # Left out where it is ours, so that what was marked before there was a choice still counts.
        if self.scheme != "default":
            settings["scheme"] = self.scheme
        return settings | ({} if self.steps is None else told(self.steps))

    def _show(self, source: str, target: Path, record: MarkRecord) -> None:
        from earwitness.mark_wording import payload_text
        from earwitness.wording import clean

        if self.json:
            write_line(record.to_json())
        elif not self.quiet:
            for made in record.marks:
                kind = "signpost: anybody can read and forge it" if made.signpost else made.key_id
                whose = f"key {clean(made.key)} ({kind})" if made.key_id else f"scheme {clean(made.scheme)}"
                record_id = payload_text(made.payload)
                if made.payload is not None:
                    record_id += f" ({made.payload})"
                self._out.print(
                    f"{clean(str(target))}: marked, record {record_id}, {whose}, "
                    f"read back in {made.marked_s:.1f} of {record.file.duration_s:.1f} s",
                    soft_wrap=True,
                    markup=False,
                )
            self._tell_left_out(record)
            for line in besides(record):
                self._out.print(f"   {clean(line)}", soft_wrap=True, markup=False)
        if not self.quiet:
            for warning in record.warnings:
                self._err.print(f"{clean(source)}: {clean(warning)}", soft_wrap=True, markup=False)

    def _tell_left_out(self, record: MarkRecord) -> None:
        """Once a run, and only to those who mark in their own name."""
        if all(made.signpost or not made.key_id for made in record.marks):
            return
        for text in record.left_out:
            if text not in self._left_out:
                self._left_out.add(text)
                self._err.print(text, soft_wrap=True, markup=False)

    def _failed(self, name: str, error: EarWitnessError) -> None:
        from earwitness.cli.panel import print_error

        if self.json:
            write_line(json.dumps(error_object(name, error), ensure_ascii=False))
        else:
            print_error(self._err, str(error))

    @contextlib.contextmanager
    def _working(self, name: str) -> Iterator[Callable[[float], None]]:
        """A spinner with the seconds done, where a person can see it."""
        if self.quiet or not self._err.is_terminal:
            yield lambda _: self._interruption.check()
            return
        from rich.text import Text

        from earwitness.wording import clean, clock

        label = f"Marking {clean(name)}"
        with self._err.status(Text(label)) as status:

            def tick(seconds: float) -> None:
                self._interruption.check()
                status.update(Text(f"{label}  {clock(seconds)}"))

            yield tick


def besides(record: MarkRecord | GeneratedRecord) -> Iterator[str]:
    """What was done beside the mark, a line each."""
    if record.credentials is not None:
        where = "" if record.credentials.sidecar is None else f", in {record.credentials.sidecar} beside it"
        yield f"signed by {record.credentials.signer} ({record.credentials.state}){where}"
    if record.record_id is not None:
        yield f"recorded as {record.record_id}"
    if record.labels:
        yield f"labelled for {', '.join(record.labels)}"


def told(steps: Steps) -> dict[str, object]:
    """What was asked for beside the mark, as far as it was."""
    import dataclasses

    plain = type(steps)()
    return {
        one.name: list(value) if isinstance(value, tuple) else value
        for one in dataclasses.fields(steps)
        if (value := getattr(steps, one.name)) != getattr(plain, one.name)
    }


def _refuse_nested(source: Path, out: Path) -> None:
    """The output inside the input would be marked again by the next run."""
    inner, outer = out.resolve(), source.resolve()
    if inner == outer or inner.is_relative_to(outer):
        raise TargetError(
            "the folder for the marked files lies in the folder that is read.",
            subject=os.fspath(out),
            hint="Name a folder outside it.",
        )
    if out.exists() and not out.is_dir():
        raise TargetError("is a file, but IN is a folder.", subject=os.fspath(out), hint="Name a folder.")
