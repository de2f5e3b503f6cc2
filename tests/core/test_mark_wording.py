"""core/mark_wording.py: no sentence claims more than its mark is worth."""

from __future__ import annotations

import pytest

from earwitness.key_rings import KeyInfo, KeyState, MarkFinding
from earwitness.mark_wording import absent_sentence, cannot_tell, payload_text, sentence, weightiest
from earwitness.marks import Reading, Span


def finding(
    state: KeyState = KeyState.ACTIVE, *, verified: bool = True, p: float = 1e-9, spans: int = 1,
    channel: int | None = None, marked: bool = True,
) -> MarkFinding:  # fmt: skip
    signpost = state is KeyState.PUBLISHED
    where = tuple(Span(10.0 * n, 10.0 * n + 4.0) for n in range(spans))
    reading = Reading(
        "fake-1", "studio", "0123abcd", signpost, marked, p, verified, 255 if verified else None,
        1e-8 if verified else None, where,
    )  # fmt: skip
    return MarkFinding(
        reading, KeyInfo("studio", "0123abcd", state, signpost, "file", reason="lost"), channel
    )


ALL = [finding(state, verified=verified) for state in KeyState for verified in (True, False)]


def test_a_proof_names_key_and_record_and_place() -> None:
    text = sentence(finding(spans=2, channel=1))
    assert '"studio" (0123abcd)' in text
    assert "0x000000ff" in text
    assert "in channel 2 at 0:00.0-0:04.0, 0:10.0-0:14.0" in text


def test_marks_of_others_are_claims_that_may_be_none() -> None:
    reading = Reading("s-1", "s-1", "", True, True, None, False, 7, None, (Span(1.0, 2.0),), score=0.9)
    found = MarkFinding(reading, KeyInfo("s-1", "", KeyState.PUBLISHED, True, "package"))
    assert "mark of the scheme s-1 with the message 7 was found at 0:01.0-0:02.0" in sentence(found)
    assert "anybody else can make" in sentence(found)
    assert "some unmarked recordings for marked" in cannot_tell(found)
    assert not found.proof
    assert weightiest([found, finding()]) != found


def test_claims_say_that_anybody_can_make_them() -> None:
    assert "anybody can make" in sentence(finding(KeyState.PUBLISHED))
    text = sentence(finding(KeyState.REVOKED))
    assert "revoked (lost)" in text
    assert "proves nothing" in text


@pytest.mark.parametrize("one", ALL)
def test_no_words_of_certainty(one: MarkFinding) -> None:
    for text in (sentence(one), cannot_tell(one)):
        for word in ("tamper-proof", "certain", "guarantee", "authentic", "genuine", "human"):
            assert word not in text.lower()


def test_unverified_traces_name_no_record() -> None:
    text = sentence(finding(verified=False))
    assert "0x" not in text
    assert "Traces" in text


def test_many_places_are_counted() -> None:
    assert "and 3 more" in sentence(finding(spans=8))


def test_the_weightiest_comes_first() -> None:
    proof, claim = finding(p=1e-7), finding(KeyState.PUBLISHED, p=1e-20)
    traces = finding(verified=False, p=1e-30)
    none = finding(verified=False, marked=False, p=0.2)
    assert weightiest([none, traces, claim, proof]) is proof
    assert weightiest([none, traces, claim]) is claim
    assert weightiest([none, traces]) is traces
    assert weightiest([none]) is None
    assert weightiest([]) is None


def test_small_words() -> None:
    assert payload_text(None) == "none"
    assert payload_text(2**40) == "0x10000000000"
    assert "no key" in absent_sentence(0)
    assert "3 known keys" in absent_sentence(3)
