"""Filters pass and stop what they are named after; dynamics, steps and echo do what their numbers say."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from earwitness.eval import attack_tone as tone

Float32 = npt.NDArray[np.float32]
RATE = 16_000


def gain_db(run: Callable[[Float32], Float32], hertz: float) -> float:
    """Gain at one frequency, measured in the middle of a sine."""
    x = (0.1 * np.sin(2 * np.pi * hertz * np.arange(RATE) / RATE)).astype(np.float32)
    middle = slice(RATE // 4, -RATE // 4)
    return float(10 * np.log10(np.mean(np.square(run(x)[middle])) / np.mean(np.square(x[middle]))))


def test_butterworth_filters_have_their_corner_and_slope() -> None:
    def low(x: Float32) -> Float32:
        return tone.low_pass(x, 1_000)

    def high(x: Float32) -> Float32:
        return tone.high_pass(x, 1_000)

    assert gain_db(low, 1_000) == pytest.approx(-3, abs=0.1)
    assert gain_db(low, 200) == pytest.approx(0, abs=0.1)
    assert gain_db(low, 2_000) == pytest.approx(
        -37, abs=2
    )  # order 6: 36 dB an octave, a little more digitally
    assert gain_db(high, 1_000) == pytest.approx(-3, abs=0.1)
    assert gain_db(high, 4_000) == pytest.approx(0, abs=0.1)
    assert gain_db(high, 500) == pytest.approx(-36, abs=2)


def test_filters_are_causal() -> None:
    x = np.zeros(RATE, np.float32)
    x[8_000] = 1
    for out in (tone.low_pass(x, 2_000), tone.high_pass(x, 500)):
        assert np.abs(out[:7_990]).max() < 1e-3 * np.abs(out).max()
        assert out.shape == x.shape
        assert out.dtype == np.float32


def test_equaliser_and_notches() -> None:
    assert gain_db(lambda x: tone.equalise(x, {1_000.0: 6.0}), 1_000) == pytest.approx(6, abs=0.1)
    assert gain_db(lambda x: tone.equalise(x, {1_000.0: 6.0}), 6_000) == pytest.approx(0, abs=0.5)
    first = tone.cut_tones(np.ones(RATE, np.float32), np.random.default_rng(1))
    assert np.array_equal(first, tone.cut_tones(np.ones(RATE, np.float32), np.random.default_rng(1)))


def test_compressor_narrows_and_expander_widens_levels() -> None:
    t = np.arange(2 * RATE) / RATE
    x = (np.where(t < 1, 0.5, 0.05) * np.sin(2 * np.pi * 300 * t)).astype(np.float32)

    def contrast(y: Float32) -> float:
        loud, soft = (float(np.sqrt(np.mean(np.square(y[k : k + 8_000])))) for k in (6_000, 22_000))
        return float(20 * np.log10(loud / soft))

    assert contrast(x) == pytest.approx(20, abs=0.1)
    assert contrast(tone.compress(x, -30.0)) == pytest.approx(5.5, abs=2.5)
    assert contrast(tone.compress(x, -30.0, 100.0)) < contrast(tone.compress(x, -30.0))
    assert contrast(tone.expand(x, -16.0)) == pytest.approx(30, abs=1.5)


def test_levels_steps_echo_and_phase() -> None:
    x = np.linspace(-0.9, 0.9, RATE, dtype=np.float32)
    assert np.abs(tone.scale(x, 2.0)).max() == 1.0
    assert len(np.unique(tone.quantise(x, 4))) <= 16
    click = np.zeros(RATE, np.float32)
    click[100] = 0.5
    assert tone.echo(click, 0.25, 0.4)[4_100] == pytest.approx(0.2)
    sine = (0.3 * np.sin(2 * np.pi * 440 * np.arange(RATE) / RATE)).astype(np.float32)
    middle = slice(2_000, -2_000)
    assert np.allclose(tone.phase_shift(sine, 180)[middle], -sine[middle], atol=1e-3)
    assert np.array_equal(tone.clip_at(x, 0.5), np.clip(x, -0.5, 0.5))


def test_smoothing_averages_in_place() -> None:
    click = np.zeros(1_000, np.float32)
    click[500] = 1
    out = tone.smooth(click, 5)
    assert np.allclose(out[498:503], 0.2, atol=1e-5)
    assert np.abs(out[:497]).max() < 1e-5
    assert gain_db(lambda x: tone.band_pass(x, 300, 3_400), 1_000) == pytest.approx(0, abs=0.1)
