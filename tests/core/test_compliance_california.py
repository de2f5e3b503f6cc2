"""core/compliance_california.py: five statements, from the label or from what is signed."""

from __future__ import annotations

import pytest
from fake_held import MARKED, credentials, held

from earwitness.compliance import Finding, Held
from earwitness.compliance_california import findings
from earwitness.credentials import CredentialState
from earwitness.labels import FoundLabels, LatentDisclosure

NAMED = ("provider", "system", "time", "unique_id", "created_or_altered")
WHOLE = {
    "source": "trainedAlgorithmicMedia",
    "provider": "Demo",
    "system": "Piper",
    "system_version": "1.2",
    "created": "2026-11-24T10:00:00Z",
    "item_id": "7",
}
MISSING = {
    "provider": "provider",
    "system": "system",
    "system_version": "system",
    "created": "time",
    "item_id": "unique_id",
    "source": "created_or_altered",
}


def labelled(**change: str) -> Held:
    return held(labels=FoundLabels("a", "wav", None, LatentDisclosure(**{**WHOLE, **change})))


def told(there: Held) -> dict[str, Finding]:
    return {finding.name: finding for finding in findings(there)}


def outcomes(there: Held) -> dict[str, str]:
    return {name: finding.outcome.value for name, finding in told(there).items()}


def test_a_whole_label() -> None:
    found = outcomes(labelled())
    assert {found[name] for name in NAMED} == {"met"}
    assert found["industry_standard"] == "not_met"


@pytest.mark.parametrize(("part", "requirement"), MISSING.items())
def test_each_statement_is_missed(part: str, requirement: str) -> None:
    found = outcomes(labelled(**{part: ""}))
    assert [name for name in NAMED if found[name] == "not_met"] == [requirement]
    linked = outcomes(labelled(**{part: "", "link": "https://demo.example/7"}))
    assert linked[requirement] == "not_checkable"


def test_credentials_say_it_too() -> None:
    found = outcomes(held(credentials=credentials()))
    assert {found[name] for name in (*NAMED, "industry_standard")} == {"met"}
    assert outcomes(held(credentials=credentials(agent="Piper")))["system"] == "not_met"  # no version


@pytest.mark.parametrize(
    "state",
    [CredentialState.TAMPERED, CredentialState.EXPIRED, CredentialState.REVOKED, CredentialState.INVALID],
)
def test_credentials_that_do_not_hold_say_nothing(state: CredentialState) -> None:
    found = outcomes(held(credentials=credentials(state)))
    assert {found[name] for name in (*NAMED, "industry_standard")} == {"not_met"}


def test_the_record_of_the_mark_is_a_unique_id() -> None:
    found = told(held(marks=MARKED))
    assert found["unique_id"].outcome.value == "met"
    assert "0x0000002a" in found["unique_id"].evidence
    assert "stays when the metadata are removed" in found["permanence"].evidence
    assert found["permanence"].outcome.value == "not_checkable"


@pytest.mark.parametrize(
    ("source", "word"),
    [("trainedAlgorithmicMedia", "created"), ("compositeWithTrainedAlgorithmicMedia", "altered")],
)
def test_created_or_altered(source: str, word: str) -> None:
    assert f"It says: {word}" in told(labelled(source=source))["created_or_altered"].evidence


def test_other_sources_do_not_say_which() -> None:
    for source in ("digitalCapture", "algorithmicallyEnhanced", "anything"):
        assert outcomes(labelled(source=source))["created_or_altered"] == "not_met"
