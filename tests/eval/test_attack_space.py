"""Noise has its level, rooms have their energy, and chance comes from the generator only."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from earwitness.eval import attack_space as space

Float32 = npt.NDArray[np.float32]


def rng() -> np.random.Generator:
    return np.random.default_rng(4)


@pytest.mark.parametrize("snr", [30, 10])
@pytest.mark.parametrize("exponent", [0.0, 1.0])
def test_noise_is_as_loud_as_it_says(
    speech_like: Callable[..., Float32], snr: float, exponent: float
) -> None:
    x = speech_like(2.0, level=0.3)
    added = space.noisy(x, rng(), snr, exponent) - x
    assert 10 * np.log10(np.mean(x**2) / np.mean(added**2)) == pytest.approx(snr, abs=0.1)


def test_silence_and_nothing_are_left_alone(speech_like: Callable[..., Float32]) -> None:
    x = speech_like(1.0)
    assert np.array_equal(space.add(x, np.zeros(0, np.float32), 10), x)
    assert np.array_equal(space.add(x, np.zeros(50, np.float32), 10), x)
    assert np.std(space.shaped_noise(np.zeros(16_000, np.float32), rng(), 0.05)) == pytest.approx(
        0.05, rel=0.05
    )


@pytest.mark.parametrize("direct", [-11.0, 0.0, 6.0])
def test_direct_sound_has_its_share(direct: float) -> None:
    response = space.tail_response(rng(), 0.4, direct)
    energy = np.square(response.astype(np.float64))
    assert 10 * np.log10(energy[0] / energy[1:].sum()) == pytest.approx(direct, abs=0.1)
    assert energy.sum() == pytest.approx(1, rel=1e-4)
    assert 10 * np.log10(energy[-1_600:].mean() / energy[1:1_600].mean()) < -40


def test_the_bench_room_is_as_hard_as_the_prototypes() -> None:
    """The reference: noise falling by 60 dB in 0.4 s under a first tap of 6."""
    n = 6_400
    reference = np.random.default_rng(1).standard_normal(n) * np.exp(-6.9 * np.arange(n) / n)
    ratio = 10 * np.log10(36 / np.square(reference[1:]).sum())
    assert ratio > -11.3  # the bench has -11


@pytest.mark.parametrize("run", [space.rerecorded, space.rerecorded_badly])
def test_rerecording_keeps_length_and_repeats_itself(
    speech_like: Callable[..., Float32], run: Callable[..., Float32]
) -> None:
    x = speech_like(2.0)
    heard = run(x, rng())
    assert heard.shape == x.shape
    assert heard.dtype == np.float32
    assert np.array_equal(heard, run(x, rng()))
    assert not np.allclose(heard, x, atol=0.01)


def test_rooms_keep_the_level(speech_like: Callable[..., Float32]) -> None:
    x = speech_like(2.0, level=0.2)
    for run in (space.reverberant, space.in_room):
        wet = run(x, rng(), 0.4, 2.0)
        assert np.std(wet) == pytest.approx(np.std(x), rel=0.02)
