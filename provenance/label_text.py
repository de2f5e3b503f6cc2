"""The text of labels: JSON as GB 45438-2025 names its parts, and our own for what others ask.

China's label is the object with the parts; some programs wrap it in {"AIGC": ...} or write its names in
lower case, and both are read.
"""

from __future__ import annotations

import json
from typing import Any

from earwitness.digital_source import DigitalSource, code_of
from earwitness.labels import AigcLabel, LatentDisclosure

__all__ = ["AIGC", "DISCLOSURE", "MAX_BYTES", "aigc_text", "disclosure_text", "read_aigc", "read_disclosure"]

AIGC = "AIGC"
"""Name of China's field."""
DISCLOSURE = "AI_DISCLOSURE"
"""Name of our field for what California's law and the EU's code of practice want said in metadata."""
MAX_BYTES = 1 << 16
"""A label is some hundred bytes; whatever is longer is something else."""
_DEPTH = 8  # labels inside labels that are kept

_AIGC_PARTS = {
    "Label": "label",
    "ContentProducer": "content_producer",
    "ProduceID": "produce_id",
    "ReservedCode1": "reserved_code_1",
    "ContentPropagator": "content_propagator",
    "PropagateID": "propagate_id",
    "ReservedCode2": "reserved_code_2",
}
_DISCLOSURE_PARTS = {
    "provider": "provider",
    "system": "system",
    "systemVersion": "system_version",
    "created": "created",
    "id": "item_id",
    "link": "link",
}


def aigc_text(label: AigcLabel) -> str:
    """As JSON with all seven parts, in the order of the standard; ASCII, which every tag can hold."""
    return json.dumps(
        {name: getattr(label, part) for name, part in _AIGC_PARTS.items()}, separators=(",", ":")
    )


def read_aigc(text: str) -> AigcLabel:
    """Back from JSON. Raises ValueError, whose message is a plain clause, for what is no label."""
    found = {name.lower(): value for name, value in _object(text).items()}
    inner = found.get("aigc")
    if isinstance(inner, dict):
        found = {name.lower(): value for name, value in inner.items()}
    parts = {part: _text(found.get(name.lower())) for name, part in _AIGC_PARTS.items()}
    if not parts["label"]:
        raise ValueError("it has no Label")
    return AigcLabel(**parts)


def disclosure_text(found: LatentDisclosure) -> str:
    """As JSON; what is not known is left out."""
    return json.dumps(_disclosure_object(found, _DEPTH), separators=(",", ":"))


def read_disclosure(text: str) -> LatentDisclosure:
    """Back from JSON. Raises ValueError, whose message is a plain clause, for what is none."""
    return _disclosure(_object(text), _DEPTH)


def _disclosure_object(found: LatentDisclosure, depth: int) -> dict[str, Any]:
    plain: dict[str, Any] = {}
    if found.source:
        known = next((one for one in DigitalSource if one.value == found.source), None)
        plain["digitalSourceType"] = found.source if known is None else known.url
    plain |= {name: getattr(found, part) for name, part in _DISCLOSURE_PARTS.items() if getattr(found, part)}
    if found.made_from is not None and depth > 0:
        plain["madeFrom"] = _disclosure_object(found.made_from, depth - 1)
    return plain


def _disclosure(plain: dict[str, Any], depth: int) -> LatentDisclosure:
    parts = {part: _text(plain.get(name)) for name, part in _DISCLOSURE_PARTS.items()}
    inner = plain.get("madeFrom")
    return LatentDisclosure(
        source=code_of(_text(plain.get("digitalSourceType"))),
        made_from=_disclosure(inner, depth - 1) if isinstance(inner, dict) and depth > 0 else None,
        **parts,
    )


def _object(text: str) -> dict[str, Any]:
    if len(text) > MAX_BYTES:
        raise ValueError("it is too long for a label")
    try:
        found = json.loads(text.strip("\x00 \t\r\n"))
    except (ValueError, RecursionError):
        raise ValueError("it is no JSON") from None
    if not isinstance(found, dict):
        raise ValueError("it is no JSON object")
    return found


def _text(value: Any) -> str:
    """Texts as they are, numbers as text (some programs write Label as a number), nothing else."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""
