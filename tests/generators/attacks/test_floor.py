"""The noise under speech."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from earwitness.generators.attacks.floor import as_noisy, floor_power
from earwitness.generators.attacks.signal import band, rms, speech_rms

Float32 = npt.NDArray[np.float32]
Sound = Callable[..., Float32]
WINDOW = float(np.sum(np.square(np.hanning(512))))


def db(value: float) -> float:
    return 10 * float(np.log10(value))


def test_the_power_of_steady_noise_is_found_under_speech(speech_like: Sound, noise: Sound) -> None:
    hiss = noise(6.0, level=0.01)
    bare = floor_power(hiss)
    assert bare.shape == (32,)
    assert db(float(bare.mean()) / (rms(hiss) ** 2 * WINDOW)) == pytest.approx(0, abs=1.5)
    under = floor_power(hiss + speech_like(6.0, level=0.3))
    assert db(float(np.median(under / bare))) == pytest.approx(0, abs=1.5)
    assert not floor_power(hiss[:500]).any()


def test_the_cleaner_one_gets_the_noise_of_the_other(speech_like: Sound, noise: Sound) -> None:
    clean, other = speech_like(6.0), speech_like(6.0, seed=1)
    other = other + band(noise(6.0, level=0.004), 1_000, 3_000)
    for one, two in ((clean, other), (other, clean)):
        made = as_noisy(one, two, np.random.default_rng(0))
        ratio = floor_power(made[0])[5:11] / floor_power(made[1])[5:11]
        assert db(float(np.median(ratio))) == pytest.approx(0, abs=3)
    assert np.allclose(as_noisy(clean, other, np.random.default_rng(0))[1], other, atol=1e-3)


def test_those_alike_and_the_silent_stay_as_they_are(speech_like: Sound) -> None:
    x = speech_like(3.0)
    for sound in (x, np.zeros(8_000, np.float32), np.zeros(100, np.float32)):
        one, two = as_noisy(sound, sound.copy(), np.random.default_rng(0))
        assert np.array_equal(one, sound)
        assert np.array_equal(two, sound)


def test_no_more_than_twenty_decibels_below_speech_is_added(speech_like: Sound, noise: Sound) -> None:
    x, loud = speech_like(6.0), noise(6.0, level=0.1)
    loud = loud * np.float32(speech_rms(x) / speech_rms(loud))
    made = as_noisy(x, loud, np.random.default_rng(0))[0]
    assert db((rms(made - x) / speech_rms(x)) ** 2) <= -19
