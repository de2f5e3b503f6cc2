"""provenance/landmarks.py: where they are, and that blocks do not matter."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from earwitness.provenance.landmarks import (
    BINS,
    BINS_PER_OCTAVE,
    FRAME_S,
    LOWEST_HZ,
    LandmarkFinder,
    Landmarks,
)

Sound = Callable[..., npt.NDArray[np.float32]]


def landmarks(samples: npt.NDArray[np.float32], rate: int = 16_000, block: int | None = None) -> Landmarks:
    finder = LandmarkFinder(rate)
    for at in range(0, len(samples), block or max(1, len(samples))):
        finder.push(samples[at : at + (block or len(samples))])
    return finder.finish()


def test_a_beep_is_one_landmark_at_its_time_and_pitch() -> None:
    t = np.arange(4 * 16_000) / 16_000
    beep = np.exp(-0.5 * ((t - 2.4) / 0.03) ** 2) * np.sin(2 * np.pi * 1200 * t)
    hum = 0.01 * np.random.default_rng(0).standard_normal(len(t))
    found = landmarks((0.5 * beep + hum).astype(np.float32))
    expected = BINS_PER_OCTAVE * np.log2(1200 / LOWEST_HZ)
    near = (np.abs(found[:, 0] * FRAME_S - 2.4) < 0.05) & (np.abs(found[:, 1] - expected) <= 1)
    assert near.sum() == 1


@pytest.mark.parametrize("block", [777, 16_000, 200_000])
@pytest.mark.parametrize("rate", [8_000, 16_000, 44_100])
def test_blocks_do_not_matter(speech_like: Sound, block: int, rate: int) -> None:
    samples = speech_like(27.0, rate=rate)
    assert np.array_equal(landmarks(samples, rate), landmarks(samples, rate, block))


def test_what_comes_out_is_in_order_in_range_and_bounded(speech_like: Sound) -> None:
    found = landmarks(speech_like(21.0))
    assert 21 * 5 < len(found) <= 21 * 24 + 12
    assert (np.diff(found[:, 0]) >= 0).all()
    assert found.min() >= 0
    assert found[:, 1].max() < BINS
    assert found[-1, 0] * FRAME_S == pytest.approx(21.0, abs=1.0)


def test_level_does_not_matter(speech_like: Sound) -> None:
    samples = speech_like(12.0)
    assert np.array_equal(landmarks(samples), landmarks(samples * np.float32(2**-7)))


@pytest.mark.parametrize("count", [0, 1, 100, 50_000])
def test_silence_has_none(count: int) -> None:
    assert landmarks(np.zeros(count, np.float32)).shape == (0, 2)
