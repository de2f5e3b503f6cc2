"""core/labels.py: what may be asked for, and what is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from earwitness.errors import UsageError
from earwitness.labels import AigcLabel, FoundLabels, LabelRequest, LatentDisclosure, Regime, load_labels

GOOD: dict[str, Any] = {"regimes": (Regime.CHINA,), "item_id": "7", "producer": "Demo Lab"}


def test_a_request_says_when() -> None:
    assert LabelRequest(**GOOD).created.endswith("Z")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"regimes": ()}, "no regime"),
        ({"producer": " "}, "producer is empty"),
        ({"item_id": "x" * 501}, "item_id is empty or longer"),
        ({"system": "a\nb"}, "system holds a character"),
        ({"link": "\x00"}, "link holds a character"),
        ({"created": "yesterday"}, "created is no ISO 8601"),
        ({"created": "2026-11-24T10:00:00"}, "offset"),
    ],
)
def test_nonsense_is_refused(change: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        LabelRequest(**{**GOOD, **change})


def test_regimes_as_people_type_them() -> None:
    assert Regime.parse(" EU ") is Regime.EU
    with pytest.raises(UsageError, match="eu, california, china"):
        Regime.parse("texas")


def test_found_labels_as_json() -> None:
    nothing = FoundLabels("a.wav", "wav")
    assert not nothing.any
    found = FoundLabels("a.wav", "wav", AigcLabel("1"), LatentDisclosure(provider="x"), ("odd",))
    assert found.any
    plain = json.loads(json.dumps(found.to_dict()))
    assert plain["aigc"]["label"] == "1"
    assert plain["disclosure"]["provider"] == "x"
    assert plain["problems"] == ["odd"]


def test_the_plugin_is_there() -> None:
    labels = load_labels()
    assert callable(labels.write)
    assert callable(labels.read)
