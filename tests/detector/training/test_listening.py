"""Development clips through named channels."""

import numpy as np
import numpy.typing as npt
import pytest

from earwitness.detector.model import load_default
from earwitness.detector.training import listening
from earwitness.detector.training.listening import CONDITIONS, is_narrow, listen, raw_scores

Float32 = npt.NDArray[np.float32]


@pytest.mark.parametrize("name", sorted(CONDITIONS))
def test_conditions_keep_the_length_and_repeat(speech: Float32, name: str) -> None:
    x = speech[:20_000]
    heard = listening.condition(x, name, 3)
    assert heard.shape == x.shape
    assert np.array_equal(heard, listening.condition(x, name, 3))
    assert np.array_equal(heard, x) == (name == "clean")


@pytest.mark.parametrize(("name", "narrow"), [("clean", False), ("g711", True), ("gsm", True)])
def test_telephone_channels_are_known_by_their_band(speech: Float32, name: str, narrow: bool) -> None:
    hiss = np.random.default_rng(0).normal(0, 0.02, len(speech)).astype(np.float32)
    assert is_narrow(listening.condition(speech + hiss, name, 0)) == narrow


def test_what_is_heard_is_what_the_detector_says(speech: Float32) -> None:
    heard = listen(load_default(), np.tile(speech, 2))
    assert heard.llr is not None
    assert heard.traces is not None
    assert heard.channel is None
    assert len(heard.windows) >= 3
    mean, each, statistics = raw_scores(load_default(), np.tile(speech, 2))
    assert (mean, each) == (heard.llr, [window.llr for window in heard.windows])
    assert statistics.shape == np.shape(heard.traces)
    silence = listen(load_default(), np.zeros(32_000, np.float32))
    assert (silence.llr, silence.windows, silence.traces) == (None, (), None)
    assert raw_scores(load_default(), np.zeros(32_000, np.float32))[:2] == (None, [])


def test_steps_are_heard_too(speech: Float32, monkeypatch: pytest.MonkeyPatch) -> None:
    detector = load_default()
    monkeypatch.setattr(type(detector), "steps", lambda _, vectors: vectors[:, 0, 0])
    steps = listen(detector, np.concatenate([np.tile(speech, 2), np.zeros(32_000, np.float32)])).steps
    assert steps is not None
    assert len(steps) == (2 * len(speech) + 32_000 - 352) // 1280
    assert np.isfinite(steps[:70]).mean() > 0.3
    assert np.isnan(steps[-15:]).all(), "nobody speaks there"
