"""What happens for each file of a check: judge, print, write the page; a bad file stops nobody else."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from earwitness.cli.console import PatientConsole, write_line
from earwitness.cli.exit_codes import ExitCode, code_for, gravest
from earwitness.cli.stdin import STDIN, refuse_twice, source_of
from earwitness.errors import EarWitnessError

if TYPE_CHECKING:
    from earwitness.cli.pages import PageWriter
    from earwitness.picture import Picture
    from earwitness.report import Report

__all__ = ["CheckRun", "error_object"]


class CheckRun:
    """One run of ``earwitness check`` over any number of files."""

    def __init__(
        self,
        *,
        prior: float,
        max_seconds: float | None,
        json: bool,
        html: Path | None,
        quiet: bool,
        explain: bool = False,
    ) -> None:
        self._prior = prior
        self._max_seconds = max_seconds
        self._json = json
        self._html = html
        self._quiet = quiet
        self._explain = explain
        self._out = PatientConsole()
        self._err = PatientConsole(stderr=True)
        self._results: list[tuple[str, Report | str]] = []

    def check_all(self, files: Sequence[str], fail_on: frozenset[str]) -> ExitCode:
        """Judge the files in the order given; the exit code for the shell."""
        from earwitness.cli.pages import PageWriter

        refuse_twice(files)
        pages = None if self._html is None else PageWriter(self._html, files, self._prior)
        codes = [self._check_one(name, pages, fail_on, single=len(files) == 1) for name in files]
        if len(files) > 1 and not self._quiet and not self._json:
            from earwitness.cli.panel import print_summary

            print_summary(self._out, self._results)
        if pages is not None and not self._quiet and not self._json:
            for line in pages.summary():
                self._out.print(line, soft_wrap=True, markup=False)
        return gravest(codes)

    def _check_one(
        self, name: str, pages: PageWriter | None, fail_on: frozenset[str], *, single: bool
    ) -> ExitCode:
        codes: list[ExitCode] = []
        try:
            picture = None if pages is None else _new_picture()
            report = self._judge(name, picture)
            self._results.append((name, report))
            codes.append(code_for(report.verdict, fail_on))
            self._show(report, single=single)
            if pages is not None and picture is not None:
                pages.write(name, report, picture)
        except Exception as error:  # noqa: BLE001 (a bug, ours or a library's: the other files go on)
            self._failed(name, error)
            codes.append(code_for("error", fail_on))
        return gravest(codes)

    def _judge(self, name: str, picture: Picture | None) -> Report:
        from earwitness.examine import examine

        with self._working(name):
            report = examine(
                source_of(name, "check"),
                name=STDIN if name == STDIN else None,
                prior=self._prior,
                max_seconds=self._max_seconds,
                picture=picture,
                explain=self._explain,
            )
        if picture is not None:
            picture.finish()
        return report

    def _show(self, report: Report, *, single: bool) -> None:
        if self._json:
            indent = 2 if single and sys.stdout.isatty() else None
            write_line(report.to_json(indent=indent))
        elif not self._quiet:
            from earwitness.cli.panel import print_report

            print_report(self._out, report, self._prior)

    def _failed(self, name: str, error: BaseException) -> None:
        from earwitness.cli.panel import print_error

        details = error_object(name, error)
        self._results.append((name, details["error"]["message"]))
        if self._json:
            write_line(json.dumps(details, ensure_ascii=False))
        else:
            print_error(self._err, _one_line(name, error))

    @contextlib.contextmanager
    def _working(self, name: str) -> Iterator[None]:
        """A spinner on standard error, where a person can see it."""
        if self._quiet or not self._err.is_terminal or not self._out.is_terminal:
            yield
            return
        from rich.text import Text

        from earwitness.wording import clean

        with self._err.status(Text(f"Listening to {clean(name)} …")):
            yield


def _new_picture() -> Picture:
    from earwitness.picture import Picture

    return Picture()


def error_object(name: str, error: BaseException) -> dict[str, Any]:
    """``{"file": name, "error": {type, title, message}}``, the same form as in ``scan``."""
    if isinstance(error, EarWitnessError):
        message = f"{error.message} {error.hint}" if error.hint else error.message
        return {"file": name, "error": {"type": error.slug, "title": error.title, "message": message}}
    message = f"{type(error).__name__}: {error}"
    return {"file": name, "error": {"type": "internal", "title": "EarWitness failed", "message": message}}


def _one_line(name: str, error: BaseException) -> str:
    """The error with the name that the person typed, unless it is about something else."""
    message = error_object(name, error)["error"]["message"]
    if not isinstance(error, EarWitnessError):
        return (
            f"{name}: unexpected {message}. A fault of EarWitness: please report it with the file's format."
        )
    if error.subject in (None, name, Path(name).name):
        return f"{name}: {message}"
    return str(error)
