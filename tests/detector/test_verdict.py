"""Thresholds to verdicts: each side of each limit, partly synthetic, priors, and when to say nothing."""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from earwitness.contracts import ChannelScores, Occluded, Part, Window
from earwitness.detector import verdict
from earwitness.detector.calibrate import Calibration, Local, probability
from earwitness.detector.card import Card, Channel
from earwitness.detector.limits import Limits
from earwitness.detector.segments import COARSE_S
from earwitness.detector.verdict import decide, weigh
from earwitness.report import (
    Attribution,
    ChannelQuality,
    FileFacts,
    ModelInfo,
    Quality,
    Report,
    Thresholds,
    Verdict,
)

STEP_S = 0.08
DURATION_S = 9.6
LIMITS = {"synthetic": 3.0, "likely_synthetic": 1.5, "likely_human": -1.0}
THRESHOLDS = Thresholds(**LIMITS)
# The score of a step is its LLR.
LOCAL = Local(width=1, slope=1.0, share=0.0, offset=0.0, human=-1.0, stretch=2.0, contrast=99.0)
MODEL = ModelInfo(name="spectro", version="1", kind="detector", sha256="0" * 64)
VAD = ModelInfo(name="silero-vad", version="2", kind="vad")


@pytest.fixture(autouse=True)
def _card(monkeypatch: pytest.MonkeyPatch) -> None:
    open_map = Calibration(1.0, 0.0)
    card = Card("spectro", "1", "0" * 64, 38, 6, open_map, open_map, LIMITS)
    monkeypatch.setattr(verdict, "read_card", lambda: card)


def scored(
    llr: float | None,
    windows: list[float] | None = None,
    channel: int | None = None,
    steps: list[float | None] | None = None,
) -> ChannelScores:
    """Windows of 0.48 s, one after the other, and steps of 80 ms; None: a pause."""
    found = tuple(
        Window(round(COARSE_S * k, 3), round(COARSE_S * (k + 1), 3), value, 1.0)
        for k, value in enumerate(windows or [])
    )
    raw = None if steps is None else np.array([np.nan if s is None else s for s in steps], np.float32)
    return ChannelScores(channel, found, llr, None, raw)


def call(llr: float | None, prior: float = 0.5) -> tuple[Verdict, str]:
    return decide(scored(llr), THRESHOLDS, prior)


