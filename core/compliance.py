"""Which checkable requirements of a law on generated sound one file meets: what was read, rule by rule.

No legal advice. It is taken for granted that the sound is generated and that the law applies; who has which
duty, and every exception, is for somebody who knows the law. A requirement that a look at one file cannot
settle is "not checkable", never "met".
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from earwitness.audio import open_audio
from earwitness.credentials import CredentialReport, load_credentials
from earwitness.errors import SourceUnreadableError
from earwitness.key_rings import Keys
from earwitness.labels import FoundLabels, Regime, load_labels
from earwitness.mark_report import Verification
from earwitness.report import FileFacts
from earwitness.rhythm import RhythmListener
from earwitness.verifying import verify

__all__ = ["DISCLAIMER", "ComplianceReport", "Finding", "Held", "Outcome", "comply"]

SCHEMA = "earwitness.compliance/1"
DISCLAIMER = (
    "This is no legal advice. It is taken for granted that the sound is generated and that the law applies; "
    "only what a look at this one file can settle was checked."
)
_BLOCK_S = 10.0


class Outcome(StrEnum):
    """What a look at the file says about one requirement."""

    MET = "met"
    NOT_MET = "not_met"
    NOT_CHECKABLE = "not_checkable"


@dataclass(frozen=True, slots=True)
class Finding:
    """One requirement. name: short and lasting. source: where it stands. text: what it asks.

    evidence: what was found, or why it cannot be checked. optional: encouraged, not required; it has no
    part in the exit code.
    """

    name: str
    source: str
    text: str
    outcome: Outcome
    evidence: str
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    """Everything that was read in one file. rhythm: where "AI" in Morse code was heard, or None."""

    marks: Verification
    credentials: CredentialReport
    labels: FoundLabels
    rhythm: str | None


@dataclass(frozen=True, slots=True)
class ComplianceReport:
    """The findings of one file under one regime.

    state_of_law: which texts, in which version, the rules follow. notes: what to know beside the rules.
    """

    file: FileFacts
    regime: Regime
    findings: tuple[Finding, ...]
    state_of_law: str
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    disclaimer: str = DISCLAIMER

    @property
    def not_met(self) -> tuple[Finding, ...]:
        """Requirements that are not met, without what is only encouraged."""
        return tuple(
            finding
            for finding in self.findings
            if finding.outcome is Outcome.NOT_MET and not finding.optional
        )

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON types."""
        plain = {name: value for name, value in asdict(self).items() if name != "file"}
        counts = {
            str(outcome): sum(finding.outcome is outcome for finding in self.findings) for outcome in Outcome
        }
        return {
            "schema": SCHEMA,
            "file": self.file.model_dump(mode="json"),
            "all_checkable_met": not self.not_met,
            "counts": counts,
            **json.loads(json.dumps(plain)),
        }

    def to_json(self, *, indent: int | None = None) -> str:
        """As JSON text: one line, or indented."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=indent)


def comply(
    path: str | os.PathLike[str],
    regime: Regime | str,
    *,
    keys: Keys | None = None,
    max_seconds: float | None = None,
) -> ComplianceReport:
    """Read the marks, credentials and labels of a file and compare them with what a law asks.

    keys: another ring than this user's; marks of keys that it lacks are not seen. Raises UsageError for an
    unknown regime, MissingDependencyError without the extra, and what opening a file raises.
    """
    chosen = Regime.parse(regime)
    origin = Path(path)
    if origin.exists() and not (origin.is_file() or origin.is_dir()):
        raise SourceUnreadableError("is a pipe or a device.", subject=str(origin), hint="Save it as a file.")
    labels = load_labels()
    credentials = load_credentials()
    held = Held(
        labels=labels.read(origin),
        credentials=credentials.read(origin),
        marks=verify(origin, keys=keys, max_seconds=max_seconds),
        rhythm=_listen(origin, max_seconds),
    )
    rules, state_of_law, notes = _rules_of(chosen)
    warnings = [*held.marks.warnings, *held.credentials.warnings, *held.labels.problems]
    if held.credentials.says_captured:
        warnings.append("The Content Credentials say that this is a recording of the real world.")
    return ComplianceReport(
        held.marks.file,
        chosen,
        tuple(rules(held)),
        state_of_law,
        tuple(notes),
        tuple(dict.fromkeys(warnings)),
    )


def _listen(path: Path, max_seconds: float | None) -> str | None:
    with open_audio(path, max_seconds=max_seconds) as stream:
        listener = RhythmListener(stream.sample_rate)
        for block in stream.blocks(_BLOCK_S):
            listener.push(block.samples)
        return listener.finish()


def _rules_of(regime: Regime) -> tuple[Callable[[Held], Sequence[Finding]], str, Sequence[str]]:
    # Imported here: the rules need the types above.
    from earwitness import compliance_california, compliance_china, compliance_eu

    module = {
        Regime.EU: compliance_eu,
        Regime.CALIFORNIA: compliance_california,
        Regime.CHINA: compliance_china,
    }[regime]
    return module.findings, module.STATE_OF_LAW, module.NOTES
