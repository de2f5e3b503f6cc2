"""What the rules of every law ask of the same evidence, and the sentences for it."""

from __future__ import annotations

from earwitness.compliance import Finding, Held, Outcome
from earwitness.credentials import CredentialState
from earwitness.digital_source import says_generated
from earwitness.mark_wording import payload_text

__all__ = [
    "SIGNED",
    "credentials_clause",
    "label_says_generated",
    "mark_clause",
    "signed_as_generated",
    "told",
    "uncheckable",
    "watermarked",
]

SIGNED = (CredentialState.TRUSTED, CredentialState.UNTRUSTED)
"""What was signed is what is there, and the certificate is in date."""


def told(name: str, source: str, text: str, met: bool, evidence: str, *, optional: bool = False) -> Finding:
    """A finding that the file settles."""
    return Finding(name, source, text, Outcome.MET if met else Outcome.NOT_MET, evidence, optional)


def uncheckable(name: str, source: str, text: str, why: str, *, optional: bool = False) -> Finding:
    """A finding that the file does not settle."""
    return Finding(name, source, text, Outcome.NOT_CHECKABLE, why, optional)


def watermarked(held: Held) -> bool:
    """A watermark whose payload verifies was read."""
    return held.marks.verified


def mark_clause(held: Held) -> str:
    """What was read of watermarks."""
    marks = held.marks
    if marks.verified:
        return f'A verified watermark was read: key "{marks.key}", record {payload_text(marks.payload)}.'
    if marks.marked:
        return "Traces of a watermark were read, but no payload that verifies."
    return f"None of the {marks.keys_tried} keys here reads a watermark; marks of other keys are not seen."


def signed_as_generated(held: Held) -> bool:
    """Content Credentials that hold, by a certificate in date, declare generated sound."""
    return held.credentials.state in SIGNED and held.credentials.says_generated


def credentials_clause(held: Held) -> str:
    """What was read of Content Credentials."""
    found = held.credentials
    if found.state is CredentialState.ABSENT:
        return "The file has no Content Credentials."
    said = ", ".join(found.digital_sources) or "no digital source"
    place = f" ({found.place})" if found.place else ""
    known = {
        CredentialState.TRUSTED: "their signer is on your trust list",
        CredentialState.UNTRUSTED: "intact, but their signer is not on your trust list",
    }.get(found.state, f"state: {found.state.value}")
    return f"Content Credentials{place}: {known}; they declare {said}."


def label_says_generated(held: Held) -> bool:
    """A label in the metadata declares generated sound."""
    disclosure, aigc = held.labels.disclosure, held.labels.aigc
    return (aigc is not None and aigc.label == "1") or (
        disclosure is not None and says_generated(disclosure.source)
    )
