"""Where the HTML pages of a check go: one file, or a folder with a page a recording and an index."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from earwitness.cli.outputs import refuse_output
from earwitness.errors import EarWitnessError, UsageError
from earwitness.picture import Picture
from earwitness.report import Report

__all__ = ["PageWriter", "write_atomically"]

PAGE_SUFFIXES = (".html", ".htm")


class PageWriter:
    """Writes a page a report.

    One recording: ``out`` is the page, or an existing folder. Several: ``out`` is a folder, made
    when it does not exist. Raises UsageError at once when ``out`` fits neither, before any work.
    """

    def __init__(self, out: Path, files: Sequence[str], prior: float) -> None:
        self._out = out
        self._prior = prior
        self._folder = out.is_dir() or len(files) > 1 or str(out).endswith(("/", os.sep))
        self._written: list[Path] = []
        if self._folder and out.exists() and not out.is_dir():
            raise UsageError(
                "is a file, but several recordings need a folder.",
                subject=str(out),
                hint="Give --html a folder.",
            )
        if self._folder and not out.exists() and out.suffix.lower() in PAGE_SUFFIXES:
            raise UsageError(
                "is the name of one page, but several recordings need a folder.",
                subject=f"--html {out}",
                hint=f"Give --html a folder: {out.with_suffix('')}/",
            )
        if not self._folder:
            refuse_output(out, "--html", PAGE_SUFFIXES)

    def write(self, name: str, report: Report, picture: Picture) -> None:
        """Write the page of one report. Raises UsageError when the place cannot be written."""
        from earwitness.html import report_page

        target = self._target(name)
        created = datetime.now().astimezone()
        page = report_page(report, picture, prior=self._prior, created=created)
        write_atomically(target, page)
        self._written.append(target)

    def summary(self) -> list[str]:
        """What to tell at the end."""
        return [f"Page written: {path}" for path in self._written]

    def _target(self, name: str) -> Path:
        if not self._folder:
            return self._out
        stem = "standard-input" if name == "-" else re.sub(r"[^\w.()+-]+", "_", Path(name).name)
        target = self._out / f"{stem}.html"
        number = 2
        while target in self._written:  # two folders may hold files of one name
            target = self._out / f"{stem}-{number}.html"
            number += 1
        return target


def write_atomically(path: Path, text: str) -> None:
    """Write UTF-8 text so that a reader never sees half a file; UsageError when it cannot be done."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}.", suffix=".part")
    except OSError as error:
        raise _refused(path, error) from error
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        umask = os.umask(0)
        os.umask(umask)
        Path(temporary).chmod(0o666 & ~umask)
        Path(temporary).replace(path)
    except BaseException as error:
        Path(temporary).unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise _refused(path, error) from error
        raise


def _refused(path: Path, error: OSError) -> EarWitnessError:
    return UsageError(
        f"the page cannot be written: {error.strerror}.", subject=str(path), hint="Choose another place."
    )
