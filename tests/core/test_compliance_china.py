"""core/compliance_china.py: the AIGC field part by part, and the audible label."""

from __future__ import annotations

import pytest
from fake_held import MARKED, held

from earwitness.compliance import Finding, Held
from earwitness.compliance_china import findings
from earwitness.labels import AigcLabel, FoundLabels


def told(there: Held) -> dict[str, Finding]:
    return {finding.name: finding for finding in findings(there)}


def outcomes(there: Held) -> dict[str, str]:
    return {name: finding.outcome.value for name, finding in told(there).items()}


def labelled(label: AigcLabel) -> Held:
    return held(labels=FoundLabels("a.wav", "wav", label))


PARTS = ("implicit_label", "label_value", "content_producer", "produce_id")


def test_a_whole_label() -> None:
    found = outcomes(labelled(AigcLabel("1", "Demo", "7")))
    assert {found[name] for name in PARTS} == {"met"}


@pytest.mark.parametrize(
    ("label", "missing"),
    [
        (AigcLabel("1", "", "7"), "content_producer"),
        (AigcLabel("1", "Demo", ""), "produce_id"),
        (AigcLabel("AIGC", "Demo", "7"), "label_value"),
        (AigcLabel("0", "Demo", "7"), "label_value"),
    ],
)
def test_each_part_is_missed(label: AigcLabel, missing: str) -> None:
    found = outcomes(labelled(label))
    assert [name for name in PARTS if found[name] == "not_met"] == [missing]


@pytest.mark.parametrize("value", ["1", "2", "3"])
def test_the_three_values(value: str) -> None:
    assert outcomes(labelled(AigcLabel(value, "Demo", "7")))["label_value"] == "met"


def test_why_there_is_none() -> None:
    assert {outcomes(held())[name] for name in PARTS} == {"not_met"}
    broken = held(labels=FoundLabels("a.wav", "wav", problems=("There is a field AIGC that is no label.",)))
    assert "no label" in told(broken)["implicit_label"].evidence
    elsewhere = held(labels=FoundLabels("a.amr", None))
    assert "no place for it" in told(elsewhere)["implicit_label"].evidence


def test_the_audible_label() -> None:
    assert outcomes(held(rhythm="end"))["explicit_label"] == "met"
    assert outcomes(held())["explicit_label"] == "not_checkable"  # it may be spoken


def test_a_watermark_is_only_encouraged() -> None:
    assert told(held())["watermark"].optional
    assert outcomes(held(marks=MARKED))["watermark"] == "met"


def test_who_passed_it_on_is_shown_and_not_judged() -> None:
    passed = told(labelled(AigcLabel("1", "Demo", "7", "", "Platform", "9", "")))["propagation"]
    assert "Platform" in passed.evidence
    assert passed.outcome.value == "not_checkable"
