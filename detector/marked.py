"""What marks do to a verdict: a private mark is proof, a published one a claim, none is nothing."""

from __future__ import annotations

import math
from collections.abc import Sequence

from earwitness.key_rings import KeyState, MarkFinding
from earwitness.mark_wording import ABSENT_CANNOT_TELL, absent_sentence, cannot_tell, sentence, weightiest
from earwitness.report import Evidence, Verdict

__all__ = ["WHOLE", "covered", "mark_evidence", "mark_llr", "verdict_with_marks"]

MOST_LLR = 16.0  # a forged payload verifies with probability 2^-24 = e^-16.6; no mark says more than that
WHOLE = 0.5  # share of the recording from which on a mark speaks for all of it
_MOST_EVIDENCE = 20


def mark_evidence(marks: Sequence[MarkFinding], copied: Sequence[MarkFinding] = ()) -> tuple[Evidence, ...]:
    """A piece of evidence for each mark that was found, or one that says that none was.

    copied: those among them that were transferred from another recording.
    """
    found = [mark for mark in marks if mark.reading.marked or mark.reading.verified]
    if not marks:
        return ()
    if not found:
        keys = len({mark.reading.key_id for mark in marks})
        absent = Evidence(
            kind="watermark",
            outcome="absent",
            sentence=absent_sentence(keys),
            cannot_tell=ABSENT_CANNOT_TELL,
            model=marks[0].reading.scheme,
        )
        return (absent,)
    return tuple(_evidence(mark, copied=mark in copied) for mark in found[:_MOST_EVIDENCE])


def mark_llr(mark: MarkFinding) -> float | None:
    """Natural-log likelihood ratio of a proof: its holder marks generated speech, chance hardly ever does."""
    if not mark.proof:
        return None
    p = mark.reading.p_payload
    return min(MOST_LLR, -math.log(max(p, 1e-12))) if p is not None else MOST_LLR


def verdict_with_marks(
    verdict: Verdict, reason: str, llr: float | None, marks: Sequence[MarkFinding], duration_s: float
) -> tuple[Verdict, str, float | None]:
    """The verdict, its reason and its LLR once the marks are weighed in.

    verdict, reason, llr: what the detector says. A proof makes it "synthetic", or "partly synthetic" where it
    covers less than half; a claim raises it to "likely synthetic" at most and leaves the LLR alone, because
    anybody can make it; a mark of a revoked key changes nothing.
    """
    best = weightiest(marks)
    if best is None:
        return verdict, reason, llr
    said = f"{sentence(best)} Without the mark: {reason}"
    if best.proof:
        if covered(best, duration_s) < WHOLE:
            part = Verdict.SYNTHETIC if verdict is Verdict.SYNTHETIC else Verdict.PARTLY_SYNTHETIC
            return part, said, llr
        return Verdict.SYNTHETIC, said, (llr or 0.0) + (mark_llr(best) or 0.0)
    if best.key.state is KeyState.REVOKED or verdict.is_finding:
        return verdict, reason, llr
    return Verdict.LIKELY_SYNTHETIC, said, llr


def covered(mark: MarkFinding, duration_s: float) -> float:
    """Share of the recording that carries the mark, 0..1; a mark without places counts as everywhere."""
    spans = mark.reading.spans
    if not spans or duration_s <= 0:
        return 1.0
    return sum(span.end_s - span.start_s for span in spans) / duration_s


def _evidence(mark: MarkFinding, *, copied: bool) -> Evidence:
    reading = mark.reading
    if copied:
        outcome = "transferred"
    elif mark.key.state is KeyState.REVOKED:
        outcome = "revoked"
    elif mark.proof:
        outcome = "proof"
    else:
        outcome = "claim" if reading.verified else "traces"
    llr = None if copied else mark_llr(mark)
    told = sentence(mark)
    if copied:
        told = f"{told} But this mark was copied here from another recording."
    return Evidence(
        kind="watermark",
        outcome=outcome,
        sentence=told,
        cannot_tell=cannot_tell(mark),
        llr_synthetic=None if llr is None else round(llr, 3),
        p_value=reading.p_payload if reading.verified else reading.p_marked,
        channel=mark.channel,
        model=reading.scheme,
    )
