"""The EU's AI Act, Article 50, by way of the Code of Practice on Transparency of AI-Generated Content.

The Code is voluntary; its measures are one way to show that Article 50 is kept. Read through secondary texts
that quote it, in November 2026.
"""

from __future__ import annotations

from collections.abc import Iterator

from earwitness.compliance import Finding, Held
from earwitness.compliance_facts import (
    credentials_clause,
    label_says_generated,
    mark_clause,
    signed_as_generated,
    told,
    uncheckable,
    watermarked,
)

__all__ = ["NOTES", "STATE_OF_LAW", "findings"]

STATE_OF_LAW = (
    "Regulation (EU) 2024/1689 (AI Act), Article 50, in application since 2 August 2026; Code of Practice on "
    "Transparency of AI-Generated Content of 10 June 2026 (voluntary)."
)
NOTES = (
    "Systems that were on the market before 2 August 2026 have until 2 December 2026 for Article 50(2), says "
    "Article 111(4).",
    "Article 50(2) is a duty of providers, Article 50(4) one of deployers.",
)
_ACT = "AI Act, Art. 50(2)"
_CODE = "Code of Practice, Section 1"


def findings(held: Held) -> Iterator[Finding]:
    """Requirement by requirement."""
    yield from _marking(held)
    yield from _encouraged(held)
    yield from _elsewhere(held)


def _marking(held: Held) -> Iterator[Finding]:
    signed, marked, labelled = signed_as_generated(held), watermarked(held), label_says_generated(held)
    ways = [
        word
        for word, there in (
            ("Content Credentials", signed),
            ("a verified watermark", marked),
            ("a label in the metadata", labelled),
        )
        if there
    ]
    yield told(
        "machine_readable",
        _ACT,
        "Generated sound is marked in a machine-readable format and detectable as generated.",
        bool(ways),
        f"Marked by {', '.join(ways)}." if ways else "No mark that says so was read.",
    )
    yield told(
        "signed_metadata",
        f"{_CODE}, Sub-measure 1.1.1",
        "The metadata say whether the content is generated, digitally signed.",
        signed,
        credentials_clause(held),
    )
    stamp = held.credentials.time_stamp in ("trusted", "untrusted")
    yield told(
        "time_stamp",
        f"{_CODE}, Sub-measure 1.1.1",
        "What is signed in the metadata is time-stamped, where time information is available.",
        signed and stamp,
        f"Time stamp of {held.credentials.signed_at}; its authority is {held.credentials.time_stamp}."
        if stamp
        else ("The signature carries no valid time stamp." if signed else "There is no signature to stamp."),
    )
    yield told(
        "watermark",
        f"{_CODE}, Sub-measure 1.1.2",
        "The sound carries an imperceptible watermark.",
        marked,
        mark_clause(held),
    )
    count = int(signed) + int(marked)
    yield told(
        "two_layers",
        f"{_CODE}, Measure 1.1",
        "At least two layers mark the output: signed metadata and a watermark.",
        count == 2,
        f"{count} of 2 layers were read.",
    )


def _encouraged(held: Held) -> Iterator[Finding]:
    yield uncheckable(
        "fingerprint_or_log",
        f"{_CODE}, Sub-measure 1.1.3",
        "A fingerprint or a log of the output is kept.",
        "It is kept outside of the file; `earwitness registry` lists the records that are kept here.",
        optional=True,
    )
    disclosure, credentials = held.labels.disclosure, held.credentials
    agents = (
        [action.agent for action in credentials.actions if action.agent] if credentials.state.intact else []
    )
    signer = credentials.signer.organization if credentials.state.intact and credentials.signer else None
    system = (disclosure.system if disclosure else "") or next(iter(agents), "")
    provider = (disclosure.provider if disclosure else "") or signer or ""
    created = (disclosure.created if disclosure else "") or credentials.signed_at or ""
    yield told(
        "provenance_details",
        f"{_CODE}, Measure 1.3",
        "The marking names the AI system, the company that provides it, and when the content was generated.",
        bool(system and provider and created),
        f"System: {system or 'not named'}; provider: {provider or 'not named'}; "
        f"time: {created or 'not named'}.",
        optional=True,
    )


def _elsewhere(held: Held) -> Iterator[Finding]:
    yield uncheckable(
        "marks_kept",
        f"{_CODE}, Measure 1.2",
        "Machine-readable marks that were in the input stay in the output.",
        "That needs the input beside the output. "
        f"The credentials here name {len(held.credentials.ingredients)} ingredients.",
    )
    yield uncheckable(
        "detector",
        f"{_CODE}, Measure 2.1",
        "Those who meet the content can verify it with a detection solution, free of charge.",
        "That is a service, not a property of the file.",
    )
    signpost = any(mark.signpost and mark.verified for mark in held.marks.marks)
    yield uncheckable(
        "interoperability",
        f"{_CODE}, Measure 3.4",
        "By 2 February 2027 detectors of watermarks work together; a signpost in the content that everybody "
        "can read is one of the ways named.",
        f"A signpost mark {'was' if signpost else 'was not'} read; which way was chosen, no file says.",
    )
    heard = (
        f" The Morse rhythm at the {held.rhythm} is no sentence and does not do for it."
        if held.rhythm
        else ""
    )
    yield uncheckable(
        "audible_disclaimer",
        "AI Act, Art. 50(4); Code of Practice, Section 2, Measures 1.1 and 1.2",
        "A deep fake that is only heard begins with a short disclaimer in plain language, in the language of "
        "the content or in English.",
        f"Whether this is a deep fake, and what is said in it, needs a listener.{heard}",
    )
