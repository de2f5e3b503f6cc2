"""Reasons claim no trace that is not there and deny none that is: what rests on the prior says so."""

from __future__ import annotations

import numpy as np
import pytest

from earwitness.contracts import ChannelScores, Window
from earwitness.detector import verdict
from earwitness.detector.calibrate import Calibration, Local
from earwitness.detector.card import Card
from earwitness.detector.conditions import Conditions
from earwitness.detector.limits import Limits
from earwitness.detector.reasons import raised_limits
from earwitness.detector.verdict import weigh
from earwitness.report import FileFacts, Quality, Report, Verdict
from earwitness.timeline import standing_out
from earwitness.wording import AT_YOUR_ODDS, MEANING, meaning

COARSE_S = 0.48
DURATION_S = 9.6
# The score of a step is its LLR.
LOCAL = Local(width=1, slope=1.0, share=0.0, offset=0.0, human=-1.0, stretch=2.0, contrast=99.0)
KINDS = ("clean", "mp3_32k", "other")
CARD = Card(
    "spectro", "1", "0" * 64, 38, 6, Calibration(1.0, 0.0), Calibration(1.0, 0.0),
    {"synthetic": 3.0, "likely_synthetic": 1.5, "likely_human": -1.0}, LOCAL,
    conditions=Conditions(KINDS, np.zeros((3, 1)), np.zeros(3), np.zeros(3), np.zeros(3)),
    limits=Limits({"synthetic": (3.0, 4.0, 4.0), "likely_synthetic": (1.5, 3.5, 3.5)}),
)  # fmt: skip


@pytest.fixture(autouse=True)
def _card(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verdict, "read_card", lambda: CARD)


def judged(llr: float, prior: float = 0.5, steps: list[float] | None = None, kind: int = 0) -> Report:
    """kind: of channel, sure. steps: of 80 ms; None: the detector has none."""
    facts = FileFacts(
        name="call.wav", sha256="0" * 64, size_bytes=1, duration_s=DURATION_S, container="wav",
        codec="pcm_s16le", sample_rate=16_000, channels=1,
    )  # fmt: skip
    windows = tuple(Window(COARSE_S * k, COARSE_S * (k + 1), llr, 1.0) for k in range(20))
    raw = None if steps is None else np.array(steps, np.float32)
    shares = tuple(float(k == kind) for k in range(len(KINDS)))
    scores = ChannelScores(None, windows, llr, None, raw, shares=shares)
    return weigh(facts, Quality(speech_s=9.0, usable=True), (), (scores,), (), prior)


@pytest.mark.parametrize(
    ("llr", "prior", "expected", "outcome", "alone"),
    [
        (2.0, 0.001, "likely_human", "synthetic", "has traces of a speech generator (LLR +2.00)"),
        (1.2, 0.001, "likely_human", "undecided", "speaks for synthetic speech, too weakly to call it"),
        (-0.9, 0.9, "inconclusive", "undecided", None),
        (-1.84, 0.999, "synthetic", "human", "has no traces of a known speech generator (LLR -1.84)"),
        (0.05, 0.99, "synthetic", "undecided", "speaks for neither side (LLR +0.05)"),
        (4.0, 0.02, "inconclusive", "synthetic", "has strong traces of a speech generator (LLR +4.00)"),
        (2.0, 0.9, "synthetic", "synthetic", "has traces of a speech generator (LLR +2.00)"),
    ],
)
def test_a_verdict_that_rests_on_the_prior_says_so(
    llr: float, prior: float, expected: str, outcome: str, alone: str | None
) -> None:
    made = judged(llr, prior)
    assert (made.verdict, made.prior, made.evidence[0].outcome) == (expected, prior, outcome)
    if alone is None:
        assert (AT_YOUR_ODDS in made.reason, meaning(made)) == (False, MEANING[made.verdict])
        return
    assert made.reason.startswith(AT_YOUR_ODDS)
    assert alone in made.reason
    assert "odds that you gave" in meaning(made)
    assert "races" not in meaning(made), "it neither claims traces nor denies them"


def test_a_prior_that_changes_nothing_is_not_blamed() -> None:
    made = judged(-4.0, 0.6)
    assert made.verdict == Verdict.LIKELY_HUMAN
    assert made.reason.startswith("No traces")
    assert meaning(made) == MEANING[Verdict.LIKELY_HUMAN]


def spliced(*runs: tuple[float, int]) -> list[float]:
    """Runs of (LLR, steps), human speech behind them."""
    steps = [llr for llr, count in runs for _ in range(count)]
    return steps + [-3.0] * (120 - len(steps))


def test_parts_that_only_the_prior_calls_are_not_said_to_be_traces() -> None:
    steps = spliced((-3.0, 40), (1.5, 10))
    assert judged(-1.5, steps=steps).verdict == Verdict.LIKELY_HUMAN
    made = judged(-1.5, 0.7, steps)
    assert made.verdict == Verdict.PARTLY_SYNTHETIC
    assert "stretches are called at 0:03.2-0:04.0" in made.reason
    assert "The recording alone has no traces of a known speech generator" in made.reason
    assert made.evidence[0].outcome == "human"


def test_parts_that_the_prior_hides_are_told() -> None:
    made = judged(-1.5, 0.2, spliced((-3.0, 40), (3.0, 10)))
    assert made.verdict == Verdict.LIKELY_HUMAN
    assert "The recording alone has traces of a generator at 0:03.2-0:04.0" in made.reason
    assert made.evidence[0].outcome == "partly_synthetic"


def test_the_rest_sounds_human_only_where_nothing_else_stands_out() -> None:
    made = judged(-1.5, steps=spliced((-3.0, 40), (3.0, 10), (-3.0, 10), (1.8, 2)))
    assert made.reason.endswith("at 0:03.2-0:04.0; the rest sounds human."), "two steps are what chance does"
    made = judged(-1.5, steps=spliced((-3.0, 40), (3.0, 10), (-3.0, 10), (1.8, 10)))
    assert made.reason.endswith("at 0:03.2-0:04.0; 1 other is raised, too weakly to be called.")
    shown, weak = standing_out(made)
    assert [(s.start_s, s.end_s) for s in shown] == [(3.2, 4.0)]
    assert weak == 1


@pytest.mark.parametrize(
    ("llr", "kind", "said"),
    [
        (2.95, 1, "After heavy compression, more is asked for than in a clean recording."),
        (2.95, 2, None),  # a kind that has no words
        (0.5, 1, None),  # too weak for a clean recording as well
    ],
)
def test_limits_that_are_higher_for_a_reason_say_which(llr: float, kind: int, said: str | None) -> None:
    made = judged(llr, kind=kind)
    assert made.verdict == Verdict.INCONCLUSIVE
    assert made.reason.endswith(said or " %).")


def test_limits_are_raised_by_nothing_where_nothing_is_known() -> None:
    assert raised_limits(("clean", "gsm"), None, (1.0, 2.0), 1.5) is None
    assert raised_limits(("studio", "gsm"), (0.0, 1.0), (1.0, 2.0), 1.5) is None
    assert raised_limits(("clean", "gsm"), (0.0, 1.0), (1.0, 2.0), 1.5) == "a telephone codec"
