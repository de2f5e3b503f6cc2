"""China: the Measures for Labelling AI-Generated Synthetic Content, and the standard GB 45438-2025.

Both are in force since 1 September 2025. Read through translations and texts that quote them, in November
2026; Annex E of the standard, the form of the field, only through programs that follow it.
"""

from __future__ import annotations

from collections.abc import Iterator

from earwitness.compliance import Finding, Held
from earwitness.compliance_facts import mark_clause, told, uncheckable, watermarked

__all__ = ["NOTES", "STATE_OF_LAW", "findings"]

STATE_OF_LAW = (
    "Measures for Labelling AI-Generated Synthetic Content and mandatory standard GB 45438-2025, both in "
    "force since 1 September 2025."
)
NOTES = (
    "An explicit label is asked of the services that Article 17 of the deep-synthesis provisions lists, such "
    "as synthetic voices.",
)
_MEASURES = "Labelling Measures, Art. 5"
_MEANINGS = {"1": "is generated", "2": "is possibly generated", "3": "is suspected to be generated"}


def findings(held: Held) -> Iterator[Finding]:
    """Requirement by requirement."""
    yield from _implicit(held)
    yield _explicit(held)
    yield told(
        "watermark",
        _MEASURES,
        "A digital watermark is encouraged as an implicit label.",
        watermarked(held),
        mark_clause(held),
        optional=True,
    )
    yield uncheckable(
        "labels_kept",
        "Labelling Measures, Art. 10",
        "Nobody maliciously deletes, alters, forges or conceals labels.",
        "That needs the history of the file.",
    )


def _implicit(held: Held) -> Iterator[Finding]:
    found = held.labels.aigc
    problem = " ".join(text for text in held.labels.problems if "AI_DISCLOSURE" not in text)
    container = held.labels.container
    nowhere = "" if container else " Files of this kind have no place for it that is known here."
    yield told(
        "implicit_label",
        f"{_MEASURES}; GB 45438-2025, Annex E",
        "The file's metadata carry the implicit label AIGC.",
        found is not None,
        f"Read from the metadata ({container})."
        if found is not None
        else problem or f"No field AIGC was read.{nowhere}",
    )
    label = found.label if found else ""
    yield told(
        "label_value",
        f"{_MEASURES}; GB 45438-2025, Annex E",
        "The label says that the content is generated, or may be (Label 1, 2 or 3).",
        label in _MEANINGS,
        f'Label "{label}": the content {_MEANINGS[label]}.'
        if label in _MEANINGS
        else (f'Label "{label}" is none of the three.' if label else "No Label was read."),
    )
    producer = found.content_producer if found else ""
    yield told(
        "content_producer",
        _MEASURES,
        "It names the provider of the service that generated the content, by name or code.",
        bool(producer),
        f"ContentProducer: {producer}." if producer else "No ContentProducer was read.",
    )
    number = found.produce_id if found else ""
    yield told(
        "produce_id",
        _MEASURES,
        "It carries the provider's number of the content.",
        bool(number),
        f"ProduceID: {number}." if number else "No ProduceID was read.",
    )
    passed = bool(found and found.content_propagator and found.propagate_id)
    yield uncheckable(
        "propagation",
        "Labelling Measures, Art. 6",
        "A platform that passes the content on writes its own name and number into the metadata.",
        f"ContentPropagator: {found.content_propagator}, PropagateID: {found.propagate_id}; whether that is "
        "the platform, the file does not say."
        if passed and found
        else "The label names none; whether a platform passed it on, the file does not say.",
    )


def _explicit(held: Held) -> Finding:
    source = "Labelling Measures, Art. 4; GB 45438-2025, 5.3"
    text = (
        "At its beginning, end or a fitting place between, the sound says in words that it is AI-generated, "
        "or carries the rhythm short-long short-short."
    )
    if held.rhythm:
        return told("explicit_label", source, text, True, f"The rhythm was heard at the {held.rhythm}.")
    why = (
        "The rhythm was not heard in the first or last 12 s. Whether something is said in words, or comes in "
        "the middle, needs a listener."
    )
    return uncheckable("explicit_label", source, text, why)
