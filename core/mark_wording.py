"""Plain words for what was read, and for what a mark cannot tell. None calls a mark tamper-proof."""

from __future__ import annotations

from collections.abc import Sequence

from earwitness.key_rings import KeyState, MarkFinding
from earwitness.wording import clock

__all__ = ["ABSENT_CANNOT_TELL", "absent_sentence", "cannot_tell", "payload_text", "sentence", "weightiest"]

ABSENT_CANNOT_TELL = (
    "Anything about the origin: most speech, generated or not, carries no mark that these keys read, and "
    "somebody with a reader and time can remove one."
)
MOST_SPANS = 5


def weightiest(findings: Sequence[MarkFinding]) -> MarkFinding | None:
    """The finding that says most: proof, then verified, then marked, then the smallest p-value."""
    found = [finding for finding in findings if finding.reading.marked or finding.reading.verified]
    return min(
        found,
        key=lambda f: (not f.proof, not f.reading.verified, f.reading.p_or_one),
        default=None,
    )


def payload_text(payload: int | None) -> str:
    """A record id as people copy it: 8 hex digits or more; "none" where the scheme carries none."""
    return "none" if payload is None else f"0x{payload:08x}"


def sentence(finding: MarkFinding) -> str:
    """What was found, in one or two sentences."""
    reading, key = finding.reading, finding.key
    named = f'the key "{key.name}" ({key.key_id})'
    where = _where(finding)
    if reading.keyless:
        carries = "" if reading.payload is None else f" with the message {reading.payload}"
        return (
            f"A mark of the scheme {reading.scheme}{carries} was found{where}. Some speech generators put "
            "such marks in; anybody else can make or copy them too."
        )
    if not reading.verified:
        return (
            f"Traces of a mark of {named} were found{where}; they are too faint or too short for its record "
            "to be read and verified."
        )
    record = f"record {payload_text(reading.payload)}"
    if key.signpost or reading.signpost:
        return (
            f"A published signpost mark ({record}) says that this audio is AI-generated{where}; anybody can "
            "make or copy such a mark."
        )
    if key.state is KeyState.REVOKED:
        why = f" ({key.reason})" if key.reason else ""
        return (
            f"A mark of {named} was read{where} ({record}), but that key was revoked{why}: it proves nothing."
        )
    return f"A verified mark of {named}{where}: its holder says that this audio was generated ({record})."


def cannot_tell(finding: MarkFinding) -> str:
    """The limit of this finding."""
    if finding.proof:
        return (
            "What was done to the audio after it was marked, who else may have had the key, and anything "
            "about stretches without the mark."
        )
    if finding.reading.keyless:
        return (
            "Whether the mark is one: networks take some unmarked recordings for marked, and nothing in the "
            "mark proves itself. Nor who put it there; somebody with a reader and time can remove one."
        )
    return (
        "Who put the mark there: it is a claim, not a proof. Marks can be copied from one recording onto "
        "another, and somebody with a reader and time can remove one."
    )


def absent_sentence(keys_tried: int) -> str:
    """For a file in which no mark was found."""
    if not keys_tried:
        return "No mark was looked for: there is no key to read with."
    return f"No mark of the {keys_tried} known keys was found." if keys_tried > 1 else "No mark was found."


def _where(finding: MarkFinding) -> str:
    spans = finding.reading.spans
    channel = "" if finding.channel is None else f" in channel {finding.channel + 1}"
    if not spans:
        return channel
    shown = ", ".join(
        f"{clock(s.start_s, tenths=True)}-{clock(s.end_s, tenths=True)}" for s in spans[:MOST_SPANS]
    )
    more = f" and {len(spans) - MOST_SPANS} more" if len(spans) > MOST_SPANS else ""
    return f"{channel} at {shown}{more}"
