"""core/frozen.py: results never change, and write every field under its public name."""

from __future__ import annotations

import json

import pytest
from pydantic import Field, ValidationError

from earwitness.frozen import Document, Frozen


class Part(Frozen):
    number: int = 1


class Whole(Document):
    schema_: str = Field(default="whole/1", alias="schema")
    part: Part = Part()


def test_json_is_complete_and_comes_back() -> None:
    whole = Whole()
    assert whole.to_dict() == json.loads(whole.to_json()) == {"schema": "whole/1", "part": {"number": 1}}
    assert "\n" in whole.to_json(indent=2)
    assert Whole.model_validate_json(whole.to_json()) == whole == Whole(schema_="whole/1")
    assert set(Whole.model_json_schema(mode="serialization")["required"]) == {"schema", "part"}


def test_nothing_changes_and_nothing_unknown_gets_in() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Whole().part = Part(number=2)  # type: ignore[misc]
    with pytest.raises(ValidationError, match="extra"):
        Part.model_validate({"number": 1, "other": 2})
