"""Levels, filters, noises."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from earwitness.generators.attacks.signal import (
    band,
    convolved,
    dithered,
    fitted,
    noise,
    rms,
    speech_rms,
    to_level,
)

Float32 = npt.NDArray[np.float32]
Sound = Callable[..., Float32]


def test_the_level_is_that_of_speech(speech_like: Sound) -> None:
    x = speech_like(2.0)
    with_pause = np.concatenate([x, np.zeros(64_000, np.float32)])
    assert speech_rms(with_pause) == pytest.approx(speech_rms(x), rel=0.05)
    assert 20 * np.log10(speech_rms(to_level(x, -26))) == pytest.approx(-26, abs=0.1)
    assert np.abs(to_level(x, 0)).max() <= 0.981
    assert not to_level(np.zeros(100, np.float32), -20).any()


def test_a_band_keeps_what_is_in_it(tone: Sound) -> None:
    for hertz, kept in ((100, 0.0), (1000, 1.0), (5000, 0.0)):
        x = tone(1.0, hz=hertz)
        assert rms(band(x, 300, 3400)) == pytest.approx(kept * rms(x), abs=0.02)


def test_a_low_edge_takes_the_offset(tone: Sound) -> None:
    x = tone(1.0, hz=200) + np.float32(0.1)
    assert abs(float(band(x, 40, 8000).mean())) < 1e-4
    assert rms(band(tone(1.0, hz=200), 40, 8000)) == pytest.approx(rms(tone(1.0, hz=200)), rel=0.01)


def test_noise_falls_as_it_should() -> None:
    x = noise(160_000, 2.0, np.random.default_rng(0))
    assert rms(x) == pytest.approx(1.0, rel=1e-3)
    power = np.abs(np.fft.rfft(x)) ** 2
    octaves = [power[10 * f : 20 * f].mean() for f in (500, 1000)]
    assert 10 * np.log10(octaves[0] / octaves[1]) == pytest.approx(6.0, abs=0.7)


def test_dither_lies_on_steps_and_has_no_zeros_in_silence_alone() -> None:
    x = dithered(np.full(10_000, 0.3 * 2**-15, np.float32), np.random.default_rng(0))
    steps = x * 2**15
    assert np.array_equal(steps, np.round(steps))
    assert steps.mean() == pytest.approx(0.3, abs=0.03), "the mean survives: that is what dither is for"


def test_convolution_and_length() -> None:
    x = np.arange(1, 5, dtype=np.float32)
    assert np.allclose(convolved(x, np.array([0, 1], np.float32)), [0, 1, 2, 3], atol=1e-5)
    assert fitted(x, 2).tolist() == [1, 2]
    assert fitted(x, 5).tolist() == [1, 2, 3, 4, 0]
