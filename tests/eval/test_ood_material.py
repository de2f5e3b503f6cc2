"""Made sounds are what their names say."""

from __future__ import annotations

import numpy as np
import pytest

from earwitness.eval import ood_material
from earwitness.eval.ood_material import MADE, RATE, Float32, mixed_with_music, whisper


@pytest.mark.parametrize("kind", list(MADE))
def test_kinds_are_sound_and_repeat_themselves(kind: str) -> None:
    first, again, other = (MADE[kind](np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert first.dtype == np.float32
    assert first.shape == (ood_material.N,)
    assert np.abs(first).max() <= 1
    assert np.array_equal(first, again)
    assert kind == "silence" or not np.array_equal(first, other)


def test_levels() -> None:
    assert not MADE["silence"](np.random.default_rng(0)).any()
    hiss = MADE["near_silence"](np.random.default_rng(0))
    assert 20 * np.log10(np.std(hiss)) == pytest.approx(-75, abs=0.5)
    assert np.abs(MADE["music"](np.random.default_rng(0))).max() == pytest.approx(0.5)


def test_music_has_beats_and_pitches() -> None:
    x = ood_material.music(np.random.default_rng(3))
    power = np.square(x[: x.size // 800 * 800]).reshape(-1, 800).mean(1)
    assert power.max() > 5 * np.median(power), "drums stand out"
    spectrum = np.abs(np.fft.rfft(x)) ** 2
    assert np.sort(spectrum)[-300:].sum() > 0.5 * spectrum.sum(), "most of it lies in a few tones"


def vowel(seconds: float = 1.0) -> Float32:
    """A buzz at 120 Hz with a resonance at 2 kHz."""
    t = np.arange(round(seconds * RATE)) / RATE
    parts = [np.sin(2 * np.pi * 120 * k * t) / (1 + ((120 * k - 2000) / 200) ** 2) for k in range(1, 60)]
    total = np.sum(parts, axis=0)
    return (0.5 * total / np.abs(total).max()).astype(np.float32)


def test_whisper_keeps_the_resonance_and_loses_the_pitch() -> None:
    x = vowel()
    y = whisper(x, np.random.default_rng(0))
    assert y.shape == x.shape
    hertz = np.fft.rfftfreq(x.size, 1 / RATE)
    power = np.abs(np.fft.rfft(y)) ** 2
    near = power[(hertz > 1500) & (hertz < 2500)].sum()
    assert near > 0.5 * power.sum()

    def pitched(sound: Float32) -> float:
        lag = round(RATE / 120)
        return float(sound[:-lag] @ sound[lag:] / (sound @ sound))

    assert pitched(x) > 0.9
    assert pitched(y) < 0.4


def test_whispered_silence_is_silent() -> None:
    assert not whisper(np.zeros(RATE, np.float32), np.random.default_rng(0)).any()


def test_speech_stays_louder_than_its_music() -> None:
    x = vowel()
    bed = mixed_with_music(x, np.random.default_rng(0)) - x
    assert 10 * np.log10(np.mean(x**2) / np.mean(bed**2)) == pytest.approx(5, abs=1)
