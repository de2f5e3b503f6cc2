"""Thresholds to verdicts: each side of each limit, partly synthetic, priors, and when to say nothing."""

import math
from collections.abc import Sequence

import pytest

from earwitness.contracts import ChannelScores, Occluded, Part, Window
from earwitness.detector import verdict
from earwitness.detector.calibrate import Calibration, probability
from earwitness.detector.model import Card, Channel
from earwitness.detector.segments import STEP_S
from earwitness.detector.verdict import Thresholds, decide, weigh
from earwitness.report import Attribution, ChannelQuality, FileFacts, ModelInfo, Quality, Report, Verdict

LIMITS = {"synthetic": 3.0, "likely_synthetic": 1.5, "likely_human": -1.0, "stretch": 2.0}
THRESHOLDS = Thresholds(**LIMITS)
MODEL = ModelInfo(name="spectro", version="1", kind="detector", sha256="0" * 64)
VAD = ModelInfo(name="silero-vad", version="2", kind="vad")


@pytest.fixture(autouse=True)
def _card(monkeypatch: pytest.MonkeyPatch) -> None:
    open_map = Calibration(1.0, 0.0)
    card = Card("spectro", "1", "0" * 64, 38, 6, open_map, open_map, LIMITS)
    monkeypatch.setattr(verdict, "read_card", lambda: card)


def scored(
    llr: float | None, steps: list[float | None] | None = None, channel: int | None = None
) -> ChannelScores:
    """Windows as long as a step: their LLRs are those of the time line. None: a pause."""
    windows = tuple(
        Window(round(STEP_S * k, 3), round(STEP_S * (k + 1), 3), value, 1.0)
        for k, value in enumerate(steps or [])
        if value is not None
    )
    return ChannelScores(channel, windows, llr)


def call(scores: ChannelScores, prior: float = 0.5) -> tuple[Verdict, str]:
    return decide(scores, 100 * STEP_S, THRESHOLDS, prior)


def report(*scores: ChannelScores, prior: float = 0.5, usable: bool = True) -> Report:
    facts = FileFacts(
        name="call.wav", sha256="0" * 64, size_bytes=1, duration_s=100 * STEP_S, container="wav",
        codec="pcm_s16le", sample_rate=16_000, channels=max(1, len(scores)),
    )  # fmt: skip
    quality = Quality(
        speech_s=9.0,
        usable=usable,
        reasons=() if usable else ("Too noisy.",),
        channels=(ChannelQuality(speech_s=9),),
    )
    return weigh(facts, quality, ("A warning.",), scores, (MODEL, VAD), prior)


@pytest.mark.parametrize(
    ("llr", "expected"),
    [
        (6.0, Verdict.SYNTHETIC),
        (3.0, Verdict.SYNTHETIC),
        (2.99, Verdict.LIKELY_SYNTHETIC),
        (1.5, Verdict.LIKELY_SYNTHETIC),
        (1.49, Verdict.INCONCLUSIVE),
        (-0.99, Verdict.INCONCLUSIVE),
        (-1.0, Verdict.LIKELY_HUMAN),
        (-6.0, Verdict.LIKELY_HUMAN),
    ],
)
def test_each_side_of_each_limit(llr: float, expected: Verdict) -> None:
    assert call(scored(llr))[0] == expected


@pytest.mark.parametrize("prior", [0.01, 0.2, 0.5, 0.9])
@pytest.mark.parametrize("limit", [3.0, 1.5])
def test_a_prior_moves_the_limits_by_its_log_odds(prior: float, limit: float) -> None:
    moved = limit - math.log(prior / (1 - prior))
    below, above = (call(scored(moved + d), prior)[0] for d in (-1e-6, 1e-6))
    assert below != above
    assert above == call(scored(limit + 1e-6))[0]


def test_no_speech_no_verdict() -> None:
    found, reason = call(scored(None))
    assert found == Verdict.INCONCLUSIVE
    assert "enough speech" in reason


