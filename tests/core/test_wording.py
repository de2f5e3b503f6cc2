"""The words never claim more than the numbers."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest

from earwitness.report import Evidence, Report, Verdict
from earwitness.wording import (
    FOOTNOTE,
    MEANING,
    TITLE,
    channel_name,
    clean,
    clock,
    file_size,
    llr_words,
    meaning,
    percent,
    prior_words,
    score_words,
    threshold_words,
    what_would_help,
)


@pytest.mark.parametrize(
    ("p", "words"),
    [
        (0.0, "under 0.1 %"),
        (0.0009, "under 0.1 %"),
        (0.004, "0.4 %"),
        (0.5, "50 %"),
        (0.934, "93 %"),
        (0.995, "99.5 %"),
        (0.9995, "over 99.9 %"),
        (1.0, "over 99.9 %"),
    ],
)
def test_percent(p: float, words: str) -> None:
    assert percent(p) == words


def test_no_probability_reads_as_certainty() -> None:
    for thousandth in range(1001):
        assert percent(thousandth / 1000) not in ("0 %", "100 %", "0.0 %", "100.0 %")


def test_llr_words_name_the_side_and_the_ratio() -> None:
    assert "about 13 times more probable if the speech is synthetic than if it is human" in llr_words(
        math.log(13.2)
    )
    assert "about 13 times more probable if the speech is human than if it is synthetic" in llr_words(
        -math.log(13.2)
    )
    assert "equally well" in llr_words(0.05)
    assert "about 2.0 times" in llr_words(math.log(2))
    assert "about 12,000 times" in llr_words(math.log(12_345))
    assert "over a million times" in llr_words(300.0)


def test_prior_words() -> None:
    assert prior_words(0.5) == "at equal odds before looking"
    assert "2 %" in prior_words(0.02)


@pytest.mark.parametrize(
    ("seconds", "tenths", "words"),
    [
        (0, False, "0:00"),
        (59.94, True, "0:59.9"),
        (59.96, True, "1:00.0"),
        (59.6, False, "1:00"),
        (3599.99, True, "1:00:00.0"),
        (36_000, False, "10:00:00"),
        (75.5, True, "1:15.5"),
    ],
)
def test_clock(seconds: float, tenths: bool, words: str) -> None:
    assert clock(seconds, tenths=tenths) == words


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1000, "1.0 kB"),
        (999_999, "1.0 MB"),
        (1_234_567, "1.2 MB"),
        (123_456_789, "123 MB"),
        (5_000_000_000_000_000, "5000 TB"),
    ],
)
def test_file_size(size: int, words: str) -> None:
    assert file_size(size) == words


def test_clean_disarms_what_could_drive_a_terminal() -> None:
    assert clean("a\x1b[31mb\x07\r\n") == "a\\x1b[31mb\\x07\\x0d\\x0a"
    assert clean("gpj\u202e.exe") == "gpj\\u202e.exe"
    assert clean("\udc80.wav") == "\\udc80.wav"
    assert clean("Grüße 你好 🎧.wav") == "Grüße 你好 🎧.wav"


def test_every_verdict_has_words_and_none_says_genuine() -> None:
    for verdict in Verdict:
        text = f"{TITLE[verdict]} {MEANING[verdict]}".lower()
        for word in ("real", "genuine", "proven", "authentic"):
            assert word not in text
    assert "not a proof" in FOOTNOTE
    assert channel_name(0) == "channel 1"


def test_help_only_when_inconclusive(make_report: Callable[..., Report]) -> None:
    assert what_would_help(make_report()) == ()


@pytest.mark.parametrize(
    ("quality", "file", "word"),
    [
        ({"speech_s": 0.8}, {}, "longer excerpt"),
        ({"telephone": True}, {}, "better copy"),
        ({"heavy_compression": True}, {}, "better copy"),
        ({"bandwidth_hz": 3400.0}, {}, "better copy"),
        ({"snr_db": 4.0}, {}, "background noise"),
        ({"clipped_fraction": 0.2}, {}, "clipped"),
        ({"music_likeness": 0.9}, {}, "without music"),
        ({}, {"truncated": True}, "complete file"),
        ({}, {}, "between the thresholds"),
    ],
)
def test_help_fits_what_is_wrong(
    make_report: Callable[..., Report], quality: dict[str, object], file: dict[str, object], word: str
) -> None:
    report = make_report("inconclusive", 0.1, quality={"speech_s": 30.0} | quality, file=file)
    advice = what_would_help(report)
    assert len(advice) == 1
    assert word in advice[0].lower()


@pytest.mark.parametrize(
    ("outcome", "word"), [("proof", "private mark"), ("claim", "Anybody"), ("traces", "traces of a mark")]
)
def test_where_a_mark_decided_that_is_said(
    make_report: Callable[..., Report], outcome: str, word: str
) -> None:
    evidence = Evidence(kind="watermark", outcome=outcome, sentence="A mark was read.", cannot_tell="Who.")
    decided = make_report(reason="A mark was read. Without the mark: nothing.", evidence=(evidence,))
    assert word in meaning(decided)
    assert ("by its sound alone" in score_words(decided, 0.5)) == (outcome != "proof")
    beside = make_report(reason="Traces of a generator.", evidence=(evidence,))
    assert meaning(beside) == MEANING[beside.verdict]


def test_thresholds_are_those_of_the_report(make_report: Callable[..., Report]) -> None:
    words = "synthetic from LLR +3.00, likely synthetic from +1.50, likely human up to -1.25"
    assert threshold_words(make_report()) == words
    assert threshold_words(make_report("inconclusive", None)) is None


def test_silence_is_not_asked_to_be_longer(make_report: Callable[..., Report]) -> None:
    silent = make_report("inconclusive", None, quality={"speech_s": 0.0, "reasons": ("It is silent.",)})
    (advice,) = what_would_help(silent)
    assert "somebody speaks" in advice
