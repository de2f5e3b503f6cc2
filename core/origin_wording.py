"""Plain words for what a registry's record says about a recording in hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from earwitness.origin import Origin

__all__ = ["cannot_tell", "sentence"]

_BY = {
    "mark": "The mark leads to",
    "credentials": "The file's own credentials lead to",
    "content": "The registry knows this file:",
    "fingerprint": "The registry knows this recording by its sound:",
}
_COMPARED = {
    "same": "This is the very file that was recorded there.",
    "same_sound": "The sound is that of the record; the file is another one: it was re-encoded, cut or "
    "edited since.",
    "transferred": "TRANSFERRED: the sound of that record is another one's. What leads there was copied from "
    "one recording to the other.",
    "uncompared": "Whether the sound is that of the record could not be compared.",
}


def sentence(origin: Origin) -> str:
    """Which record, how it compares, and what credentials it brought back."""
    record = origin.entry.record
    made = ""
    if record.generator:
        made = f", made with {record.generator}"
        if record.generator_version:
            made += f" {record.generator_version}"
    parts = [f"{_BY[origin.by]} record {record.record_id} of {record.created}{made}."]
    parts.append(_COMPARED[origin.comparison])
    if origin.credentials is not None:
        parts.append(origin.credentials.sentence)
    return " ".join(parts)


def cannot_tell(origin: Origin) -> str:
    """The limit of this finding."""
    if origin.comparison == "transferred":
        return "Where the sound in hand comes from: the record says nothing about it."
    if origin.comparison == "uncompared":
        return "Whether the mark was copied here from another recording: there is too little to compare."
    return (
        "Whether the record is true: it says what whoever marked the file wrote down. And what was done to "
        "the sound since, beyond that most of it is still recognisable."
    )