@pytest.mark.parametrize("llr", [-6.0, 6.0])
def test_no_reason_claims_certainty_or_origin(llr: float) -> None:
    reason = call(scored(llr))[1].lower()
    assert "100" not in reason
    assert " 0 %" not in reason
    assert "real" not in reason
    assert "proven" not in reason


HUMAN = [-3.0] * 20


def test_a_synthetic_stretch_in_a_human_recording() -> None:
    found, reason = call(scored(-0.5, [*HUMAN, *[4.0] * 6, *HUMAN]))
    assert found == Verdict.PARTLY_SYNTHETIC
    assert "0:09.6-0:12.5" in reason


@pytest.mark.parametrize(
    ("why", "steps"),
    [
        ("too short", [*HUMAN, 4.0, 4.0, 4.0, *HUMAN]),
        ("too short, however long the pause in it", [*HUMAN, 4.0, 4.0, *[None] * 30, 4.0, *HUMAN]),
        ("not strong enough", [*HUMAN, *[1.7] * 6, *HUMAN]),
        ("nothing clearly human beside it", [*[0.5] * 20, *[4.0] * 6, *[0.5] * 20]),
        ("too little that is clearly human", [*[0.5] * 20, *[4.0] * 6, *[-3.0] * 3]),
        ("human on both sides of a pause, too little", [-3.0, -3.0, *[None] * 30, -3.0, *[4.0] * 6]),
    ],
)
def test_not_partly_synthetic(why: str, steps: list[float | None]) -> None:
    assert call(scored(0.0, steps))[0] == Verdict.INCONCLUSIVE, why


def test_four_steps_are_enough() -> None:
    for lead in range(12):  # sums of steps must not fall short by rounding
        steps = [*[-3.0] * (lead + 4), *[4.0] * 4, -3.0]
        assert call(scored(0.0, steps))[0] == Verdict.PARTLY_SYNTHETIC


def test_synthetic_throughout_is_not_partly() -> None:
    assert call(scored(4.0, [4.0] * 40))[0] == Verdict.SYNTHETIC


def test_a_prior_moves_stretches_too() -> None:
    scores = scored(-0.5, [*HUMAN[:17], *[1.7] * 6, *HUMAN[:17]])
    seconds = 40 * STEP_S  # under 20 s, beyond which a stretch must stand out more
    assert decide(scores, seconds, THRESHOLDS, 0.5)[0] == Verdict.INCONCLUSIVE
    assert decide(scores, seconds, THRESHOLDS, 0.6)[0] == Verdict.PARTLY_SYNTHETIC


def test_more_than_five_places_are_counted() -> None:
    steps = [*[-3.0] * 6, *[4.0] * 5] * 7
    reason = call(scored(0.0, [*steps, -3.0]))[1]
    assert "and 2 more" in reason


def test_minutes_are_never_sixty_seconds() -> None:
    steps = [*[-3.0] * 100, *[4.0] * 25, *[-3.0] * 5]  # ends at 60.0 s
    assert "0:48.0-1:00.0" in decide(scored(0.0, steps), 130 * STEP_S, THRESHOLDS, 0.5)[1]


def test_the_report_carries_everything() -> None:
    made = report(scored(2.0, [2.0] * 100))
    assert made.verdict == Verdict.LIKELY_SYNTHETIC
    assert made.llr_synthetic == 2.0
    assert made.p_synthetic == pytest.approx(probability(2.0), abs=1e-4)
    assert made.warnings == ("A warning.",)
    assert made.models == (MODEL, VAD)
    (evidence,) = made.evidence
    assert (evidence.outcome, evidence.model, evidence.llr_synthetic) == ("synthetic", "spectro", 2.0)
    assert evidence.cannot_tell
    assert made.segments[-1].end_s == pytest.approx(100 * STEP_S)


