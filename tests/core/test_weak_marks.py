"""core/weak_marks.py: a sentence for each reason, none for a sound mark."""

from __future__ import annotations

from typing import Any

import pytest

from earwitness.mark_report import MadeMark
from earwitness.marks import Strength
from earwitness.report import FileFacts
from earwitness.weak_marks import weaknesses


def told(rate: int = 16000, **changes: Any) -> list[str]:
    facts = FileFacts(
        name="a.wav", sha256="0" * 64, size_bytes=5, duration_s=9.0, container="wav", codec="pcm_s16le",
        sample_rate=rate, channels=1,
    )  # fmt: skip
    sound: dict[str, Any] = {
        "scheme": "s-1", "key": "studio", "key_id": "0000abcd", "signpost": False, "payload": 1,
        "strength": Strength.DEFAULT, "p_marked": 1e-50, "marked_s": 9.0, "detectability": 0.9,
    }  # fmt: skip
    return weaknesses([MadeMark(**{**sound, **changes})], facts)


def test_a_sound_mark_has_none() -> None:
    assert told() == []


def test_marks_of_others_have_no_bands_and_no_margin_of_ours() -> None:
    theirs = {"key": "s-1", "key_id": "", "signpost": True, "p_marked": None, "detectability": None}
    assert told(8000, **theirs) == []
    [sentence] = told(8000, **theirs, marked_s=2.0)
    assert "carry the s-1 mark" in sentence


@pytest.mark.parametrize(
    ("rate", "changes", "word"),
    [
        (8000, {}, "8000 Hz"),
        (16000, {"marked_s": 2.0}, "Only 2.0 s of 9.0 s"),
        (16000, {"detectability": 0.05}, "can just be read"),
    ],
)
def test_each_reason(rate: int, changes: dict[str, Any], word: str) -> None:
    [sentence] = told(rate, **changes)
    assert word in sentence
