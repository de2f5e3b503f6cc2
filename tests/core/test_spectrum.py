"""How far up the speech goes, and whether it has holes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from earwitness.samples import resample
from earwitness.spectrum import Spectrum

Float32 = npt.NDArray[np.float32]
Maker = Callable[..., Float32]


def measure(native: Float32, rate: int, speech: Float32 | None = None) -> Spectrum:
    """A spectrum of ``native``; speech: probability of each 32-ms frame (all speech by default)."""
    spectrum = Spectrum(rate)
    frames = round(len(native) / rate / 0.032)
    spectrum.add(native, np.ones(frames, dtype=np.float32) if speech is None else speech, 0.5, 0.1)
    return spectrum


@pytest.mark.parametrize("rate", [8000, 16000, 44100, 48000, 192000])
def test_full_band_sound_reaches_the_top(rate: int, noise: Maker) -> None:
    assert measure(noise(2.0, rate), rate).bandwidth_hz() == pytest.approx(rate / 2, rel=0.01)


@pytest.mark.parametrize(("band", "rate"), [(8000, 16000), (8000, 48000), (16000, 48000), (22050, 48000)])
def test_resampled_sound_keeps_its_band(band: int, rate: int, noise: Maker) -> None:
    found = measure(resample(noise(2.0, band), band, rate), rate).bandwidth_hz()
    assert found == pytest.approx(band / 2, rel=0.06)


def test_background_is_no_speech(noise: Maker) -> None:
    """Noise up to 8 kHz all the time, "speech" up to 2 kHz in every second second."""
    sound = noise(8.0, 16000, 0.003)
    voice = resample(noise(8.0, 4000, 0.1, seed=1), 4000, 16000)[: len(sound)]
    on = np.arange(len(sound)) // 16000 % 2 == 0
    probability = (np.arange(250) * 512 // 16000 % 2 == 0).astype(np.float32)
    found = measure(np.where(on, sound + voice, sound).astype(np.float32), 16000, probability).bandwidth_hz()
    assert found == pytest.approx(2000, abs=250)


def test_nothing_is_said_without_speech(noise: Maker) -> None:
    silent = measure(noise(2.0), 16000, np.zeros(62, dtype=np.float32))
    assert silent.bandwidth_hz() is None
    assert silent.holes() is None
    assert measure(noise(0.2), 16000).bandwidth_hz() is None


def test_digital_silence_called_speech_has_no_band() -> None:
    assert measure(np.zeros(32000, dtype=np.float32), 16000).bandwidth_hz() is None


def test_holes_are_seen(noise: Maker) -> None:
    """White noise has none; the same with 3 to 5 kHz emptied in half of the time has a fifth of that."""
    sound = noise(8.0, 16000)
    assert measure(sound, 16000).holes() == 0.0
    lines = np.fft.rfft(sound)
    hz = np.fft.rfftfreq(len(sound), 1 / 16000)
    lines[(hz > 3000) & (hz < 5000)] = 0
    half = np.where(np.arange(len(sound)) < len(sound) // 2, sound, np.fft.irfft(lines)).astype(np.float32)
    holes = measure(half, 16000).holes()
    assert holes is not None
    assert 0.08 < holes < 0.2