def test_the_headline_carries_the_prior_and_segments_equal_odds() -> None:
    made = report(scored(2.0, [2.0] * 100), prior=0.1)
    assert made.p_synthetic == pytest.approx(probability(2.0, 0.1), abs=1e-4)
    assert made.segments[0].p_synthetic == pytest.approx(probability(2.0), abs=1e-4)
    assert made.llr_synthetic == 2.0, "evidence is evidence, whatever was believed before"


def test_what_is_not_fit_to_be_judged_is_inconclusive_but_scored() -> None:
    made = report(scored(5.0, [5.0] * 100), usable=False)
    assert made.verdict == Verdict.INCONCLUSIVE
    assert made.reason == "Too noisy."
    assert made.llr_synthetic == 5.0
    assert made.evidence[0].outcome == "undecided"


def test_the_gravest_channel_decides() -> None:
    made = report(scored(-4.0, [-4.0] * 100, 0), scored(4.0, [4.0] * 100, 1))
    assert made.verdict == Verdict.SYNTHETIC
    assert made.reason.startswith("Channel 2:")
    assert made.llr_synthetic == 4.0
    assert [e.channel for e in made.evidence] == [0, 1]
    assert [e.outcome for e in made.evidence] == ["human", "synthetic"]
    assert {s.channel for s in made.segments} == {0, 1}


def test_among_equals_the_higher_score_decides() -> None:
    made = report(scored(-4.0, [-4.0] * 9, 0), scored(-2.0, [-2.0] * 9, 1))
    assert made.llr_synthetic == -2.0


def test_a_side_on_which_nobody_spoke_decides_nothing() -> None:
    made = report(scored(None, [], 0), scored(-2.0, [-2.0] * 9, 1))
    assert made.verdict == Verdict.LIKELY_HUMAN
    assert made.llr_synthetic == -2.0
    assert [e.outcome for e in made.evidence] == ["not_run", "human"]


def test_a_recording_that_could_not_be_scored() -> None:
    made = report(scored(None))
    assert made.verdict == Verdict.INCONCLUSIVE
    assert made.p_synthetic is None
    assert made.llr_synthetic is None
    assert made.evidence[0].outcome == "not_run"
    (segment,) = made.segments
    assert segment.p_synthetic is None


def test_no_channels_no_verdict() -> None:
    made = report()
    assert made.verdict == Verdict.INCONCLUSIVE
    assert made.reason


@pytest.mark.parametrize(("raised", "rest", "verdict"), [
    (1.2, -3.0, Verdict.PARTLY_SYNTHETIC),
    (1.2, -1.5, Verdict.LIKELY_HUMAN),
    (-0.1, -5.0, Verdict.LIKELY_HUMAN),
])  # fmt: skip
def test_a_step_within_one_recording_is_a_splice(raised: float, rest: float, verdict: Verdict) -> None:
    """The stretch is too weak for a verdict of its own; that the rest is so human makes it one."""
    limits = Thresholds(**LIMITS, contrast=4.0)
    steps = [rest] * 12 + [raised] * 6 + [rest] * 12
    found, reason = decide(scored(-1.5, list(steps)), 30 * STEP_S, limits, 0.5)
    assert found == verdict
    assert ("0:05.8-0:08.6" in reason) == (verdict == Verdict.PARTLY_SYNTHETIC)
    without = Thresholds(**LIMITS)
    assert decide(scored(-1.5, list(steps)), 30 * STEP_S, without, 0.5)[0] == Verdict.LIKELY_HUMAN


