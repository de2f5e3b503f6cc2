"""A recording that already carries a mark of the key it is to be marked with: two marks would compete.

Marks of different keys lie beside each other and are both read; two of one key lie on top of each other, and
what is read later may be either, or neither.
"""

from __future__ import annotations

from collections.abc import Sequence

from earwitness.mark_wording import payload_text
from earwitness.marks import Reading

__all__ = ["marked_before"]


def marked_before(readings: Sequence[Reading], payload: int | None) -> list[str]:
    """A sentence for each mark that the keys in use found in the recording before it is marked.

    readings: of the recording as it came in. payload: the record id that it is to carry now.
    """
    return [_sentence(one, payload) for one in readings if one.marked or one.verified]


def _sentence(reading: Reading, payload: int | None) -> str:
    if reading.keyless:
        return f"It already carries a mark of the scheme {reading.scheme}: the two may cover each other."
    there = f'It already carries a mark of the key "{reading.key}" ({reading.key_id})'
    if not reading.verified:
        return (
            f"{there}, too faint for its record to be read: that mark and the new one may cover each other."
        )
    if reading.payload == payload:
        return (
            f"{there} with this very record, {payload_text(payload)}: marking it again changes the sound "
            "once more."
        )
    return (
        f"{there}, record {payload_text(reading.payload)} ({reading.payload}): after some processing that "
        "record may be read instead of the new one. Mark the unmarked original where you have it."
    )
