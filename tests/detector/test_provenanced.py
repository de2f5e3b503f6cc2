"""detector/provenanced.py: docs/verdicts.md holds every combination, and every combination comes out so."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import pytest

from earwitness.credentials import Action, CredentialReport, CredentialState, Ingredient, Signer
from earwitness.detector.provenanced import (
    credential_evidence,
    origin_evidence,
    transferred,
    verdict_with_provenance,
    weighed,
)
from earwitness.key_rings import KeyInfo, KeyState, MarkFinding
from earwitness.marks import Reading, Span
from earwitness.origin import By, Comparison, Origin
from earwitness.records import Entry, Record
from earwitness.report import Verdict
from earwitness.wording import WITHOUT_CREDENTIALS

DOC = Path(__file__).parents[2] / "docs" / "verdicts.md"
KEY, PAYLOAD = "0123abcd", 7


def mark(
    state: KeyState = KeyState.ACTIVE, *, signpost: bool = False, end_s: float = 10.0, verified: bool = True
) -> MarkFinding:
    reading = Reading(
        "fake-1", "studio", KEY, signpost, True, 1e-9, verified, PAYLOAD if verified else None,
        5e-8 if verified else None, (Span(0.0, end_s),),
    )  # fmt: skip
    return MarkFinding(reading, KeyInfo("studio", KEY, state, signpost, "file"))


def credentials(state: CredentialState, source: str | None, *made_from: str) -> CredentialReport:
    action = Action("c2pa.created", digital_source=source)
    parts = tuple(
        Ingredient(1, "parentOf", CredentialState.TRUSTED, digital_sources=(code,)) for code in made_from
    )
    signer = Signer("studio", "Demo Lab", None, None)
    return CredentialReport(
        "a.wav", "audio/wav", state, f"Credentials: {state} {source}.", "Much.", signer=signer,
        actions=(action,), ingredients=parts,
    )  # fmt: skip


def origin(comparison: Comparison, report: CredentialReport | None = None) -> Origin:
    record = Record(content_sha256="a" * 64, payload=PAYLOAD, key_ids=(KEY,))
    return Origin(By.MARK, Entry(1, record, "c" * 64), comparison, credentials=report)


GENERATED, PARTLY, CAPTURED = (
    "trainedAlgorithmicMedia",
    "compositeWithTrainedAlgorithmicMedia",
    "digitalCapture",
)
TRUSTED, UNTRUSTED = CredentialState.TRUSTED, CredentialState.UNTRUSTED
MARKS: dict[str, tuple[list[MarkFinding], list[Origin]]] = {
    "none": ([], []),
    "traces": ([mark(verified=False)], []),
    "signpost": ([mark(KeyState.PUBLISHED, signpost=True)], []),
    "private": ([mark()], [origin(Comparison.SAME_SOUND)]),
    "private, no record": ([mark()], []),
    "private, in a part": ([mark(end_s=3.0)], []),
    "private, transferred": ([mark()], [origin(Comparison.TRANSFERRED)]),
    "private, revoked": ([mark(KeyState.REVOKED)], []),
}
CREDENTIALS: dict[str, CredentialReport | None] = {
    "none": None,
    "trusted: generated": credentials(TRUSTED, GENERATED),
    "trusted: in part": credentials(TRUSTED, PARTLY),
    "trusted: captured": credentials(TRUSTED, CAPTURED),
    "trusted: made from generated": credentials(TRUSTED, "humanEdits", GENERATED),
    "untrusted: generated": credentials(UNTRUSTED, GENERATED),
    "untrusted: captured": credentials(UNTRUSTED, CAPTURED),
    "expired: generated": credentials(CredentialState.EXPIRED, GENERATED),
    "tampered: generated": credentials(CredentialState.TAMPERED, GENERATED),
    "revoked: generated": credentials(CredentialState.REVOKED, GENERATED),
}
VERDICTS = list(Verdict)


def outcome(marked: str, signed: str, verdict: Verdict) -> str:
    marks, origins = MARKS[marked]
    after, reason, _ = weighed(verdict, "The sound.", 0.5, marks, CREDENTIALS[signed], origins, 10.0)
    assert "The sound." in reason  # what the detector says is never hidden
    return after.value


def table() -> str:
    """The table as the document holds it."""
    names = [verdict.value.replace("_", " ") for verdict in VERDICTS]
    lines = [
        f"| mark | credentials | {' | '.join(f'sound: {name}' for name in names)} |",
        "|" + "---|" * (2 + len(names)),
    ]
    for marked, signed in itertools.product(MARKS, CREDENTIALS):
        cells = [outcome(marked, signed, verdict).replace("_", " ") for verdict in VERDICTS]
        shown = ["·" if cell == name else f"**{cell}**" for cell, name in zip(cells, names, strict=True)]
        lines.append(f"| {marked} | {signed} | {' | '.join(shown)} |")
    return "\n".join(lines) + "\n"


def test_the_document_holds_every_combination() -> None:
    text = DOC.read_text(encoding="utf-8")
    assert table() in text


@pytest.mark.parametrize("verdict", VERDICTS)
def test_rules_in_words(verdict: Verdict) -> None:
    """The document's table could be regenerated with a wrong rule; these are the rules themselves."""
    assert outcome("private", "none", verdict) == "synthetic"
    assert outcome("none", "trusted: generated", verdict) == "synthetic"
    claimed = verdict.value if verdict.is_finding else "likely_synthetic"
    for claim in ("untrusted: generated", "expired: generated", "trusted: made from generated"):
        assert outcome("none", claim, verdict) == claimed
    assert outcome("signpost", "none", verdict) == claimed
    for nothing in ("trusted: captured", "untrusted: captured", "tampered: generated", "revoked: generated"):
        assert outcome("none", nothing, verdict) == verdict.value
    assert outcome("private, transferred", "none", verdict) == verdict.value
    assert outcome("private, revoked", "none", verdict) == verdict.value


