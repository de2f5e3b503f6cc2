"""generators/excitation.py: pulses at the pitch, silence where unvoiced, filters on both sources."""

from __future__ import annotations

import numpy as np
import pytest

from earwitness.generators.excitation import Filters, excite, filtered, pulse_train
from earwitness.generators.mel import MelConfig, waveform

CONFIG = MelConfig()


@pytest.mark.parametrize("phase", [0.0, 0.3])
def test_the_sum_of_all_harmonics(phase: float) -> None:
    made = pulse_train(np.full(9, 200.0, np.float32), CONFIG, phase)
    turns = 200.0 * (np.arange(1_600) + 1) / 16_000 + phase
    wanted = sum(np.cos(2 * np.pi * k * turns) for k in range(1, 40))
    np.testing.assert_allclose(made, wanted, atol=0.02)


def test_unvoiced_is_silent_and_pulses_go_on_behind_it() -> None:
    pitch = np.array([100.0] * 8 + [0.0] * 8 + [150.0] * 8, np.float32)
    made = pulse_train(pitch, CONFIG)
    assert made.shape == (23 * 200,)
    assert not made[8 * 200 : 15 * 200].any()
    for first, last, hz in ((0, 1_400, 100), (3_300, 4_600, 150)):
        spectrum = np.abs(np.fft.rfft(made[first:last] * np.hanning(last - first), 16_000))
        assert 40 + np.argmax(spectrum[40 : 3 * hz // 2]) == pytest.approx(hz, abs=2)
    assert not pulse_train(np.zeros(5, np.float32), CONFIG).any()
    assert pulse_train(np.full(1, 100.0, np.float32), CONFIG).size == 0


def test_sources_have_unit_magnitude_and_follow_the_seed() -> None:
    pitch = np.full(41, 200.0, np.float32)
    pulses, noise = excite(pitch, CONFIG, np.random.default_rng(1))
    assert pulses.shape == noise.shape == (401, 41)
    np.testing.assert_allclose(np.abs(pulses[10:390:10, 4:-4]), 1.0, atol=0.05)  # every 200 Hz
    assert np.mean(np.abs(noise) ** 2) == pytest.approx(1.0, abs=0.05)
    again = excite(pitch, CONFIG, np.random.default_rng(1))
    np.testing.assert_array_equal(noise, again[1])
    assert not np.array_equal(noise, excite(pitch, CONFIG, np.random.default_rng(2))[1])


def test_filters_choose_what_is_heard() -> None:
    silent, zero = np.full((401, 41), -20.0, np.float32), np.zeros((401, 41), np.float32)
    sources = excite(np.full(41, 200.0, np.float32), CONFIG, np.random.default_rng(0))
    low = silent.copy()
    low[:15] = np.log(50)  # 280 Hz: the fundamental alone
    sound = waveform(filtered(Filters(low, zero, silent, silent, zero), *sources), 8_000, CONFIG)
    spectrum = np.abs(np.fft.rfft(sound[1_000:7_000] * np.hanning(6_000)))
    assert np.argmax(spectrum) * 16_000 / 6_000 == pytest.approx(200, abs=3)
    quiet = filtered(Filters(silent, zero, silent, silent, zero), *sources)
    assert np.abs(quiet).max() < 1e-6
    free = filtered(Filters(silent, zero, silent, zero, zero + 1.0), *sources)
    np.testing.assert_allclose(free, np.exp(1j), atol=1e-6)
