"""What happens for each file of ``earwitness verify``: read, print; a bad file stops nobody else."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from earwitness.cli.check_run import error_object
from earwitness.cli.console import PatientConsole, write_line
from earwitness.cli.exit_codes import ExitCode, gravest
from earwitness.cli.stdin import STDIN, refuse_twice, source_of
from earwitness.errors import (
    EarWitnessError,
    MarkKeyError,
    MissingDependencyError,
    ModelError,
    PluginError,
    SourceUnreadableError,
    UsageError,
)

if TYPE_CHECKING:
    from earwitness.mark_report import FoundMark, Verification

__all__ = ["VerifyRun"]


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyRun:
    """The options of ``earwitness verify``; see ``cli/verify.py`` for what they mean."""

    key: str | None = None
    search: str = "hint"
    schemes: tuple[str, ...] = ("default",)
    max_seconds: float | None = None
    json: bool = False
    quiet: bool = False
    _out: PatientConsole = field(default_factory=PatientConsole)
    _err: PatientConsole = field(default_factory=lambda: PatientConsole(stderr=True))

    def run(self, files: Sequence[str], *, expect: bool = False) -> ExitCode:
        """Read the files in the order given; the exit code for the shell."""
        refuse_twice(files)
        if expect:
            _refuse_expect(self.schemes)
        codes = [self._one(name) for name in files]
        if not expect:
            return gravest(codes)
        if ExitCode.ERROR in codes:
            return ExitCode.ERROR
        everywhere = all(code is ExitCode.FINDING for code in codes)
        return ExitCode.NOTHING_FOUND if everywhere else ExitCode.FINDING

    def _one(self, name: str) -> ExitCode:
        from earwitness.verifying import verify

        try:
            _refuse_folder(name)
            found = verify(
                source_of(name, "verify"),
                key=self.key,
                search=self.search,
                schemes=self.schemes,
                name=STDIN if name == STDIN else None,
                max_seconds=self.max_seconds,
            )
        except (MarkKeyError, MissingDependencyError, ModelError, PluginError):
            # The same for every file: said once, by the program's door.
            raise
        except EarWitnessError as error:
            self._failed(name, error)
            return ExitCode.ERROR
        if self.json:
            write_line(found.to_json())
        elif not self.quiet:
            self._show(name, found)
        if found.verified:
            return ExitCode.FINDING
        return ExitCode.INCONCLUSIVE if found.marked else ExitCode.NOTHING_FOUND

    def _show(self, name: str, found: Verification) -> None:
        from rich.text import Text

        from earwitness.wording import clean

        lines = [f"{clean(name)}: {_word(found)}. {clean(found.sentence)}"]
        lines += [_mark_line(mark) for mark in found.marks]
        lines += [f"   Cannot tell: {clean(found.cannot_tell)}"]
        lines += [f"   Warning: {clean(warning)}" for warning in found.warnings]
        for line in lines:
            self._out.print(Text(line), soft_wrap=True)

    def _failed(self, name: str, error: EarWitnessError) -> None:
        from earwitness.cli.panel import print_error

        if self.json:
            write_line(json.dumps(error_object(name, error), ensure_ascii=False))
        else:
            print_error(self._err, str(error))


def _refuse_folder(name: str) -> None:
    try:
        folder = name != STDIN and Path(name).is_dir()
    except OSError:  # a name that is too long: opening it says so
        return
    if folder:
        raise SourceUnreadableError(
            "is a folder.", subject=name, hint=f"Name the recordings in it: {Path(name, '*')}"
        )


def _refuse_expect(schemes: Sequence[str]) -> None:
    from earwitness.schemes import load_scheme

    if not any(load_scheme(name).needs_key for name in schemes):
        raise UsageError(
            f"marks of {' and '.join(schemes)} cannot be verified.",
            subject="--expect",
            hint="Look for marks of keys (--scheme default), or take the exit code without --expect.",
        )


def _word(found: Verification) -> str:
    from earwitness.key_rings import KeyState

    if found.proof:
        return "PROOF"
    if not found.marked and not found.verified:
        return "NO MARK"
    verified = [mark for mark in found.marks if mark.verified]
    if verified and all(mark.key_state is KeyState.REVOKED for mark in verified):
        return "REVOKED"
    theirs = found.marks and all(not mark.key_id for mark in found.marks)
    return "CLAIM" if found.verified or theirs else "TRACES"


def _mark_line(mark: FoundMark) -> str:
    from earwitness.mark_wording import payload_text
    from earwitness.wording import clean, clock

    where = ", ".join(
        f"{clock(span.start_s, tenths=True)}-{clock(span.end_s, tenths=True)}" for span in mark.spans
    )
    verified = f"record {payload_text(mark.payload)} ({mark.payload})" if mark.verified else "not verified"
    p = mark.p_payload if mark.verified and mark.p_payload is not None else mark.p_marked
    known = "p not known" if p is None else f"p {p:.1g}"
    if not mark.key_id:
        message = "" if mark.payload is None else f", message {mark.payload}"
        chance = "its false alarms were not measured" if p is None else f"p at most {p:.2g}"
        score = "" if mark.score is None else f"score {mark.score:.2f}, "
        return f"   {clean(mark.scheme)}{message}: {score}{chance}{', at ' + where if where else ''}"
    changed = f", played at {mark.speed:.3f} times the speed" if abs(mark.speed - 1) > 5e-4 else ""
    return (
        f"   {clean(mark.key)} ({mark.key_id}, {mark.key_state.value}): {verified}, {known}"
        f"{', at ' + where if where else ''}{changed}"
    )
