"""Partly synthetic speech made of pairs: where it is synthetic, and that it is nothing else anywhere else."""

import numpy as np
import numpy.typing as npt
import pytest

from earwitness.detector.stream import STEP
from earwitness.detector.training.splicing import (
    FADE_S,
    QUIET_DB,
    STRETCH_S,
    mix_bands,
    splice,
    step_labels,
)

Float32 = npt.NDArray[np.float32]
RATE = 16_000


def runs(inside: npt.NDArray[np.bool_]) -> list[int]:
    """Lengths of the runs of True."""
    edges = np.diff(np.concatenate([[0], inside.astype(int), [0]]))
    return (np.flatnonzero(edges < 0) - np.flatnonzero(edges > 0)).tolist()


@pytest.fixture
def pair(speech: Float32) -> tuple[Float32, Float32]:
    rng = np.random.default_rng(1)
    return speech, (0.5 * speech + 0.01 * rng.standard_normal(len(speech))).astype(np.float32)


@pytest.mark.parametrize("samples", [16_000, 28_800, 48_000])
def test_one_or_two_stretches_are_replaced_and_nothing_else(
    pair: tuple[Float32, Float32], samples: int
) -> None:
    human, copy = (side[:samples] for side in pair)
    counts, fade = [], int(FADE_S[1] * RATE)
    for seed in range(40):
        mixed, inside = splice(human, copy, np.random.default_rng(seed))
        assert mixed.shape == inside.shape == (samples,)
        assert mixed.dtype == np.float32
        found = runs(inside)
        counts.append(len(found))
        longest = 2 * min(STRETCH_S[1], 0.6 * samples / RATE)  # two may touch
        assert all(STRETCH_S[0] * RATE - 2 * fade <= n <= longest * RATE for n in found)
        near = np.convolve(inside, np.ones(2 * fade + 1), "same") > 0
        assert np.array_equal(mixed[~near], human[~near])
    assert set(counts) == {1, 2}


def test_what_is_replaced_is_the_copy_as_loud_as_the_recording(pair: tuple[Float32, Float32]) -> None:
    human, copy = pair
    for seed in range(20):
        mixed, inside = splice(human, copy, np.random.default_rng(seed))
        fade = int(FADE_S[1] * RATE)
        deep = np.convolve(inside, np.ones(2 * fade + 1), "same") > 2 * fade + 0.5
        gains = mixed[deep] @ copy[deep] / (copy[deep] @ copy[deep])
        assert np.allclose(mixed[deep], gains * copy[deep], atol=1e-5)
        levels = [float(np.sqrt(np.mean(x[inside] ** 2))) for x in (human, gains * copy)]
        assert levels[0] == pytest.approx(levels[1], rel=1e-3)


@pytest.mark.parametrize(("level", "gain"), [(1e-4, 4.0), (1e4, 0.25), (0.0, None)])
def test_no_copy_is_made_much_louder_or_softer(speech: Float32, level: float, gain: float | None) -> None:
    mixed, inside = splice(speech, np.float32(level) * speech, np.random.default_rng(0))
    middle = np.flatnonzero(inside)[runs(inside)[0] // 2 + np.arange(-500, 500)]
    assert np.allclose(mixed[middle], (gain or 0.0) * level * speech[middle], rtol=1e-3, atol=1e-7)


def test_joints_are_faded() -> None:
    """The copy is a constant, so that every step of the sound is one of the fade."""
    human, copy = np.zeros(32_000, np.float32), np.ones(32_000, np.float32)
    for seed in range(20):
        mixed, inside = splice(human, copy, np.random.default_rng(seed))
        assert mixed.max() == pytest.approx(0.25), "the softest that a copy is made"
        assert np.abs(np.diff(mixed)).max() <= 0.25 * np.pi / 2 / (FADE_S[0] * RATE - 1) + 1e-6
        assert np.array_equal(inside, mixed > 0.125)


def test_one_state_of_chance_is_one_splice(pair: tuple[Float32, Float32]) -> None:
    one, other, third = (splice(*pair, np.random.default_rng(seed)) for seed in (4, 4, 5))
    assert np.array_equal(one[0], other[0])
    assert np.array_equal(one[1], other[1])
    assert not np.array_equal(one[1], third[1])


def test_bands_come_from_one_side_or_the_other() -> None:
    rng = np.random.default_rng(0)
    human, copy = (rng.standard_normal(32_000).astype(np.float32) for _ in range(2))
    edges, low = [], []
    for seed in range(40):
        made = mix_bands(human, copy, np.random.default_rng(seed))
        assert made.shape == human.shape
        assert made.dtype == np.float32
        spectrum, of_copy, of_human = (np.fft.rfft(x) for x in (made, copy, human))
        share = ((spectrum - of_human) / (of_copy - of_human)).real[10:-10]
        assert share[0] == pytest.approx(round(float(share[0])), abs=1e-2)
        assert share[-1] == pytest.approx(1 - share[0], abs=1e-2), "the other side beyond the edge"
        low.append(share[0] > 0.5)
        edges.append((10 + int(np.argmin(np.abs(share - 0.5)))) / 2)  # bins of half a hertz
        soft = (share > 0.02) & (share < 0.98)
        assert soft.sum() / 2 <= 310
    assert 1_000 <= min(edges) < 2_000 < 4_000 < max(edges) <= 5_500
    assert 8 < sum(low) < 32


def test_a_mix_of_a_sound_with_itself_is_that_sound(speech: Float32) -> None:
    for samples in (28_801, 32_000):
        x = speech[:samples]
        assert np.allclose(mix_bands(x, x, np.random.default_rng(0)), x, atol=1e-5)


def test_steps_are_labelled_where_four_fifths_are_one_thing() -> None:
    sound = np.random.default_rng(0).standard_normal(6 * STEP).astype(np.float32)
    synthetic = np.zeros(6 * STEP, bool)
    synthetic[:STEP] = True  # all
    synthetic[STEP : STEP + int(0.81 * STEP)] = True
    synthetic[2 * STEP : 2 * STEP + int(0.78 * STEP)] = True
    synthetic[3 * STEP : 3 * STEP + int(0.22 * STEP)] = True
    synthetic[4 * STEP : 4 * STEP + int(0.19 * STEP)] = True
    nan = float("nan")
    made = step_labels(sound, synthetic, 6)
    assert made.dtype == np.float32
    assert made == pytest.approx([1, 1, nan, nan, 0, 0], nan_ok=True)


def test_pauses_and_what_lies_beyond_the_sound_have_no_label() -> None:
    """Quiet is what lies 35 dB under the loudest step."""
    levels = 10 ** (-np.array([0.0, QUIET_DB - 1, QUIET_DB + 1, 200.0]) / 20)
    sound = np.repeat(levels, STEP).astype(np.float32)
    nan = float("nan")
    assert step_labels(sound, np.zeros(4 * STEP, bool), 6) == pytest.approx(
        [0, 0, nan, nan, nan, nan], nan_ok=True
    )
    assert step_labels(sound[:-1], np.ones(4 * STEP - 1, bool), 2) == pytest.approx([1, 1])


@pytest.mark.parametrize("samples", [0, 100, STEP, 5_000])
def test_silence_has_no_labels(samples: int) -> None:
    assert np.isnan(step_labels(np.zeros(samples, np.float32), np.zeros(samples, bool), 3)).all()
