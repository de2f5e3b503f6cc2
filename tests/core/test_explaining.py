"""Which excerpts are explained, and that the front door asks only on request and where it can judge."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from earwitness import examine as module
from earwitness.contracts import ChannelScores, Detector, DetectorStream, Excerpt, KeepingStream, Occluded
from earwitness.detector.model import load_default
from earwitness.examine import examine
from earwitness.explaining import explained
from earwitness.report import ModelInfo
from earwitness.samples import Float32

Sound = Callable[..., Float32]
Write = Callable[..., Path]
NOTE = "The detector plain cannot say what it reacted to."


class Asked:
    """Notes the LLRs of the excerpts that it is asked about."""

    def __init__(self) -> None:
        self.llrs: list[float] = []

    def start_keeping(self) -> KeepingStream:
        return load_default().start_keeping()

    def explain(self, excerpts: Sequence[Excerpt]) -> list[Occluded]:
        self.llrs = [excerpt.llr for excerpt in excerpts]
        return [Occluded(e.start_s, e.end_s, e.llr, ()) for e in excerpts]


def excerpts(*llrs: float) -> tuple[Excerpt, ...]:
    sound = np.zeros(4, np.float32)
    return tuple(Excerpt(float(k), k + 1.0, llr, sound, sound) for k, llr in enumerate(llrs))


@pytest.mark.parametrize(
    ("kept", "asked", "by_channel"),
    [
        (((3.0, 2.0), (4.0, 1.0)), [4.0, 3.0], [[3.0], [4.0]]),
        (((3.0, 2.0), (-4.0,)), [3.0, 2.0], [[3.0, 2.0], []]),
        (((-3.0, -5.0), (-4.0,)), [-3.0], [[-3.0], []]),
        (((-3.0,), (0.5,)), [0.5], [[], [0.5]]),
        (((), ()), [], [[], []]),
    ],
)
def test_the_most_telling_excerpts_of_all_channels(
    kept: tuple[tuple[float, ...], ...], asked: list[float], by_channel: list[list[float]]
) -> None:
    explainer = Asked()
    scores = [ChannelScores(0, (), 1.0), ChannelScores(1, (), 2.0)]
    found = explained(explainer, scores, [excerpts(*llrs) for llrs in kept])
    assert explainer.llrs == asked
    assert [[one.llr for one in channel.occluded] for channel in found] == by_channel
    assert [(channel.channel, channel.llr) for channel in found] == [(0, 1.0), (1, 2.0)]


def test_a_check_explains_on_request_and_is_else_the_same(speech_like: Sound, write_wav: Write) -> None:
    source = write_wav(speech_like(5.0))
    plain, reasoned = examine(source), examine(source, explain=True)
    assert plain.explanation == ()
    [found, *more] = reasoned.explanation
    assert len(more) <= 1
    assert len(found.bands) == 8
    assert "no proof" in found.cannot_tell
    assert 0 <= found.start_s < found.end_s <= 5.0
    assert reasoned.model_copy(update={"explanation": ()}) == plain


def test_what_cannot_be_judged_is_not_explained(speech_like: Sound, write_wav: Write) -> None:
    report = examine(write_wav(speech_like(0.99)), explain=True)
    assert report.llr_synthetic is not None
    assert not report.quality.usable
    assert report.explanation == ()


class Plain:
    """The shipped detector without what makes it an explainer."""

    info = ModelInfo(name="plain", version="1", kind="detector")
    sample_rate = 16_000

    def start(self) -> DetectorStream:
        return load_default().start()


def test_a_detector_that_cannot_explain_is_named(
    speech_like: Sound, write_wav: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    detector: Detector = Plain()
    monkeypatch.setattr(module, "_load_detector", lambda: detector)
    source = write_wav(speech_like(3.0))
    asked = examine(source, explain=True)
    assert NOTE in asked.warnings
    assert asked.explanation == ()
    assert NOTE not in examine(source).warnings
