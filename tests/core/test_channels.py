"""Calls with a speaker a channel are judged apart; everything else as one."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from earwitness.channels import Layout, decide_layout

Float32 = npt.NDArray[np.float32]
Maker = Callable[..., Float32]
RATE = 8000


def turns(samples: Float32, first: bool) -> Float32:
    """The signal in every second stretch of 3 s, near-silence elsewhere."""
    talking = (np.arange(len(samples)) // (3 * RATE) % 2 == 0) == first
    return np.where(talking, samples, 1e-3 * samples).astype(np.float32)


@pytest.fixture
def call(speech_like: Maker) -> Float32:
    """Thirty seconds, a speaker a channel."""
    left, right = (speech_like(30.0, RATE, seed=seed) for seed in (1, 2))
    return np.stack([turns(left, True), turns(right, False)])


def test_a_call_is_judged_apart(call: Float32, noise: Maker) -> None:
    assert decide_layout(call, RATE) == Layout(apart=True)
    noisy = call + np.stack([noise(30.0, RATE, 0.003, seed=seed) for seed in (5, 6)])
    assert decide_layout(noisy, RATE).apart
    leaking = call + 0.05 * call[::-1]
    assert decide_layout(leaking, RATE).apart


def test_one_scene_is_mixed(speech_like: Maker, noise: Maker) -> None:
    voice = speech_like(20.0, RATE)
    left, right = noise(20.0, RATE, 0.01, seed=1), noise(20.0, RATE, 0.01, seed=2)
    for stereo in (
        np.stack([voice, voice]),
        np.stack([voice, 0.7 * voice]),
        np.stack([voice + left, voice + right]),
        np.stack([voice + left, 0.5 * np.roll(voice, 8) + right]),  # a pair of microphones: 1 ms apart
        np.stack([voice + left, 0.05 * voice + right]),  # far off axis: always one side is louder
    ):
        assert decide_layout(stereo.astype(np.float32), RATE) == Layout(apart=False)


def test_when_unclear_the_mix(call: Float32, speech_like: Maker) -> None:
    silence = np.zeros_like(call[0])
    assert decide_layout(np.stack([call[0], silence]), RATE) == Layout(apart=False)  # nobody on the right yet
    assert decide_layout(call[:, : 2 * RATE], RATE) == Layout(apart=False)  # too short to tell
    assert decide_layout(call[:, :0], RATE) == Layout(apart=False)
    assert decide_layout(np.stack([silence, silence]), RATE) == Layout(apart=False)
    three = np.stack([call[0], call[1], speech_like(30.0, RATE)])
    assert not decide_layout(three, RATE).apart


def test_opposite_phase_does_not_cancel(speech_like: Maker) -> None:
    voice = speech_like(5.0, RATE)
    layout = decide_layout(np.stack([-0.9 * voice, voice]), RATE)
    assert layout == Layout(apart=False, only=1)
    [(channel, samples)] = layout.tracks(np.stack([-0.9 * voice, voice]))
    assert channel is None
    np.testing.assert_array_equal(samples, voice)


def test_one_full_channel_of_many_is_taken_alone(speech_like: Maker) -> None:
    many = np.zeros((16, 5 * RATE), dtype=np.float32)
    many[11] = speech_like(5.0, RATE)
    assert decide_layout(many, RATE) == Layout(apart=False, only=11)


def test_tracks(call: Float32) -> None:
    apart = Layout(apart=True).tracks(call)
    assert [channel for channel, _ in apart] == [0, 1]
    np.testing.assert_array_equal(apart[1][1], call[1])
    [(channel, mix)] = Layout(apart=False).tracks(call)
    assert channel is None
    np.testing.assert_allclose(mix, call.mean(axis=0), atol=1e-7)
    [(_, mono)] = Layout(apart=False).tracks(call[:1])
    np.testing.assert_array_equal(mono, call[0])
