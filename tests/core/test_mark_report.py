"""core/mark_report.py: frozen, complete, and the same after a way through JSON."""

from __future__ import annotations

import jsonschema
import pytest
from pydantic import ValidationError

from earwitness.mark_report import FoundMark, FoundSpan, MadeMark, MarkRecord, Verification
from earwitness.report import FileFacts

FACTS = FileFacts(
    name="a.wav", sha256="0" * 64, size_bytes=1, duration_s=1.0, container="wav", codec="pcm_s16le",
    sample_rate=16000, channels=1,
)  # fmt: skip
MADE = MadeMark(
    scheme="s-1", key="studio", key_id="0123abcd", signpost=False, payload=None, strength="soft",
    p_marked=0.0, marked_s=1.0, detectability=0.5,
)  # fmt: skip
FOUND = FoundMark(
    scheme="s-1", key="studio", key_id="0123abcd", key_state="active", signpost=False, proof=True,
    marked=True, p_marked=0.0, verified=True, payload=2**32 - 1, p_payload=1e-9,
    spans=(FoundSpan(start_s=0.0, end_s=1.0),),
)  # fmt: skip
RECORD = MarkRecord(source=FACTS, file=FACTS, marks=(MADE,))
VERIFICATION = Verification(
    file=FACTS, marked=True, verified=True, proof=True, scheme="s-1", key="studio", payload=2**32 - 1,
    p_value=0.0, sentence="A mark.", cannot_tell="Who.", keys_tried=1, search="none", marks=(FOUND,),
)  # fmt: skip


@pytest.mark.parametrize("one", [RECORD, VERIFICATION], ids=["record", "verification"])
def test_there_and_back(one: MarkRecord | Verification) -> None:
    assert type(one).model_validate_json(one.to_json()) == one
    assert "\n" not in one.to_json()
    schema = type(one).model_json_schema(by_alias=True, mode="serialization")
    jsonschema.validate(one.to_dict(), schema)
    assert set(schema["required"]) == set(one.to_dict())


def test_they_are_frozen_and_take_nothing_unknown() -> None:
    with pytest.raises(ValidationError):
        VERIFICATION.marked = False  # type: ignore[misc]
    with pytest.raises(ValidationError):
        Verification.model_validate({**VERIFICATION.to_dict(), "secret": "x"})
