"""detector/marked.py: proof, claim and nothing, and no claim ever becomes proof."""

from __future__ import annotations

import itertools

import pytest

from earwitness.detector.marked import MOST_LLR, mark_evidence, mark_llr, verdict_with_marks
from earwitness.key_rings import KeyInfo, KeyState, MarkFinding
from earwitness.marks import Reading, Span
from earwitness.report import Verdict


def mark(
    state: KeyState = KeyState.ACTIVE, *, signpost: bool = False, marked: bool = True, verified: bool = True,
    spans: tuple[tuple[float, float], ...] = ((0.0, 10.0),), name: str = "studio",
) -> MarkFinding:  # fmt: skip
    reading = Reading(
        "fake-1", name, "0123abcd", signpost, marked, 1e-9 if marked else 0.4, verified and marked,
        7 if verified and marked else None, 5e-8 if verified and marked else None,
        tuple(Span(*span) for span in spans) if marked else (),
    )  # fmt: skip
    return MarkFinding(reading, KeyInfo(name, "0123abcd", state, signpost, "file", reason="stolen"))


PROOF = mark()
SIGNPOST = mark(KeyState.PUBLISHED, signpost=True, name="signpost")
REVOKED = mark(KeyState.REVOKED)
TRACES = mark(verified=False)
ABSENT = mark(marked=False)


@pytest.mark.parametrize("verdict", list(Verdict))
@pytest.mark.parametrize("llr", [None, -8.0, 0.0, 8.0])
def test_a_proof_makes_it_synthetic_and_names_the_key(verdict: Verdict, llr: float | None) -> None:
    after, reason, stands = verdict_with_marks(verdict, "The detector's reason.", llr, [ABSENT, PROOF], 10.0)
    assert after is Verdict.SYNTHETIC
    assert '"studio"' in reason
    assert "0x00000007" in reason
    assert "The detector's reason." in reason
    assert stands == pytest.approx((llr or 0.0) + MOST_LLR)


@pytest.mark.parametrize("verdict", list(Verdict))
def test_a_proof_for_a_part_makes_it_partly_synthetic(verdict: Verdict) -> None:
    part = mark(spans=((2.0, 4.0), (6.0, 7.0)))
    after, reason, llr = verdict_with_marks(verdict, "Why.", -3.0, [part], 10.0)
    assert after is (Verdict.SYNTHETIC if verdict is Verdict.SYNTHETIC else Verdict.PARTLY_SYNTHETIC)
    assert "0:02.0-0:04.0, 0:06.0-0:07.0" in reason
    assert llr == -3.0


@pytest.mark.parametrize("claim", [SIGNPOST, TRACES], ids=["signpost", "traces"])
@pytest.mark.parametrize("verdict", list(Verdict))
def test_a_claim_raises_suspicion_and_no_more(claim: MarkFinding, verdict: Verdict) -> None:
    after, reason, llr = verdict_with_marks(verdict, "Why.", -2.0, [claim, claim], 10.0)
    assert after is (verdict if verdict.is_finding else Verdict.LIKELY_SYNTHETIC)
    assert llr == -2.0
    assert "Why." in reason


@pytest.mark.parametrize(
    ("verdict", "marks"), list(itertools.product(Verdict, ([], [ABSENT], [REVOKED], [ABSENT, REVOKED])))
)
def test_no_mark_and_a_revoked_key_change_nothing(verdict: Verdict, marks: list[MarkFinding]) -> None:
    assert verdict_with_marks(verdict, "Why.", 1.0, marks, 10.0) == (verdict, "Why.", 1.0)


def test_a_retired_key_still_proves_and_a_retired_signpost_does_not() -> None:
    assert mark(KeyState.RETIRED).proof
    assert not mark(KeyState.RETIRED, signpost=True).proof
    assert mark_llr(mark(KeyState.RETIRED, signpost=True)) is None


@pytest.mark.parametrize(
    ("found", "outcome"),
    [(PROOF, "proof"), (SIGNPOST, "claim"), (REVOKED, "revoked"), (TRACES, "traces")],
)
def test_evidence(found: MarkFinding, outcome: str) -> None:
    [evidence] = mark_evidence([ABSENT, found])
    assert (evidence.kind, evidence.outcome, evidence.model) == ("watermark", outcome, "fake-1")
    assert (evidence.llr_synthetic is not None) == (outcome == "proof")
    assert evidence.p_value == (1e-9 if outcome == "traces" else 5e-8)
    assert evidence.cannot_tell


def test_absence_is_one_piece_of_evidence_that_says_it_is_nothing() -> None:
    [evidence] = mark_evidence([ABSENT, ABSENT])
    assert evidence.outcome == "absent"
    assert "carries no mark" in evidence.cannot_tell
    assert mark_evidence([]) == ()
