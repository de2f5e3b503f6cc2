"""California's AI Transparency Act: Business and Professions Code, sections 22757 and following.

As amended by SB 1000 (chapter 861, statutes of 2026), an urgency statute in effect since 30 September 2026.
It did away with the option of a manifest disclosure. Read through secondary texts that quote the enrolled
bill, in November 2026.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from earwitness.compliance import Finding, Held
from earwitness.compliance_facts import (
    SIGNED,
    credentials_clause,
    mark_clause,
    told,
    uncheckable,
    watermarked,
)
from earwitness.digital_source import DigitalSource
from earwitness.mark_wording import payload_text

__all__ = ["NOTES", "STATE_OF_LAW", "findings"]

STATE_OF_LAW = (
    "California Business and Professions Code, sections 22757 to 22757.6 (SB 942, AB 853), as amended by "
    "SB 1000 in effect since 30 September 2026."
)
NOTES = (
    "The manifest disclosure of SB 942 is no longer asked for since SB 1000; the latent one is.",
    "The information may also be conveyed through a link to a permanent website; none is followed here.",
)
_SECTION = "Bus. & Prof. Code § 22757.3(a)"
_CREATED = DigitalSource.GENERATED.value
_ALTERED = (DigitalSource.PARTLY_GENERATED.value, DigitalSource.MIXED_WITH_GENERATED.value)


@dataclass(frozen=True, slots=True)
class _Said:
    """What the label, or else the credentials, say; "" where neither does."""

    provider: str
    system: str
    when: str
    unique_id: str
    source: str
    link: str


def findings(held: Held) -> Iterator[Finding]:
    """Requirement by requirement."""
    yield from _information(held)
    lasting = (
        "The watermark stays when the metadata are removed."
        if watermarked(held)
        else "Metadata alone go with one command."
    )
    yield uncheckable(
        "permanence",
        f"{_SECTION}(2)",
        "The disclosure is permanent or extraordinarily difficult to remove or tamper with.",
        f"That is for a court to weigh. {lasting} {mark_clause(held)}",
    )
    yield uncheckable(
        "verification_tool",
        f"{_SECTION}(3)",
        "The disclosure is compatible with the provider's disclosure verification tool.",
        "EarWitness reads what it lists here; which tool the provider offers, the file does not say.",
    )
    yield told(
        "industry_standard",
        f"{_SECTION}(4)",
        "The disclosure is compliant or interoperable with widely recognized industry standards.",
        held.credentials.state in SIGNED,
        f"C2PA is the standard that is looked for. {credentials_clause(held)}",
    )
    yield uncheckable(
        "free_tool",
        "Bus. & Prof. Code § 22757.2",
        "The provider makes a tool available that verifies its disclosures.",
        "That is a service, not a property of the file.",
    )


def _information(held: Held) -> Iterator[Finding]:
    said = _said(held)
    altered = said.source in _ALTERED
    parts = (
        ("provider", "A", "The disclosure names the provider.", said.provider),
        (
            "system",
            "B",
            "It names the system that created or altered the content, and its version.",
            said.system,
        ),
        ("time", "C", "It says the time and date of creation or alteration.", said.when),
        ("unique_id", "D", "It carries a unique identifier.", said.unique_id),
        (
            "created_or_altered",
            "E",
            "It says whether the system created or altered the content.",
            f"{'altered' if altered else 'created'} ({said.source})"
            if altered or said.source == _CREATED
            else "",
        ),
    )
    for name, letter, text, value in parts:
        source = f"{_SECTION}(1)({letter})"
        if not value and said.link:
            why = f"Not in the file, which links to {said.link}; nothing was fetched."
            yield uncheckable(name, source, text, why)
        else:
            yield told(name, source, text, bool(value), f"It says: {value}." if value else "It is not said.")


def _said(held: Held) -> _Said:
    label, credentials = held.labels.disclosure, held.credentials
    actions = credentials.actions if credentials.state in SIGNED else ()
    signer = credentials.signer if credentials.state in SIGNED else None
    agent = next((action.agent for action in actions if action.agent), "")
    system = (
        f"{label.system} {label.system_version}" if label and label.system and label.system_version else ""
    )
    stamped = credentials.signed_at if credentials.state in SIGNED else None
    when = next((action.when for action in actions if action.when), stamped)
    named = credentials.manifest_id if credentials.state in SIGNED else None
    record = f"record {payload_text(held.marks.payload)} of the watermark" if watermarked(held) else ""
    source = next((action.digital_source for action in actions if action.digital_source), "")
    return _Said(
        provider=(label.provider if label else "") or (signer and (signer.organization or signer.name)) or "",
        system=system or (agent if any(character.isdigit() for character in agent) else ""),
        when=(label.created if label else "") or when or "",
        unique_id=(label.item_id if label else "") or named or record,
        source=(label.source if label else "") or source or "",
        link=label.link if label else "",
    )
