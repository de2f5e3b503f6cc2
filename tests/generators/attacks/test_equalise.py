"""Alike in all that is no synthesis."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from earwitness.generators.attacks.equalise import bandwidth_hz, cut_alike, ends, equalised, trimmed
from earwitness.generators.attacks.signal import band, rms, speech_rms

Float32 = npt.NDArray[np.float32]
Sound = Callable[..., Float32]


def padded(x: Float32, before_s: float, after_s: float = 0.0) -> Float32:
    return np.pad(x, (round(before_s * 16_000), round(after_s * 16_000)))


def test_silence_at_the_ends_is_found_and_cut(speech_like: Sound) -> None:
    x = padded(speech_like(2.0), 1.0, 0.5)
    first, last = ends(x)
    assert 16_000 <= first <= 17_600
    assert last <= 48_000
    assert trimmed(x, 0.1).size == pytest.approx(last - first + 3200)
    assert ends(np.zeros(0, np.float32)) == (0, 0)


@pytest.mark.parametrize("seed", range(4))
def test_different_words_begin_and_end_within_speech(seed: int, speech_like: Sound, noise: Sound) -> None:
    """A recording in a noisy room that ends in peace, and a text that begins at once and breaks off."""
    human = padded(speech_like(3.0), 0.3, 0.4)
    human = human + noise(human.size / 16_000, level=0.01)
    one, other = cut_alike(human, speech_like(5.0, seed=1), np.random.default_rng(seed))
    assert one.size == other.size
    assert 16_000 < one.size < 48_000
    for x in (one, other):
        for edge in (x[:800], x[-800:]):
            assert 20 * np.log10(speech_rms(edge) / speech_rms(x)) > -12


def test_what_is_short_or_never_loud_at_once_is_cut_too(speech_like: Sound) -> None:
    for x in (speech_like(0.3), np.zeros(3_000, np.float32), np.zeros(0, np.float32)):
        one, other = cut_alike(x, speech_like(3.0), np.random.default_rng(0))
        assert one.size <= x.size
        assert other.size <= 8_000


def test_bandwidth_is_seen(noise: Sound) -> None:
    x = noise(2.0)
    assert bandwidth_hz(x) == 8000
    for edge in (3500, 5000):
        assert bandwidth_hz(band(x, 0, edge, 100)) == pytest.approx(edge, abs=300)


def test_length_level_and_bandwidth_become_those_of_both(speech_like: Sound, noise: Sound) -> None:
    human = speech_like(3.0, level=0.3) + noise(3.0, level=0.003)
    attack = band(speech_like(2.5, level=0.05, seed=1), 0, 3600) + np.float32(0.01)
    one, other = equalised(human, attack, np.random.default_rng(0))
    assert one.size == other.size == 40_000
    assert speech_rms(other) == pytest.approx(speech_rms(one), rel=0.05)
    assert bandwidth_hz(one) == pytest.approx(bandwidth_hz(other), abs=250)
    assert bandwidth_hz(one) < 4000
    assert abs(float(other.mean())) < 1e-4, "an offset is taken out"
    assert not np.any(one[1000:] == 0.0)


def test_machines_pauses_are_as_noisy_as_those_of_the_recording(speech_like: Sound, noise: Sound) -> None:
    pause = np.zeros(16_000, np.float32)
    human = np.concatenate([speech_like(2.0), pause]) + noise(3.0, level=0.003)
    attack = np.concatenate([speech_like(2.0, seed=1), pause])
    one, other = equalised(human, attack, np.random.default_rng(0))
    assert 20 * np.log10(rms(other[-8_000:]) / rms(one[-8_000:])) == pytest.approx(0, abs=2)
    one, other = equalised(human, attack, np.random.default_rng(0), whole=False)
    assert rms(other[-8_000:]) < 0.3 * rms(one[-8_000:]), "a partial fake is filled where it is spliced"
