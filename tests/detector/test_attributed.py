"""What a report says about the kind of generator."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from earwitness.contracts import ChannelScores
from earwitness.detector import attributed
from earwitness.detector.attributed import WORDS, attribution_evidence, attributions
from earwitness.detector.attribution import Engine, EngineSpace
from earwitness.detector.card import read_card
from earwitness.detector.enrolled import FEWEST, keep
from earwitness.generation import Family
from earwitness.report import UNKNOWN

ENGINES = [
    Engine("Alpha", "codec", np.array([0, 0], np.float32), 99),
    Engine("Beta", "vae", np.array([9, 0], np.float32), 99),
]
SPACE = EngineSpace(np.zeros(2, np.float32), np.eye(2, dtype=np.float32), ENGINES, sharpness=0.5, reach=3.0)


@pytest.fixture(autouse=True)
def _own_space(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EARWITNESS_ENGINES", str(tmp_path))
    monkeypatch.setattr(attributed, "load_space", lambda: SPACE)


def heard(*traces: float, channel: int | None = None) -> ChannelScores:
    return ChannelScores(channel, (), 2.0, traces)


def test_every_family_has_words() -> None:
    assert {str(family) for family in Family} <= set(WORDS)


def test_each_channel_with_traces_is_named() -> None:
    named = attributions([heard(0.5, 0.0, channel=0), ChannelScores(1, (), None), heard(9.0, 0.0, channel=2)])
    assert [(one.engine, one.channel) for one in named] == [("Alpha", 0), ("Beta", 2)]
    first, second = attribution_evidence(named)
    assert (first.kind, first.outcome, first.channel) == ("attribution", "codec", 0)
    assert "a neural codec" in first.sentence
    assert "Alpha" in first.sentence
    assert first.llr_synthetic is None, "it names and weighs nothing"
    assert "not proof" in second.cannot_tell


def test_the_unlike_is_called_unknown() -> None:
    (one,) = attributions([heard(0.0, 99.0)])
    assert one.family == UNKNOWN
    (evidence,) = attribution_evidence([one])
    assert evidence.outcome == UNKNOWN
    assert evidence.sentence.startswith("Not clearly like any generator")


def test_an_enrolled_engine_is_said_to_be_one() -> None:
    keep("mine", "my own kind", [(0.0, 99.0)] * FEWEST, read_card().sha256)
    (one,) = attributions([heard(0.0, 99.0)])
    assert (one.engine, one.enrolled) == ("mine", True)
    (evidence,) = attribution_evidence([one])
    assert "mine (enrolled here)" in evidence.sentence
    assert "my own kind" in evidence.sentence


def test_without_a_space_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attributed, "load_space", lambda: None)
    assert attributions([heard(0.0, 0.0)]) == ()