@pytest.mark.parametrize(
    ("steps", "verdict"), [(60, Verdict.PARTLY_SYNTHETIC), (6_000, Verdict.LIKELY_HUMAN)]
)
def test_the_longer_the_recording_the_more_a_stretch_must_stand_out(steps: int, verdict: Verdict) -> None:
    """The same six steps in half a minute and in three quarters of an hour of people."""
    limits = Thresholds(**LIMITS, contrast=4.0)
    for raised in (1.8, 2.9):  # a step, and a stretch above its own limit
        rest = [-2.8] * (steps // 2)
        found, _ = decide(scored(-1.5, [*rest, *[raised] * 6, *rest]), (steps + 6) * STEP_S, limits, 0.5)
        assert found == verdict


def test_a_short_step_is_no_splice() -> None:
    limits = Thresholds(**LIMITS, contrast=4.0)
    steps = [-3.0] * 12 + [1.2] * 3 + [-3.0] * 12
    assert decide(scored(-1.5, list(steps)), 27 * STEP_S, limits, 0.5)[0] == Verdict.LIKELY_HUMAN


def test_a_telephone_recording_is_read_with_its_own_calibration(monkeypatch: pytest.MonkeyPatch) -> None:
    open_map, narrow = Calibration(1.0, 0.0), Calibration(0.5, -2.0)
    limits = {"synthetic": 2.0, "likely_synthetic": 0.9, "likely_human": -0.4, "stretch": 1.0}
    phone = Channel(narrow, narrow, limits)
    card = Card("spectro", "1", "0" * 64, 38, 6, open_map, open_map, LIMITS, phone)
    monkeypatch.setattr(verdict, "read_card", lambda: card)
    facts = report(scored(0.0)).file
    scores = (scored(4.0, [4.0] * 20),)

    def told(telephone: bool) -> Report:
        quality = Quality(speech_s=9.0, usable=True, telephone=telephone)
        return weigh(facts, quality, (), scores, (MODEL, VAD), 0.5)

    assert told(False).verdict == Verdict.SYNTHETIC
    assert told(False).llr_synthetic == 4.0
    assert told(True).verdict == Verdict.INCONCLUSIVE, "0.5 * 4 - 2 = 0 lies between the limits"
    assert told(True).llr_synthetic == 0.0
    assert told(True).evidence[0].llr_synthetic == 0.0
    assert {s.llr_synthetic for s in told(True).segments if s.llr_synthetic is not None} == {0.0}


def test_only_findings_name_a_kind_of_generator(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int | None] = []

    def name(scores: Sequence[ChannelScores]) -> tuple[Attribution, ...]:
        asked.extend(one.channel for one in scores)
        return tuple(
            Attribution(
                family="codec", p_family=0.9, engine="E", p_engine=0.5, distance=0.5, channel=one.channel
            )
            for one in scores
        )

    monkeypatch.setattr(verdict, "attributions", name)
    found = report(scored(-3.0, channel=0), scored(4.0, channel=1))
    assert asked == [1], "the human side has no generator"
    assert [one.channel for one in found.attribution] == [1]
    assert [e.outcome for e in found.evidence if e.kind == "attribution"] == ["codec"]
    for nothing in (report(scored(-3.0)), report(scored(0.0)), report(scored(4.0), usable=False)):
        assert nothing.attribution == ()
        assert not [e for e in nothing.evidence if e.kind == "attribution"]
    assert asked == [1]


def test_what_the_detector_reacted_to_is_read_as_telephone_where_it_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    open_map = Calibration(1.0, 0.0)
    phone = Channel(open_map, Calibration(0.5, 1.0), LIMITS)
    card = Card("spectro", "1", "0" * 64, 38, 6, open_map, open_map, LIMITS, phone)
    monkeypatch.setattr(verdict, "read_card", lambda: card)
    tried = Occluded(0.0, 3.0, 4.0, (Part(0.0, 3.0, 0.0, 500.0, 1.0),))
    facts = FileFacts(
        name="call.wav", sha256="0" * 64, size_bytes=1, duration_s=3.0, container="wav",
        codec="pcm_s16le", sample_rate=16_000, channels=1,
    )  # fmt: skip
    for telephone, llr, drop in ((False, 4.0, 3.0), (True, 3.0, 1.5)):
        quality = Quality(speech_s=9.0, usable=True, telephone=telephone)
        done = weigh(facts, quality, (), [ChannelScores(None, (), 2.0, occluded=(tried,))], (MODEL,), 0.5)
        [found] = done.explanation
        assert (found.llr_synthetic, found.bands[0].drop_llr) == (llr, drop)
    assert report(scored(2.0)).explanation == ()
