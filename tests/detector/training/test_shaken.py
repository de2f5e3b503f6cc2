"""Errors of decoders that nobody has built."""

import numpy as np
import numpy.typing as npt
import pytest

from earwitness.detector.training import shaken
from earwitness.detector.training.overlap import spectra
from earwitness.detector.training.shaken import WAYS, shake

Float32 = npt.NDArray[np.float32]


def error_db(made: Float32, recording: Float32) -> float:
    return float(10 * np.log10(np.mean((made - recording) ** 2) / np.mean(recording**2)))


@pytest.mark.parametrize("seed", range(24))
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


def test_guessed_phases_err_and_magnitudes_nearly_stay(speech: Float32) -> None:
    x, size = speech[:32_000], 1024
    before = np.abs(spectra(x, size))
    errors = []
    for seed in range(6):
        made = shaken._guessed(x, np.random.default_rng(seed))
        assert made.shape == x.shape
        after = np.abs(spectra(made, size))
        errors.append(float(np.linalg.norm(after - before) / np.linalg.norm(before)))
        assert error_db(made, x) > 20 * np.log10(errors[-1]) - 1, "the phases err at least as much"
    assert max(errors) < 0.7


def test_a_pattern_repeats_at_one_hop_and_is_as_loud_as_the_voice() -> None:
    rng = np.random.default_rng(0)
    loud = np.where(np.arange(32_000) < 16_000, 0.3, 0.003).astype(np.float32)
    x = loud * np.sin(np.arange(32_000) / 7).astype(np.float32)
    for seed in range(4):
        added = shaken._patterned(x, np.random.default_rng(seed)) - x
        hop = round(np.random.default_rng(seed).uniform(*shaken.HOPS))
        one, next_one = added[1_000 : 1_000 + hop], added[1_000 + hop : 1_000 + 2 * hop]
        assert np.corrcoef(one, next_one)[0, 1] > 0.99
        first, second = (float(np.std(part)) for part in (added[1_000:15_000], added[17_000:31_000]))
        assert first / second == pytest.approx(100, rel=0.1)
        level = 20 * np.log10(first / np.std(x[1_000:15_000]))
        assert shaken.PATTERN_DB[0] - 1 < level < shaken.PATTERN_DB[1] + 1
    assert np.abs(shaken._patterned(np.zeros(8_000, np.float32), rng)).max() == 0


MAKERS = {"narrowed": "narrowed_waves", "guessed": "_guessed", "wandering": "_wandering"}


@pytest.mark.parametrize("way", WAYS)
def test_every_way_is_taken_as_often_as_it_says(
    way: str, speech: Float32, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[int] = []

    def counted(x: Float32, _: np.random.Generator) -> Float32:
        calls.append(1)
        return x

    monkeypatch.setattr(shaken, MAKERS[way], counted)
    for seed in range(60):
        shake(speech[:8_000], np.random.default_rng(seed))
    assert len(calls) / 60 == pytest.approx(WAYS[way], abs=0.15)


@pytest.mark.parametrize("way", WAYS)
def test_a_way_that_is_asked_for_is_taken(way: str, speech: Float32, monkeypatch: pytest.MonkeyPatch) -> None:
    for other in set(MAKERS) - {way}:
        monkeypatch.setattr(shaken, MAKERS[other], None)  # calling it would raise
    for seed in range(8):
        assert len(shake(speech[:8_000], np.random.default_rng(seed), way)) == 8_000