def report(*scores: ChannelScores, prior: float = 0.5, usable: bool = True) -> Report:
    facts = FileFacts(
        name="call.wav", sha256="0" * 64, size_bytes=1, duration_s=DURATION_S, container="wav",
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
    assert call(llr)[0] == expected


@pytest.mark.parametrize("prior", [0.01, 0.2, 0.5, 0.9])
@pytest.mark.parametrize("limit", [3.0, 1.5])
def test_a_prior_moves_the_limits_by_its_log_odds(prior: float, limit: float) -> None:
    moved = limit - math.log(prior / (1 - prior))
    below, above = (call(moved + d, prior)[0] for d in (-1e-6, 1e-6))
    assert below != above
    assert above == call(limit + 1e-6)[0]


def test_no_speech_no_verdict() -> None:
    found, reason = call(None)
    assert found == Verdict.INCONCLUSIVE
    assert "enough speech" in reason


@pytest.mark.parametrize("llr", [-6.0, 6.0])
def test_no_reason_claims_certainty_or_origin(llr: float) -> None:
    reason = call(llr)[1].lower()
    assert "100" not in reason
    assert " 0 %" not in reason
    assert "real" not in reason
    assert "proven" not in reason


HUMAN = [-3.0] * 40


def test_the_report_carries_everything() -> None:
    made = report(scored(2.0, [2.0] * 20))
    assert made.verdict == Verdict.LIKELY_SYNTHETIC
    assert made.llr_synthetic == 2.0
    assert made.p_synthetic == pytest.approx(probability(2.0), abs=1e-4)
    assert made.warnings == ("A warning.",)
    assert made.models == (MODEL, VAD)
    (evidence,) = made.evidence
    assert (evidence.outcome, evidence.model, evidence.llr_synthetic) == ("synthetic", "spectro", 2.0)
    assert evidence.cannot_tell
    assert made.segments[-1].end_s == pytest.approx(DURATION_S)


def test_the_headline_carries_the_prior_and_segments_equal_odds() -> None:
    made = report(scored(2.0, [2.0] * 20), prior=0.1)
    assert made.p_synthetic == pytest.approx(probability(2.0, 0.1), abs=1e-4)
    assert made.segments[0].p_synthetic == pytest.approx(probability(2.0), abs=1e-4)
    assert made.llr_synthetic == 2.0, "evidence is evidence, whatever was believed before"


def test_what_is_not_fit_to_be_judged_is_inconclusive_but_scored() -> None:
    made = report(scored(5.0, [5.0] * 20), usable=False)
    assert made.verdict == Verdict.INCONCLUSIVE
    assert made.reason == "Too noisy."
    assert made.llr_synthetic == 5.0
    assert made.evidence[0].outcome == "undecided"


def test_the_gravest_channel_decides() -> None:
    made = report(scored(-4.0, [-4.0] * 20, 0), scored(4.0, [4.0] * 20, 1))
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


@pytest.fixture
def local_card(monkeypatch: pytest.MonkeyPatch) -> Card:
    """A card that reads steps: as they are, and two lower in telephone band."""
    open_map, narrow = Calibration(1.0, 0.0), Calibration(0.5, -2.0)
    phone = Channel(narrow, narrow, LIMITS, replace(LOCAL, offset=-2.0))
    card = Card("spectro", "1", "0" * 64, 38, 6, open_map, open_map, LIMITS, LOCAL, phone)
    monkeypatch.setattr(verdict, "read_card", lambda: card)
    return card


def weighed(scores: ChannelScores, telephone: bool = False) -> Report:
    facts = report(scored(0.0)).file
    quality = Quality(speech_s=9.0, usable=True, telephone=telephone)
    return weigh(facts, quality, (), (scores,), (MODEL, VAD), 0.5)


SPLICED: list[float | None] = [*[-3.0] * 40, *[3.0] * 10, None, *[-3.0] * 68]


@pytest.mark.usefixtures("local_card")
def test_steps_find_and_bound_a_part() -> None:
    made = weighed(scored(-1.5, [-2.0] * 20, steps=SPLICED))
    assert made.verdict == Verdict.PARTLY_SYNTHETIC
    assert "0:03.2-0:04.0" in made.reason
    assert made.evidence[0].outcome == "partly_synthetic"
    assert [(s.start_s, s.end_s) for s in made.segments][39:42] == [(3.12, 3.2), (3.2, 3.28), (3.28, 3.36)]
    assert [s.llr_synthetic for s in made.segments][39:41] == [-3.0, 3.0]
    assert [(s.start_s, s.end_s) for s in made.segments if s.llr_synthetic is None] == [(4.0, 4.08)]
    assert made.segments[-1].end_s == DURATION_S


@pytest.mark.usefixtures("local_card")
def test_telephone_recordings_have_a_way_of_their_own_to_read_steps() -> None:
    made = weighed(scored(-1.5, [-2.0] * 20, steps=SPLICED), telephone=True)
    assert made.verdict != Verdict.PARTLY_SYNTHETIC, "3 - 2 reaches no limit"
    assert [s.llr_synthetic for s in made.segments][39:41] == [-5.0, 1.0]
    stronger: list[float | None] = [None if s is None else s + 1.0 for s in SPLICED]
    made = weighed(scored(-1.5, [-2.0] * 20, steps=stronger), telephone=True)
    assert made.verdict == Verdict.PARTLY_SYNTHETIC


def test_steps_are_read_with_the_windows_of_their_band(
    local_card: Card, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert local_card.telephone is not None
    shared = replace(LOCAL, slope=0.0, share=1.0)
    card = replace(local_card, local=shared, telephone=replace(local_card.telephone, local=shared))
    monkeypatch.setattr(verdict, "read_card", lambda: card)
    scores = scored(-1.5, [4.0] * 20, steps=[0.0] * 120)
    assert {s.llr_synthetic for s in weighed(scores).segments} == {4.0}
    assert {s.llr_synthetic for s in weighed(scores, telephone=True).segments} == {0.0}, "0.5 * 4 - 2"


@pytest.mark.usefixtures("local_card")
def test_a_detector_without_steps_is_shown_by_its_windows() -> None:
    made = weighed(scored(-1.5, [-2.0] * 8 + [4.0] * 4 + [-2.0] * 8))
    assert made.verdict == Verdict.LIKELY_HUMAN
    assert made.segments[0].end_s == COARSE_S


def test_a_card_without_a_reading_of_steps_leaves_them_alone() -> None:
    """Cards of earlier editions name limits of stretches that mean nothing any more."""
    made = report(scored(-1.5, [-2.0] * 20, steps=SPLICED))
    assert made.verdict == Verdict.LIKELY_HUMAN
    assert made.segments[0].end_s == COARSE_S


def test_a_threshold_that_a_card_lacks_is_not_invented(monkeypatch: pytest.MonkeyPatch) -> None:
    card = replace(verdict.read_card(), thresholds={"synthetic": 3.0})
    monkeypatch.setattr(verdict, "read_card", lambda: card)
    with pytest.raises(KeyError):
        report(scored(0.0))


def test_the_report_says_which_thresholds_were_in_force() -> None:
    assert report(scored(0.0)).thresholds == THRESHOLDS
    rare = report(scored(0.0), prior=0.1).thresholds or THRESHOLDS
    assert rare.synthetic == pytest.approx(3.0 + math.log(9), abs=1e-3)
    assert report(scored(None)).thresholds is report().thresholds is None


def test_limits_are_those_of_what_the_recording_went_through(monkeypatch: pytest.MonkeyPatch) -> None:
    table = {"likely_synthetic": (0.5, 2.5), "likely_human": (-0.5, -2.5)}
    card = replace(verdict.read_card(), limits=Limits(table))
    monkeypatch.setattr(verdict, "read_card", lambda: card)

    def through(shares: tuple[float, ...] | None, llr: float) -> Report:
        return report(replace(scored(llr), shares=shares))

    assert through((1.0, 0.0), 1.0).verdict == Verdict.LIKELY_SYNTHETIC
    assert through((1.0, 0.0), -1.0).verdict == Verdict.LIKELY_HUMAN
    assert {through((0.0, 1.0), llr).verdict for llr in (1.0, -1.0)} == {Verdict.INCONCLUSIVE}
    between = Thresholds(synthetic=3.0, likely_synthetic=1.5, likely_human=-1.5)
    assert through((0.5, 0.5), 0.0).thresholds == between
    assert through(None, 0.0).thresholds == THRESHOLDS


@pytest.mark.usefixtures("local_card")
def test_stretches_have_limits_by_channel_too(monkeypatch: pytest.MonkeyPatch) -> None:
    card = replace(verdict.read_card(), limits=Limits({"stretch": (2.0, 5.5), "contrast": (99.0, 99.0)}))
    monkeypatch.setattr(verdict, "read_card", lambda: card)
    made = scored(-1.5, [-2.0] * 20, steps=SPLICED)
    assert report(replace(made, shares=(1.0, 0.0))).verdict == Verdict.PARTLY_SYNTHETIC
    assert report(replace(made, shares=(0.0, 1.0))).verdict == Verdict.LIKELY_HUMAN


def test_a_telephone_recording_is_read_with_its_own_calibration(monkeypatch: pytest.MonkeyPatch) -> None:
    open_map, narrow = Calibration(1.0, 0.0), Calibration(0.5, -2.0)
    limits = {"synthetic": 2.0, "likely_synthetic": 0.9, "likely_human": -0.4}
    phone = Channel(narrow, narrow, limits)
    card = Card("spectro", "1", "0" * 64, 38, 6, open_map, open_map, LIMITS, telephone=phone)
    monkeypatch.setattr(verdict, "read_card", lambda: card)
    scores = scored(4.0, [4.0] * 20)
    assert weighed(scores).verdict == Verdict.SYNTHETIC
    assert weighed(scores).llr_synthetic == 4.0
    told = weighed(scores, telephone=True)
    assert told.verdict == Verdict.INCONCLUSIVE, "0.5 * 4 - 2 = 0 lies between the limits"
    assert told.llr_synthetic == 0.0
    assert told.evidence[0].llr_synthetic == 0.0
    assert {s.llr_synthetic for s in told.segments if s.llr_synthetic is not None} == {0.0}


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
    card = Card("spectro", "1", "0" * 64, 38, 6, open_map, open_map, LIMITS, None, phone)
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
