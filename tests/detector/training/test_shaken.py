"""Errors of decoders that nobody has built."""

import numpy as np
import numpy.typing as npt
import pytest

from earwitness.detector.training import shaken
from earwitness.detector.training.overlap import spectra
from earwitness.detector.training.shaken import shake

Float32 = npt.NDArray[np.float32]


def error_db(made: Float32, recording: Float32) -> float:
    return float(10 * np.log10(np.mean((made - recording) ** 2) / np.mean(recording**2)))


@pytest.mark.parametrize("seed", range(12))
def test_what_was_said_stays_in_its_place_and_something_is_off(speech: Float32, seed: int) -> None:
    x = speech[:24_000]
    made = shake(x, np.random.default_rng(seed))
    assert made.shape == x.shape
    assert made.dtype == np.float32
    assert np.isfinite(made).all()
    assert error_db(made, x) > -65
    assert np.corrcoef(made, x)[0, 1] > 0.5


def test_the_same_seed_gives_the_same_sound(speech: Float32) -> None:
    x = speech[:16_000]
    first, again, other = (shake(x, np.random.default_rng(seed)) for seed in (5, 5, 6))
    assert (first == again).all()
    assert (first != other).any()


def test_smoothing_leaves_what_a_mel_scale_knows_and_takes_what_it_does_not(speech: Float32) -> None:
    size = 1024
    before = spectra(speech[:32_000], size)
    after = shaken._smoothed(before, 64, 1.0)

    def ripple(spectrum: npt.NDArray[np.complex64]) -> float:
        """Mean step of the log magnitude between neighbours above 4 kHz."""
        return float(np.abs(np.diff(np.log(np.abs(spectrum[:, 256:]) + 1e-7), axis=1)).mean())

    assert ripple(after) < 0.25 * ripple(before)
    assert np.abs(after).sum() == pytest.approx(np.abs(before).sum(), rel=0.2)
    assert np.angle(after[20, 300]) == pytest.approx(np.angle(before[20, 300]), abs=1e-4)
    untouched = shaken._smoothed(before, 64, 0.0)
    assert np.abs(untouched - before).max() < 1e-4 * np.abs(before).max()


def test_mirror_images_lie_above_half_of_a_lower_rate() -> None:
    tone = np.sin(2 * np.pi * 1_000 * np.arange(16_000) / 16_000).astype(np.float32)
    peaks = set()
    for seed in range(8):
        power = np.abs(np.fft.rfft(shaken._imaged(tone, np.random.default_rng(seed)))) ** 2
        power[1_000] = 0
        peaks |= set(np.flatnonzero(power > 1e-3 * power.max()).tolist())
    assert peaks == {3_000, 5_000, 7_000}
