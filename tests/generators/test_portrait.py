"""generators/portrait.py: a voice's colour and height, and speech that is given them."""

from __future__ import annotations

import numpy as np
import pytest

from earwitness.errors import VoiceError
from earwitness.generators import portrait
from earwitness.generators.portrait import Portrait, borrowed, coloured, pitched, portrayed


def _speech(seed: int, level: float, hz: float) -> tuple[np.ndarray, np.ndarray]:
    """Log mel spectrogram and pitch of 200 frames, half of them silent and unvoiced."""
    rng = np.random.default_rng(seed)
    mel = level + rng.standard_normal((80, 200)) * np.linspace(0.4, 1.5, 80)[:, None]
    mel += 2 * rng.standard_normal((80, 1))
    pitch = np.full(200, hz)
    mel[:, 100:] -= 8
    pitch[100:] = 0
    return mel.astype(np.float32), pitch.astype(np.float32)


HEARD = np.array([0.6, 0.8], np.float32)


def test_a_portrait_survives_its_packing_and_mixing() -> None:
    one, other = (portrayed(*_speech(seed, -4, hz), HEARD) for seed, hz in ((0, 100.0), (1, 400.0)))
    again = Portrait.of(one.packed())
    np.testing.assert_allclose(again.mean, one.mean)
    np.testing.assert_allclose(again.spread, one.spread)
    np.testing.assert_allclose(again.heard, one.heard, rtol=1e-6)
    mixed = Portrait.of((one.packed() + other.packed()) / 2)
    assert np.exp(mixed.height) == pytest.approx(200, rel=1e-3)
    assert np.linalg.norm(mixed.heard) == pytest.approx(1)


def test_speech_gets_the_colour_and_keeps_its_loudness() -> None:
    source, _ = _speech(0, -6, 100.0)
    target = portrayed(*_speech(1, -2, 200.0), HEARD)
    made = coloured(source, target)
    spoken = made[:, :100]
    wanted = target.mean - target.mean.mean()
    np.testing.assert_allclose(spoken.mean(1) - spoken.mean(), wanted, atol=1e-3)
    np.testing.assert_allclose(spoken.std(1), target.spread, rtol=0.01)
    assert spoken.mean() == pytest.approx(source[:, :100].mean(), abs=1e-3)


def test_frames_move_towards_the_likest_of_the_recording() -> None:
    mel, pitch = _speech(1, -4, 200.0)
    target = portrayed(mel, pitch, HEARD)
    near = mel + 0.1
    made = borrowed(near, target)
    away = [float(np.abs(one - np.roll(mel, 1, 1)).mean()) for one in (near, made)]
    assert made.shape == near.shape
    assert np.abs(made - near).max() > 0
    assert float(np.abs(made - near).mean()) < 0.5 * away[0]  # a part of the way, and not to any frame
    known = Portrait(target.heard, target.mean, target.spread, target.height)
    assert borrowed(near, known) is near
    short = portrayed(mel[:, :10], pitch[:10], HEARD)
    assert borrowed(near, short).shape == near.shape


def test_long_speech_is_compared_in_stretches(monkeypatch: pytest.MonkeyPatch) -> None:
    target, (mel, _) = portrayed(*_speech(1, -4, 200.0), HEARD), _speech(2, -5, 100.0)
    whole = borrowed(mel, target)
    monkeypatch.setattr(portrait, "_AT_ONCE", 7)
    np.testing.assert_allclose(borrowed(mel, target), whole, atol=1e-5)


def test_the_pitch_moves_and_the_melody_stays() -> None:
    target = portrayed(*_speech(1, -2, 200.0), HEARD)
    source = np.array([90, 100, 111, 0, 100], np.float32)
    made = pitched(source, target)
    assert made[3] == 0
    assert np.exp(np.log(made[made > 0]).mean()) == pytest.approx(200, rel=1e-3)
    np.testing.assert_allclose(made[:3] / made[1], source[:3] / source[1], rtol=1e-4)
    whisper = np.zeros(5, np.float32)
    np.testing.assert_array_equal(pitched(whisper, target), whisper)
    assert pitched(np.array([100, 1000], np.float32), target).max() <= 500


def test_where_nobody_is_heard_it_says_so() -> None:
    mel, pitch = _speech(0, -4, 100.0)
    with pytest.raises(VoiceError, match="no voice is heard"):
        portrayed(mel, pitch * 0, HEARD)
