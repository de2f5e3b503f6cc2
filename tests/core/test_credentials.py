"""core/credentials.py: what a report concludes from its parts, and its JSON."""

from __future__ import annotations

import dataclasses
import json

import pytest

from earwitness.credentials import (
    Action,
    CredentialReport,
    CredentialState,
    Ingredient,
    SoftBinding,
)

GENERATED = Action("c2pa.created", digital_source="trainedAlgorithmicMedia")
CAPTURED = Action("c2pa.created", digital_source="digitalCapture")


def report(state: CredentialState = CredentialState.TRUSTED, **facts: object) -> CredentialReport:
    return CredentialReport("a.wav", "audio/wav", state, "s", "c", **facts)


@pytest.mark.parametrize("state", CredentialState)
def test_only_what_is_intact_says_anything(state: CredentialState) -> None:
    assert report(state, actions=(GENERATED,)).says_generated == state.intact
    assert report(state, actions=(CAPTURED,)).says_captured == state.intact
    inside = Ingredient(1, "parentOf", state, digital_sources=("trainedAlgorithmicMedia",))
    assert report(actions=(CAPTURED,), ingredients=(inside,)).says_generated == state.intact


def test_a_captured_ingredient_makes_no_capture() -> None:
    inside = Ingredient(1, "parentOf", CredentialState.TRUSTED, digital_sources=("digitalCapture",))
    assert not report(ingredients=(inside,)).says_captured


def test_json() -> None:
    one = report(soft_bindings=(SoftBinding("a.b", b"\x01\x02"),), actions=(GENERATED, GENERATED))
    told = json.loads(one.to_json())
    assert told["schema"] == "earwitness.credentials/1"
    assert told["state"] == "trusted"
    assert told["soft_bindings"] == [{"algorithm": "a.b", "value": "AQI=", "start_s": None, "end_s": None}]
    assert told["digital_sources"] == ["trainedAlgorithmicMedia"]
    assert told["says_generated"] is True
    assert "\n" in one.to_json(indent=1)


def test_reports_do_not_change() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        report().state = CredentialState.ABSENT  # type: ignore[misc]
