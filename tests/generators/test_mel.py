"""generators/mel.py: spectra there and back, and bands that hold what they should."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from earwitness.generators.mel import MelConfig, log_mel, mel_matrix, stft, waveform

Float32 = npt.NDArray[np.float32]


@pytest.mark.parametrize("length", [1, 399, 400, 401, 16_000, 16_199])
def test_a_spectrum_gives_its_sound_back(length: int, speech_like: Callable[..., Float32]) -> None:
    sound = speech_like(1.1)[:length]
    config = MelConfig()
    spectrum = stft(sound, config)
    assert spectrum.shape == (config.bins, length // config.hop + 1)
    made = waveform(spectrum, length, config)
    assert made.dtype == np.float32
    np.testing.assert_allclose(made, sound, atol=1e-5)


@pytest.mark.parametrize("hz", [100.0, 440.0, 3_000.0, 7_500.0])
def test_a_tone_is_loudest_in_the_band_around_it(hz: float) -> None:
    config = MelConfig()
    t = np.arange(16_000) / config.rate
    loudest = int(log_mel(np.sin(2 * np.pi * hz * t).astype(np.float32)).mean(1).argmax())
    bins = np.linspace(0, config.rate / 2, config.bins)
    inside = bins[mel_matrix(config)[loudest] > 0]
    assert inside.min() - 20 <= hz <= inside.max() + 20


def test_every_band_hears_something_and_silence_is_the_floor() -> None:
    assert (mel_matrix(MelConfig()).sum(1) > 0).all()
    assert np.isfinite(log_mel(np.zeros(4_000, np.float32))).all()
    assert log_mel(np.zeros(4_000, np.float32)).max() == pytest.approx(np.log(1e-5))
