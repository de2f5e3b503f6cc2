"""What Content Credentials and registry records do to a verdict, by rule and in the open.

- A trusted signer says "generated": synthetic (proved, as far as the signer is believed). "Partly": partly.
- An untrusted or expired one says so, or credentials of something that it was made from: a claim. It raises
  suspicion to "likely synthetic" at most, because anybody can make it.
- "Recorded from the real world" is a claim in any case, never proof of human origin: it changes nothing, and
  where it contradicts a finding both are told.
- Broken or changed credentials say nothing about the sound, and are told.
- A mark whose record belongs to another recording was transferred: it proves nothing, and is told.

docs/verdicts.md has all combinations; a test keeps it so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from earwitness.credentials import CredentialReport, CredentialState
from earwitness.detector.marked import WHOLE, covered, verdict_with_marks
from earwitness.digital_source import DigitalSource, says_generated
from earwitness.key_rings import MarkFinding
from earwitness.origin import Comparison, Origin
from earwitness.report import Evidence, Verdict
from earwitness.wording import WITHOUT_CREDENTIALS

__all__ = [
    "credential_evidence",
    "origin_evidence",
    "transferred",
    "verdict_with_provenance",
    "weighed",
]

_TRUE = (Comparison.SAME, Comparison.SAME_SOUND)
_PARTS = frozenset({DigitalSource.PARTLY_GENERATED, DigitalSource.MIXED_WITH_GENERATED})


@dataclass(frozen=True, slots=True)
class _Statement:
    """What credentials say. outcome: proof, partly, claim, captured, or nothing for the verdict."""

    outcome: str
    sentence: str


def weighed(
    verdict: Verdict,
    reason: str,
    llr: float | None,
    marks: Sequence[MarkFinding],
    credentials: CredentialReport | None,
    origins: Sequence[Origin],
    duration_s: float,
) -> tuple[Verdict, str, float | None]:
    """Verdict, reason and LLR of the detector, once everything else has had its say."""
    standing = [mark for mark in marks if not transferred(mark, origins)]
    verdict, reason, llr = verdict_with_marks(verdict, reason, llr, standing, duration_s)
    parts = [origin for origin in origins if _in_a_part(origin, standing, duration_s)]
    return (*verdict_with_provenance(verdict, reason, credentials, origins, parts), llr)


def verdict_with_provenance(
    verdict: Verdict,
    reason: str,
    credentials: CredentialReport | None,
    origins: Sequence[Origin],
    parts: Sequence[Origin] = (),
) -> tuple[Verdict, str]:
    """The verdict and its reason once credentials, the file's own and those of its record, are weighed in.

    parts: those origins whose sound is only in a part of this recording; what they prove, they prove of it.
    """
    said = _statements(credentials, origins, parts)
    weightiest = next(
        (one for kind in ("proof", "partly", "claim") for one in said if one.outcome == kind), None
    )
    if weightiest is not None:
        raised = _raised(verdict, weightiest.outcome)
        if raised is not verdict:
            verdict, reason = raised, f"{weightiest.sentence} {WITHOUT_CREDENTIALS} {reason}"
    captured = next((one for one in said if one.outcome == "captured"), None)
    if captured is not None and verdict.is_finding:
        return verdict, f"{reason} This contradicts its credentials. {captured.sentence}"
    return verdict, reason


def transferred(mark: MarkFinding, origins: Sequence[Origin]) -> bool:
    """True when this mark leads to the record of another recording."""
    return any(origin.comparison is Comparison.TRANSFERRED and _leads_to(mark, origin) for origin in origins)


def credential_evidence(credentials: CredentialReport | None) -> tuple[Evidence, ...]:
    """A piece of evidence for the file's own credentials; nothing where there are none."""
    if credentials is None or credentials.state is CredentialState.ABSENT:
        return ()
    statement = _statement(credentials)
    return (
        Evidence(
            kind="credentials",
            outcome=str(credentials.state) if statement is None else statement.outcome,
            sentence=credentials.sentence,
            cannot_tell=credentials.cannot_tell,
        ),
    )


def origin_evidence(origins: Sequence[Origin]) -> tuple[Evidence, ...]:
    """A piece of evidence for each record that a mark or the credentials lead to."""
    return tuple(
        Evidence(
            kind="registry",
            outcome=str(origin.comparison),
            sentence=origin.sentence,
            cannot_tell=origin.cannot_tell,
            p_value=None if origin.likeness is None else origin.likeness.p_value,
        )
        for origin in origins
    )


def _raised(verdict: Verdict, outcome: str) -> Verdict:
    if outcome == "proof":
        return Verdict.SYNTHETIC
    if outcome == "partly":
        return verdict if verdict is Verdict.SYNTHETIC else Verdict.PARTLY_SYNTHETIC
    return verdict if verdict.is_finding else Verdict.LIKELY_SYNTHETIC


def _in_a_part(origin: Origin, marks: Sequence[MarkFinding], duration_s: float) -> bool:
    """True when marks lead to this record, none of which covers enough to speak for the whole recording."""
    if origin.comparison is Comparison.SAME:
        return False
    leading = [mark for mark in marks if _leads_to(mark, origin)]
    return bool(leading) and all(covered(mark, duration_s) < WHOLE for mark in leading)


def _leads_to(mark: MarkFinding, origin: Origin) -> bool:
    record = origin.entry.record
    return mark.reading.payload == record.payload and mark.reading.key_id in record.key_ids


def _statements(
    credentials: CredentialReport | None, origins: Sequence[Origin], parts: Sequence[Origin]
) -> list[_Statement]:
    found = [] if credentials is None else [_statement(credentials)]
    for origin in origins:
        if origin.credentials is not None and origin.comparison in _TRUE:
            said = _statement(origin.credentials)
            if said is not None and said.outcome == "proof" and origin in parts:
                said = replace(said, outcome="partly")
            found.append(said)
    return [one for one in found if one is not None]


def _statement(report: CredentialReport) -> _Statement | None:
    """None for credentials that say nothing about the sound, or that do not hold."""
    # A signer chooses their name: it must not pass for words of ours that "meaning" goes by.
    told = report.sentence.replace(WITHOUT_CREDENTIALS, WITHOUT_CREDENTIALS.rstrip(":"))
    own = [code for code in report.digital_sources if says_generated(code)]
    if report.says_generated:
        if report.state is not CredentialState.TRUSTED or not own:
            return _Statement("claim", told)
        return _Statement("partly" if set(own) <= _PARTS else "proof", told)
    return _Statement("captured", told) if report.says_captured else None
