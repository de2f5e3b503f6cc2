"""Denoisers and compressors: what they are for, and that they do nothing else."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from earwitness.detector.training.harmless import compress, denoise

Float32 = npt.NDArray[np.float32]
Process = Callable[[Float32, np.random.Generator], Float32]
BOTH = pytest.mark.parametrize("process", [denoise, compress])


def level_db(x: npt.NDArray[np.floating]) -> float:
    return float(10 * np.log10(np.mean(x**2) + 1e-20))


@BOTH
@pytest.mark.parametrize("samples", [1, 80, 511, 512, 513, 20_001, 48_000])
def test_the_length_stays_and_one_seed_is_one_result(process: Process, speech: Float32, samples: int) -> None:
    x = speech[:samples].copy()
    made = process(x, np.random.default_rng(3))
    assert made.shape == x.shape
    assert made.dtype == np.float32
    assert np.isfinite(made).all()
    assert np.array_equal(made, process(x, np.random.default_rng(3)))
    assert np.array_equal(x, speech[:samples]), "the input is left alone"


@BOTH
def test_other_draws_are_other_results(process: Process, speech: Float32) -> None:
    assert len({process(speech, np.random.default_rng(seed)).tobytes() for seed in range(5)}) == 5


@BOTH
def test_silence_stays_silent(process: Process) -> None:
    for seed in range(5):
        made = process(np.zeros(16_000, np.float32), np.random.default_rng(seed))
        assert np.abs(made).max() < 1e-6


@BOTH
def test_chance_does_not_depend_on_the_sound(process: Process, speech: Float32) -> None:
    """Both halves of a pair get the same draw, and what comes after it, too."""
    states = []
    for x in (speech, 0.1 * speech[::-1].copy()):
        rng = np.random.default_rng(9)
        process(x, rng)
        states.append(rng.bit_generator.state)
    assert states[0] == states[1]


@BOTH
def test_nothing_moves_in_time(process: Process, speech: Float32) -> None:
    for seed in range(5):
        made = process(speech, np.random.default_rng(seed))
        cross = np.fft.irfft(np.fft.rfft(made) * np.conj(np.fft.rfft(speech)))
        assert int(np.argmax(cross)) == 0


def test_denoising_takes_noise_out_of_pauses_and_leaves_speech(speech: Float32) -> None:
    hiss = np.random.default_rng(0).normal(0, 0.003, len(speech)).astype(np.float32)
    voiced = np.convolve(np.abs(speech), np.ones(800) / 800, "same")
    pause, loud = voiced < 1e-4, voiced > 0.05
    assert pause.sum() > 2_000
    for seed in range(6):
        made = denoise(speech + hiss, np.random.default_rng(seed))
        gone = level_db(hiss[pause]) - level_db(made[pause])
        assert 3 < gone < 26, "6 to 25 dB at most, in bins without speech"
        assert np.corrcoef(made[loud], speech[loud])[0, 1] > 0.98
        assert abs(level_db(made[loud]) - level_db(speech[loud])) < 1.5


def test_where_no_gain_falls_the_frames_add_up_to_what_they_were(monkeypatch: pytest.MonkeyPatch) -> None:
    """A noise floor of nothing leaves every bin open."""
    monkeypatch.setattr(np, "quantile", lambda power, _, axis: np.zeros_like(power.mean(axis)))
    x = np.random.default_rng(0).normal(0, 0.1, 10_007).astype(np.float32)
    assert np.allclose(denoise(x, np.random.default_rng(0)), x, atol=1e-4)


def test_compression_brings_loud_and_soft_together_and_keeps_the_peak() -> None:
    rng = np.random.default_rng(0)
    x = np.concatenate([0.8 * rng.uniform(-1, 1, 16_000), 0.01 * rng.uniform(-1, 1, 16_000)]).astype(
        np.float32
    )
    before = level_db(x[:16_000]) - level_db(x[24_000:])
    for seed in range(10):
        y = compress(x, np.random.default_rng(seed))
        assert float(np.abs(y).max()) == pytest.approx(float(np.abs(x).max()), rel=1e-3)
        after = level_db(y[:16_000]) - level_db(y[24_000:])
        assert before - 28 < after < before - 4, "10 to 30 dB over the threshold, at 2:1 to 8:1"


def test_under_the_threshold_nothing_is_compressed() -> None:
    """Only what is nearly as loud as the loudest lies over a threshold 10 to 30 dB below it."""
    x = np.concatenate([np.full(8_000, 0.01), np.full(80, 1.0), np.full(40_000, 0.01)]).astype(np.float32)
    y = compress(x, np.random.default_rng(1))
    soft = y[:7_900] / x[:7_900]
    assert np.ptp(soft) < 1e-4
    assert y[-1] / x[-1] == pytest.approx(soft[0], rel=1e-2), "released after a while"
    assert y[8_200] / x[8_200] < 0.8 * soft[0], "but not at once"
