"""The table and the page of a scan: checked before the work, written after it, whole or not at all."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from earwitness.cli.outputs import refuse_beside
from earwitness.cli.pages import PAGE_SUFFIXES
from earwitness.cli.scan_csv import write_csv
from earwitness.cli.scan_page import PageFacts, write_page
from earwitness.cli.scan_store import ResultStore
from earwitness.cli.stdin import STDIN
from earwitness.cli.stdout import writing
from earwitness.errors import UsageError
from earwitness.target import replacing

__all__ = ["TABLE_SUFFIXES", "ScanOutputs"]

TABLE_SUFFIXES = (".csv", ".txt")


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanOutputs:
    """Where the results of a scan go. output, csv: "-" is standard output. None: not wanted."""

    output: str | None = None
    csv: Path | None = None
    html: Path | None = None

    @property
    def table_on_stdout(self) -> bool:
        """True for ``--csv -``."""
        return self.csv is not None and str(self.csv) == STDIN

    @property
    def stdout_taken(self) -> bool:
        """True where standard output holds results, so that words for people go elsewhere."""
        return self.output == STDIN or self.table_on_stdout

    def check(self, inputs: Sequence[str]) -> None:
        """Complain now about what would fail, or overwrite a recording, after hours.

        inputs: the files and folders that are scanned.
        """
        if self.table_on_stdout and self.output == STDIN:
            raise UsageError(
                "standard output can take the lines or the table, not both.",
                subject="--csv -",
                hint="Name a file for one of them.",
            )
        if self.csv is not None and not self.table_on_stdout:
            self._refuse(self.csv, "--csv", TABLE_SUFFIXES, inputs)
        if self.html is not None:
            self._refuse(self.html, "--html", PAGE_SUFFIXES, inputs)

    def _refuse(self, path: Path, option: str, endings: Sequence[str], inputs: Sequence[str]) -> None:
        refuse_beside(path, option, endings, inputs)
        if self.output is not None and path.resolve() == Path(self.output).resolve():
            raise UsageError(
                "is the results file.", subject=f"{option} {path}", hint="Give it a name of its own."
            )

    def write(self, store: ResultStore, facts: PageFacts) -> None:
        """Write what was asked for, most suspicious first."""
        if self.csv is not None:
            with self._table(self.csv) as file, contextlib.closing(store.records("suspicion")) as records:
                write_csv(records, file)
        if self.html is not None:
            with _whole(self.html) as file, contextlib.closing(store.records("suspicion")) as records:
                write_page(records, facts, file)

    @contextlib.contextmanager
    def _table(self, path: Path) -> Iterator[IO[str]]:
        if not self.table_on_stdout:
            with _whole(path) as file:
                yield file
            return
        with writing():
            yield sys.stdout
            sys.stdout.flush()


@contextlib.contextmanager
def _whole(path: Path) -> Iterator[IO[str]]:
    """A text file that takes the place of ``path`` only when it is complete."""
    with replacing(path) as aside, aside.open("w", encoding="utf-8", newline="") as file:
        yield file
