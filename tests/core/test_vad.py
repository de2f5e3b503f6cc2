"""Speech is found, other sounds are not, and the result does not hang on how the sound is cut."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from earwitness import vad
from earwitness.errors import ModelError
from earwitness.vad import FRAME, RATE, VoiceActivity, vad_info

Float32 = npt.NDArray[np.float32]
Maker = Callable[..., Float32]


def share(probability: Float32) -> float:
    """Share of the frames that count as speech."""
    return float(np.mean(probability >= 0.5))


@pytest.mark.parametrize("level", [0.9, 0.4])
def test_finds_speech(level: float, speech_like: Maker) -> None:
    assert share(VoiceActivity().push(speech_like(6.0, RATE, level))) > 0.6


def test_other_sounds_are_not_speech(tone: Maker, noise: Maker) -> None:
    for sound in (tone(3.0), noise(3.0), np.zeros(3 * RATE, dtype=np.float32)):
        assert share(VoiceActivity().push(sound)) < 0.05


def test_finds_where_the_speech_is(speech_like: Maker, noise: Maker) -> None:
    background = noise(10.0, RATE, 0.001)
    background[4 * RATE : 7 * RATE] += speech_like(3.0, RATE)
    speech = np.flatnonzero(VoiceActivity().push(background) >= 0.5) * FRAME / RATE
    assert 3.8 < speech.min() < 4.4
    assert 6.5 < speech.max() < 7.4


def test_one_value_a_frame(speech_like: Maker) -> None:
    activity = VoiceActivity()
    for n, frames in ((0, 0), (FRAME, 1), (10 * FRAME, 10), (FRAME + 1, 2), (100 * FRAME + 7, 101)):
        out = activity.push(speech_like(7.0, RATE)[:n])
        assert out.shape == (frames,)
        assert out.dtype == np.float32
        assert ((out >= 0) & (out <= 1)).all()


def test_lanes_and_cuts_change_little(speech_like: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    sound = speech_like(40.0, RATE)
    monkeypatch.setattr(vad, "_LANES", 1)
    exact = VoiceActivity().push(sound)
    cut = VoiceActivity()
    pieces = [cut.push(sound[k : k + 50 * FRAME]) for k in range(0, len(sound), 50 * FRAME)]
    np.testing.assert_allclose(np.concatenate(pieces), exact, atol=1e-4)  # the state is carried over
    monkeypatch.undo()
    lanes = VoiceActivity().push(sound)
    assert np.mean((lanes >= 0.5) == (exact >= 0.5)) > 0.96


def test_halving_does_not_alias(tone: Maker) -> None:
    kept = vad._halve(np.pad(tone(1.0, 16000, 1000.0), (15, 15)))
    np.testing.assert_allclose(kept[50:-50], tone(1.0, 8000, 1000.0)[50:-50], atol=2e-3)
    assert np.abs(vad._halve(tone(1.0, 16000, 6000.0))[50:-50]).max() < 1e-3


def test_model_is_named_in_the_report() -> None:
    info = vad_info()
    assert (info.name, info.kind) == ("silero-vad", "vad")
    assert re.fullmatch("[0-9a-f]{64}", info.sha256 or "")


def test_a_missing_model_is_one_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    import importlib.resources

    def missing(_: str) -> None:
        raise ModuleNotFoundError

    monkeypatch.setattr(importlib.resources, "files", missing)
    with pytest.raises(ModelError, match="pip install"):
        vad._model_file.__wrapped__()
