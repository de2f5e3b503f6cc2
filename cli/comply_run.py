"""What happens for each file of ``earwitness comply``: read, print; a bad file stops nobody else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from earwitness.cli.console import PatientConsole, write_line
from earwitness.cli.exit_codes import ExitCode, gravest
from earwitness.cli.failures import tell_failure
from earwitness.errors import (
    EarWitnessError,
    MarkKeyError,
    MissingDependencyError,
    PluginError,
    TrustListError,
)

if TYPE_CHECKING:
    from earwitness.compliance import ComplianceReport, Finding

__all__ = ["ComplyRun"]

_WORDS = {"met": "met", "not_met": "NOT MET", "not_checkable": "not checkable"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ComplyRun:
    """The options of ``earwitness comply``; see ``cli/comply.py`` for what they mean."""

    regime: str
    max_seconds: float | None = None
    json: bool = False
    quiet: bool = False
    _out: PatientConsole = field(default_factory=PatientConsole)
    _err: PatientConsole = field(default_factory=lambda: PatientConsole(stderr=True))

    def run(self, files: Sequence[str]) -> ExitCode:
        """Check the files in the order given; the exit code for the shell."""
        from earwitness.labels import Regime

        regime = Regime.parse(self.regime)
        return gravest([self._one(name, regime) for name in files])

    def _one(self, name: str, regime: str) -> ExitCode:
        from earwitness.compliance import comply

        try:
            found = comply(name, regime, max_seconds=self.max_seconds)
        except (MarkKeyError, MissingDependencyError, PluginError, TrustListError):
            raise  # the same for every file: said once, by the program's door
        except EarWitnessError as error:
            tell_failure(self._err, name, error, as_json=self.json)
            return ExitCode.ERROR
        if self.json:
            write_line(found.to_json())
        elif not self.quiet:
            self._show(name, found)
        return ExitCode.FINDING if found.not_met else ExitCode.NOTHING_FOUND

    def _show(self, name: str, found: ComplianceReport) -> None:
        from rich.text import Text

        from earwitness.wording import clean

        for line in _lines(name, found):
            self._out.print(Text(clean(line)), soft_wrap=True)


def _lines(name: str, found: ComplianceReport) -> Iterator[str]:
    missing = len(found.not_met)
    yield f"{name}: {'everything that can be checked is met' if not missing else f'{missing} not met'}."
    yield f"   Law: {found.state_of_law}"
    for finding in found.findings:
        yield from _finding_lines(finding)
    for note in found.notes:
        yield f"   Note: {note}"
    for warning in found.warnings:
        yield f"   Warning: {warning}"
    yield f"   {found.disclaimer}"


def _finding_lines(finding: Finding) -> Iterator[str]:
    encouraged = " (encouraged only)" if finding.optional else ""
    yield f"   {_WORDS[finding.outcome.value]:<13}  {finding.text}{encouraged} [{finding.source}]"
    yield f"   {'':<13}  {finding.evidence}"
