"""Why a channel was called what it was called, in words that claim no trace that the evidence does not have.

A prior moves verdicts by its log-odds, and it can move them to the other side of what was heard. Where the
verdict is another than at equal odds, the reason says that it rests on the odds given, and what the recording
alone says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from earwitness.detector.calibrate import probability
from earwitness.detector.segments import Stretch
from earwitness.report import Verdict
from earwitness.wording import AT_YOUR_ODDS, clock, percent

__all__ = ["MOST_TOLD", "Call", "raised_limits", "reason_of"]

MOST_TOLD = 5  # stretches named in a reason
NEITHER = 0.14  # LLR: odds under 1.15 speak for neither side, as in ``wording.llr_words``
_KINDS = {
    "g711": "a telephone line",
    "gsm": "a telephone codec",
    "mp3_32k": "heavy compression",
    "opus_16k": "heavy compression",
    "noise_20db": "noise",
}
"""Kinds of channel that the card knows beside the clean one, as they are said."""
_CLEAN = "clean"


@dataclass(frozen=True, slots=True)
class Call:
    """A verdict, and the stretches that it rests on where it is partly synthetic.

    others: how many stretches stand out beside those, too weakly to be called.
    """

    verdict: Verdict
    parts: tuple[Stretch, ...] = ()
    others: int = 0


def reason_of(call: Call, alone: Call, llr: float, prior: float, cause: str | None = None) -> str:
    """One or two sentences. alone: the call at equal odds. cause: of ``raised_limits``, where it decided."""
    if (call.verdict, call.parts) == (alone.verdict, alone.parts):
        return _found(call, f"probability of synthetic speech {percent(probability(llr, prior))}", cause)
    where = f" stretches are called at {_places(call.parts)};" if call.parts else ""
    return (
        f"{AT_YOUR_ODDS} ({percent(prior)} before looking){where} the probability of synthetic speech is "
        f"{percent(probability(llr, prior))}. The recording alone {_says(alone, llr)} (LLR {llr:+.2f})."
    )


def raised_limits(
    names: Sequence[str], shares: Sequence[float] | None, limits: Sequence[float], llr: float
) -> str | None:
    """What a recording went through, where it would be called with this LLR if it were clean; else None.

    names, shares, limits: of the kinds of channel that the card knows: name, probability, LLR asked for.
    """
    if not shares or _CLEAN not in names:
        return None
    likeliest = max(range(len(names)), key=lambda k: shares[k])
    clean = limits[list(names).index(_CLEAN)]
    return _KINDS.get(names[likeliest]) if clean <= llr < limits[likeliest] else None


def _found(call: Call, said: str, cause: str | None) -> str:
    if call.verdict is Verdict.PARTLY_SYNTHETIC:
        rest = "the rest sounds human"
        if call.others:
            one = call.others == 1
            rest = f"{call.others} other{' is' if one else 's are'} raised, too weakly to be called"
        return f"Traces of a generator stand out at {_places(call.parts)}; {rest}."
    asked = f" After {cause}, more is asked for than in a clean recording." if cause else ""
    return {
        Verdict.SYNTHETIC: f"Strong traces of a speech generator throughout ({said}).",
        Verdict.LIKELY_SYNTHETIC: f"Traces of a speech generator ({said}).",
        Verdict.LIKELY_HUMAN: f"No traces of a known speech generator ({said}).",
    }.get(call.verdict, f"The traces are too weak to call it either way ({said}).{asked}")


def _says(alone: Call, llr: float) -> str:
    """What the evidence says without the odds given, as the end of a sentence."""
    if alone.verdict is Verdict.PARTLY_SYNTHETIC:
        return f"has traces of a generator at {_places(alone.parts)}"
    if alone.verdict is Verdict.INCONCLUSIVE:
        if abs(llr) < NEITHER:
            return "speaks for neither side"
        side = "synthetic" if llr > 0 else "human"
        return f"speaks for {side} speech, too weakly to call it"
    return {
        Verdict.SYNTHETIC: "has strong traces of a speech generator",
        Verdict.LIKELY_SYNTHETIC: "has traces of a speech generator",
    }.get(alone.verdict, "has no traces of a known speech generator")


def _places(parts: Sequence[Stretch]) -> str:
    named = [f"{clock(s.start_s, tenths=True)}-{clock(s.end_s, tenths=True)}" for s in parts[:MOST_TOLD]]
    more = f" and {len(parts) - MOST_TOLD} more" if len(parts) > MOST_TOLD else ""
    return f"{', '.join(named)}{more}"