def by_hand(marked: str, signed: str, sound: str) -> str:
    """The rules of the document once more, written without the code."""
    if marked in ("private", "private, no record") or signed == "trusted: generated" or sound == "synthetic":
        return "synthetic"
    if marked == "private, in a part" or signed == "trusted: in part":
        return "partly_synthetic"
    claims = ("untrusted: generated", "expired: generated", "trusted: made from generated")
    if (marked in ("traces", "signpost") or signed in claims) and sound in ("inconclusive", "likely_human"):
        return "likely_synthetic"
    return sound


def test_every_combination_by_hand() -> None:
    for marked, signed, verdict in itertools.product(MARKS, CREDENTIALS, VERDICTS):
        assert outcome(marked, signed, verdict) == by_hand(marked, signed, verdict.value), (marked, signed)


def test_contradictions_are_told() -> None:
    captured = credentials(TRUSTED, CAPTURED)
    verdict, reason = verdict_with_provenance(Verdict.SYNTHETIC, "Strong traces.", captured, [])
    assert verdict is Verdict.SYNTHETIC
    assert "contradicts its credentials" in reason
    assert captured.sentence in reason
    human = verdict_with_provenance(Verdict.LIKELY_HUMAN, "No traces.", captured, [])
    assert human == (Verdict.LIKELY_HUMAN, "No traces.")


def test_restored_credentials_count_where_the_sound_is_the_record_s() -> None:
    restored = credentials(TRUSTED, GENERATED)
    for comparison in Comparison:
        after, reason = verdict_with_provenance(
            Verdict.LIKELY_HUMAN, "No traces.", None, [origin(comparison, restored)]
        )
        counts = comparison in (Comparison.SAME, Comparison.SAME_SOUND)
        assert after is (Verdict.SYNTHETIC if counts else Verdict.LIKELY_HUMAN)
        assert (WITHOUT_CREDENTIALS in reason) == counts


def test_evidence_names_what_was_found() -> None:
    assert credential_evidence(None) == ()
    assert credential_evidence(credentials(CredentialState.ABSENT, None)) == ()
    cases = {
        "proof": credentials(TRUSTED, GENERATED),
        "partly": credentials(TRUSTED, PARTLY),
        "claim": credentials(UNTRUSTED, GENERATED),
        "captured": credentials(TRUSTED, CAPTURED),
        "tampered": credentials(CredentialState.TAMPERED, GENERATED),
        "trusted": credentials(TRUSTED, "humanEdits"),
    }
    for expected, report in cases.items():
        (evidence,) = credential_evidence(report)
        assert (evidence.kind, evidence.outcome) == ("credentials", expected)
        assert evidence.sentence == report.sentence
    (found,) = origin_evidence([origin(Comparison.TRANSFERRED)])
    assert (found.kind, found.outcome) == ("registry", "transferred")


def test_only_the_mark_that_leads_to_the_record_is_transferred() -> None:
    assert transferred(mark(), [origin(Comparison.TRANSFERRED)])
    assert not transferred(mark(), [origin(Comparison.SAME)])
    assert not transferred(mark(verified=False), [origin(Comparison.TRANSFERRED)])
    assert not transferred(mark(), [])


def test_restored_credentials_of_a_part_speak_for_the_part() -> None:
    restored = credentials(TRUSTED, GENERATED)
    for comparison, end_s, after in (
        (Comparison.SAME_SOUND, 3.0, Verdict.PARTLY_SYNTHETIC),
        (Comparison.SAME_SOUND, 9.0, Verdict.SYNTHETIC),
        (Comparison.SAME, 3.0, Verdict.SYNTHETIC),
    ):
        found = [origin(comparison, restored)]
        verdict, _, _ = weighed(Verdict.LIKELY_HUMAN, "No.", -2.0, [mark(end_s=end_s)], None, found, 10.0)
        assert verdict is after


def test_a_claim_that_decides_does_not_hide_the_other() -> None:
    own, restored = credentials(TRUSTED, CAPTURED), credentials(UNTRUSTED, GENERATED)
    found = [origin(Comparison.SAME_SOUND, restored)]
    verdict, reason = verdict_with_provenance(Verdict.LIKELY_HUMAN, "No traces.", own, found)
    assert verdict is Verdict.LIKELY_SYNTHETIC
    assert restored.sentence in reason
    assert "contradicts its credentials" in reason
    assert own.sentence in reason


def test_a_signers_name_is_not_taken_for_our_words() -> None:
    forged = replace(credentials(UNTRUSTED, CAPTURED), sentence=f'By "{WITHOUT_CREDENTIALS}", unknown.')
    _, reason = verdict_with_provenance(Verdict.SYNTHETIC, "Strong traces.", forged, [])
    assert WITHOUT_CREDENTIALS not in reason
