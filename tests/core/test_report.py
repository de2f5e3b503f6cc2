"""core/report.py: the published schema, JSON in and out, and what a report can never say."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from earwitness.report import (
    SCHEMA,
    ChannelQuality,
    Evidence,
    FileFacts,
    ModelInfo,
    Quality,
    Report,
    Segment,
    Verdict,
    json_schema,
)

TOP_LEVEL_KEYS = [
    "schema",
    "file",
    "verdict",
    "p_synthetic",
    "prior",
    "llr_synthetic",
    "reason",
    "thresholds",
    "quality",
    "warnings",
    "evidence",
    "segments",
    "stretches",
    "attribution",
    "explanation",
    "models",
]


@pytest.fixture
def report() -> Report:
    return Report(
        file=FileFacts(
            name="Anruf ☎.wav",
            sha256="0" * 64,
            size_bytes=64044,
            duration_s=4.0,
            container="wav",
            codec="pcm_s16le",
            sample_rate=8000,
            channels=2,
            tags={"title": "call"},
        ),
        verdict=Verdict.LIKELY_SYNTHETIC,
        p_synthetic=0.91,
        llr_synthetic=2.3,
        reason="Traces of speech synthesis in most of the speech.",
        quality=Quality(
            speech_s=3.2, usable=True, telephone=True, channels=(ChannelQuality(channel=0, speech_s=3.2),)
        ),
        warnings=("Telephone band.",),
        evidence=(
            Evidence(
                kind="detector",
                outcome="synthetic",
                sentence="The detector found traces.",
                cannot_tell="It cannot name the engine.",
                llr_synthetic=2.3,
                channel=0,
                model="ear-1",
            ),
        ),
        segments=(
            Segment(start_s=0.0, end_s=2.0, p_synthetic=0.95, llr_synthetic=2.9, channel=0),
            Segment(start_s=2.0, end_s=4.0, channel=0),
        ),
        models=(ModelInfo(name="ear-1", version="1", kind="detector", sha256="a" * 64),),
    )


def test_schema_file_is_the_schema_of_the_code() -> None:
    published = json.loads(files("earwitness").joinpath("report.schema.json").read_text(encoding="utf-8"))
    assert published == json_schema(), "run scripts/write_schema.py"


def test_schema_is_a_legal_schema() -> None:
    Draft202012Validator.check_schema(json_schema())


def test_report_fulfils_its_schema(report: Report) -> None:
    Draft202012Validator(json_schema()).validate(json.loads(report.to_json()))


@pytest.mark.parametrize(
    "change",
    [
        {"verdict": "real"},
        {"verdict": "proven_human"},
        {"p_synthetic": 1.2},
        {"schema": "earwitness.report/2"},
        {"score": 0.5},
    ],
    ids=str,
)
def test_schema_and_type_refuse_the_same(report: Report, change: dict[str, Any]) -> None:
    document = report.to_dict() | change
    assert not Draft202012Validator(json_schema()).is_valid(document)
    with pytest.raises(ValidationError):
        Report.model_validate(document)


def test_top_level_keys_are_the_promised_ones_in_order(report: Report) -> None:
    assert list(report.to_dict()) == TOP_LEVEL_KEYS


def test_schema_promises_every_top_level_key() -> None:
    assert set(json_schema()["required"]) == set(TOP_LEVEL_KEYS)


def test_json_round_trip_is_lossless(report: Report) -> None:
    assert Report.model_validate_json(report.to_json()) == report
    assert Report.model_validate(report.to_dict()) == report


def test_json_is_one_line_unless_indented(report: Report) -> None:
    assert "\n" not in report.to_json()
    assert "\n" in report.to_json(indent=2)
    assert "☎" in report.to_json()


def test_report_is_frozen(report: Report) -> None:
    with pytest.raises(ValidationError):
        report.verdict = Verdict.LIKELY_HUMAN  # type: ignore[misc]


def test_report_names_its_schema(report: Report) -> None:
    assert report.to_dict()["schema"] == SCHEMA == "earwitness.report/1"


def test_findings_are_the_three_synthetic_verdicts() -> None:
    assert {verdict for verdict in Verdict if verdict.is_finding} == {
        Verdict.SYNTHETIC,
        Verdict.LIKELY_SYNTHETIC,
        Verdict.PARTLY_SYNTHETIC,
    }


def test_no_verdict_claims_proof_of_humanity() -> None:
    for verdict in Verdict:
        assert "real" not in verdict
        assert "proven" not in verdict
        assert "authentic" not in verdict


def test_every_field_of_the_schema_with_polarity_names_it() -> None:
    """`score` and `probability` alone would not say which way they grow."""
    text = json.dumps(json_schema())
    assert '"p_synthetic"' in text
    assert '"llr_synthetic"' in text
    for vague in ('"score"', '"probability"', '"confidence"', '"llr"'):
        assert vague not in text
