"""core/compliance_eu.py: two layers, a time stamp, and what no look at a file settles."""

from __future__ import annotations

from fake_held import MARKED, credentials, held, marks

from earwitness.compliance import Finding, Held
from earwitness.compliance_eu import NOTES, STATE_OF_LAW, findings
from earwitness.credentials import CredentialState
from earwitness.labels import AigcLabel, FoundLabels
from earwitness.mark_report import FoundMark


def told(there: Held) -> dict[str, Finding]:
    return {finding.name: finding for finding in findings(there)}


def outcomes(there: Held) -> dict[str, str]:
    return {name: finding.outcome.value for name, finding in told(there).items()}


def test_all_layers() -> None:
    signed = credentials(signed_at="2026-11-24T10:00:00Z", time_stamp="trusted")
    found = outcomes(held(marks=MARKED, credentials=signed))
    layers = ("machine_readable", "signed_metadata", "time_stamp", "watermark", "two_layers")
    assert {found[name] for name in layers} == {"met"}
    assert found["provenance_details"] == "met"
    assert "not_met" not in found.values()


def test_a_layer_alone_is_not_two() -> None:
    marked = outcomes(held(marks=MARKED))
    assert (marked["machine_readable"], marked["watermark"], marked["two_layers"]) == (
        "met",
        "met",
        "not_met",
    )
    signed = outcomes(held(credentials=credentials()))
    assert (signed["signed_metadata"], signed["time_stamp"], signed["two_layers"]) == (
        "met",
        "not_met",
        "not_met",
    )


def test_a_label_alone_is_machine_readable_and_unsigned() -> None:
    found = outcomes(held(labels=FoundLabels("a", "wav", AigcLabel("1"))))
    assert (found["machine_readable"], found["signed_metadata"]) == ("met", "not_met")


def test_a_stamp_on_tampered_credentials_is_worth_nothing() -> None:
    bad = credentials(CredentialState.TAMPERED, signed_at="2026", time_stamp="trusted")
    found = outcomes(held(credentials=bad))
    assert (found["time_stamp"], found["provenance_details"]) == ("not_met", "not_met")


def test_what_a_file_does_not_settle() -> None:
    found = outcomes(held())
    for name in ("marks_kept", "detector", "interoperability", "audible_disclaimer", "fingerprint_or_log"):
        assert found[name] == "not_checkable"


def test_no_tone_does_for_a_sentence() -> None:
    assert told(held(rhythm="beginning"))["audible_disclaimer"].outcome.value == "not_checkable"
    assert "no sentence" in told(held(rhythm="beginning"))["audible_disclaimer"].evidence


def test_a_signpost_is_named() -> None:
    post = FoundMark(
        scheme="patchwork-1", key="signpost", key_id="00000000", key_state="published", signpost=True,
        proof=False, marked=True, p_marked=0.0, verified=True, payload=1,
    )  # fmt: skip
    there = held(marks=marks(marked=True, verified=True, key="signpost", payload=1, marks=(post,)))
    assert "signpost mark was read" in told(there)["interoperability"].evidence
    assert "was not read" in told(held())["interoperability"].evidence


def test_dates_are_told() -> None:
    assert "2 August 2026" in STATE_OF_LAW
    assert any("2 December 2026" in note for note in NOTES)
