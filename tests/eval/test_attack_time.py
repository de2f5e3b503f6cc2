"""Lengths and pitches change as named; cuts come from the recording and hold sound."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from earwitness.eval import attack_time as time

Float32 = npt.NDArray[np.float32]
RATE = 16_000


def sine(hertz: float, seconds: float = 2.0) -> Float32:
    return (0.3 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * RATE)) / RATE)).astype(np.float32)


def loudest_hertz(x: Float32) -> float:
    return float(np.argmax(np.abs(np.fft.rfft(x * np.hanning(x.size)))) * RATE / x.size)


def test_speed_moves_both_length_and_pitch() -> None:
    fast = time.speed(sine(500), 1.25)
    assert fast.size == pytest.approx(2 * RATE / 1.25, abs=2)
    assert loudest_hertz(fast) == pytest.approx(625, abs=1)


def test_tempo_moves_length_only() -> None:
    fast = time.tempo(sine(500), 1.1)
    assert fast.size == pytest.approx(2 * RATE / 1.1, rel=0.02)
    assert loudest_hertz(fast) == pytest.approx(500, abs=2)


def test_stretch_and_pitch() -> None:
    pytest.importorskip("librosa", reason="part of the train extra")
    longer = time.stretch(sine(500), 0.8)
    assert longer.size == pytest.approx(2 * RATE / 0.8, abs=2)
    assert loudest_hertz(longer) == pytest.approx(500, abs=2)
    higher = time.pitch(sine(500), 12)
    assert higher.size == 2 * RATE
    assert loudest_hertz(higher) == pytest.approx(1_000, abs=3)


def test_wow_swings_and_comes_back() -> None:
    out = time.wow(sine(500, 4.0), 0.01, 1.0)
    assert out.size == 4 * RATE
    # Over a whole second of swing half of it is faster and half slower, seen through the crossings of zero.
    before = np.flatnonzero((out[:-1] < 0) & (out[1:] >= 0))
    rates = RATE / np.diff(before - out[before] / (out[before + 1] - out[before]))
    assert rates.max() == pytest.approx(505, abs=2.5)
    assert rates.min() == pytest.approx(495, abs=2.5)


def test_jitter_and_dropping_touch_their_share() -> None:
    x = sine(3_000)
    changed = time.jitter(x, np.random.default_rng(0), 0.2) != x
    assert changed.mean() == pytest.approx(0.2, abs=0.03)
    shorter = time.drop_samples(x, np.random.default_rng(0), 0.01)
    assert 1 - shorter.size / x.size == pytest.approx(0.01, abs=0.003)


def test_crops_hold_sound() -> None:
    x = np.zeros(8 * RATE, np.float32)
    x[3 * RATE : 6 * RATE] = sine(400, 3.0)
    for seed in range(20):
        piece = time.crop(x, np.random.default_rng(seed), 1.0)
        assert piece.size == RATE
        assert np.abs(piece).max() > 0.2
    assert time.crop(x[:100], np.random.default_rng(0), 1.0).size == 100


def test_splice_keeps_the_middle_and_trim_the_end() -> None:
    x = np.ones(1_000, np.float32)
    out = time.splice(x, np.full(300, -1, np.float32), 0.4)
    assert (out > 0).sum() == 400
    assert out[300] == 1
    assert out[700] == -1
    assert time.trim(sine(100, 1.0), 0.037).size == RATE - 592
