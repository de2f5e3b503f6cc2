"""Means, shares and intervals of rows, and whether what was asked is met."""

from __future__ import annotations

from typing import Any

import pytest

from earwitness.eval.generator_targets import mean_of, summaries, targets, word_error_rate

COPIES: dict[str, Any] = {
    "gan": [{"clip": str(k), "speaker": f"s{k}", "pesq": 3.0 + 0.1 * k, "mos": 3.1} for k in range(4)],
    "hifigan": [{"clip": str(k), "speaker": f"s{k}", "pesq": 3.3 + 0.1 * k, "mos": 3.1} for k in range(4)],
}
TEXTS: dict[str, Any] = {
    "transformer": [{"text": str(k), "errors": k % 2, "words": 5, "mos": 3.0} for k in range(10)],
    "hibari": [{"text": str(k), "errors": 0, "words": 5, "mos": 3.5} for k in range(10)],
}
MARKS: dict[str, Any] = {"gan": [{"file": True, "mp3": k > 0, "seconds": 1.0 + k} for k in range(10)]}
SPEED: dict[str, Any] = {
    "copy": {
        "gan": {"rtf": 0.02, "lowest": 0.02, "highest": 0.02, "repeats_s": [1.0, 1.0]},
        "hifigan": {"rtf": 0.3, "lowest": 0.2, "highest": 0.4, "repeats_s": [10.0, 20.0]},
    },
    "text": {"transformer": {"rtf": 0.2, "lowest": 0.19, "highest": 0.22, "repeats_s": [1.0]}},
}


def test_means_have_intervals_over_speakers() -> None:
    found = mean_of(COPIES["gan"], "pesq")
    assert found["mean"] == pytest.approx(3.15)
    assert 3.0 <= found["low"] < 3.15 < found["high"] <= 3.3
    assert (found["n"], found["clusters"]) == (4, 4)
    assert mean_of([{"pesq": None}], "pesq")["mean"] is None
    one = mean_of([{"pesq": 2.0, "speaker": "a"}, {"pesq": 4.0, "speaker": "a"}], "pesq")
    assert (one["mean"], one["low"], one["clusters"]) == (3.0, None, 1)


def test_word_error_rate_is_of_all_words() -> None:
    rows = [{"errors": 1, "words": 1}, {"errors": 0, "words": 9}]
    assert word_error_rate(rows)["mean"] == pytest.approx(0.1)


def test_summaries() -> None:
    voices = [{"speaker": "a", "to_target": 0.8, "to_source": 0.5, "mos": 3.0}]
    found = summaries(
        {
            "copy": COPIES,
            "text": TEXTS,
            "marks": MARKS,
            "convert": {"vae": voices},
        }
    )
    assert found["text"]["transformer"]["wer"]["mean"] == pytest.approx(0.1)
    assert found["marks"]["gan"]["mp3"]["hits"] == 9
    assert found["marks"]["gan"]["shortest_s"] == 1.0
    assert found["convert"]["vae"]["nearer_to_target"]["rate"] == 1.0
    assert "stoi" not in found["copy"]["gan"]


def test_targets() -> None:
    voices = [{"speaker": "a", "to_target": 0.8, "to_source": 0.5}]
    rows = targets(
        {"copy": COPIES, "text": TEXTS, "marks": MARKS, "convert": {"vae": voices}}, SPEED, 1600.0, "hibari"
    )
    found = {row["what"]: row for row in rows}
    assert found["GAN copies: PESQ"]["met"] is True
    behind = found["GAN copies: PESQ behind HiFi-GAN V1"]
    assert behind["measured"] == pytest.approx(0.3)
    ratio = found["GAN copies: times faster than HiFi-GAN V1"]
    assert (ratio["measured"], ratio["low"], ratio["high"]) == (pytest.approx(15.0), 10.0, 20.0)
    assert found["text to speech: word error rate"]["met"] is True
    above = found["text to speech: word error rate above the teacher's"]
    assert (above["measured"], above["met"]) == (pytest.approx(0.1), False)
    assert found["text to speech: real-time factor"]["met"] is False
    assert found["VAE copies: bit/s, voice apart"]["met"] is True
    assert found["VAE copies: PESQ"]["met"] is None
    assert found["marks read after MP3 64k"]["met"] is False
    assert found["converted voices nearer to the target"]["met"] is True


def test_nothing_measured_is_no_answer() -> None:
    assert all(row["met"] is None and row["measured"] is None for row in targets({}, None, None))
