"""A recording through something too narrow for it."""

import numpy as np
import numpy.typing as npt
import pytest

from earwitness.detector.training import bottleneck
from earwitness.detector.training.bottleneck import narrowed_magnitudes, narrowed_waves
from earwitness.detector.training.overlap import spectra

Float32 = npt.NDArray[np.float32]


def rank(rows: npt.NDArray[np.floating]) -> int:
    power = np.linalg.svd(rows, compute_uv=False) ** 2
    return int((power > 1e-6 * power[0]).sum())


def test_the_fewest_components_that_hold_the_share_are_kept() -> None:
    rng = np.random.default_rng(0)
    directions = np.linalg.qr(rng.standard_normal((8, 8)))[0]
    rows = (rng.standard_normal((4_000, 8)) * [4, 2, 1, 0.5, 0.1, 0.1, 0.1, 0.1]) @ directions.T
    for share, count in ((0.5, 1), (0.9, 2), (0.98, 3)):
        basis = bottleneck._components(rows.astype(np.float32), share)
        assert basis.shape == (count, 8)
        assert np.abs(basis @ basis.T - np.eye(count)).max() < 1e-5
        assert np.abs(basis @ directions)[range(count), range(count)] == pytest.approx(1, abs=0.02)


@pytest.mark.parametrize("seed", range(6))
def test_waves_lose_something_and_stay_in_place(speech: Float32, seed: int) -> None:
    x = speech[:24_000]
    made = narrowed_waves(x, np.random.default_rng(seed))
    assert made.shape == x.shape
    assert made.dtype == np.float32
    assert np.corrcoef(made, x)[0, 1] > 0.9
    assert np.mean((made - x) ** 2) > 1e-4 * np.mean(x**2)


def test_magnitudes_have_fewer_directions_and_phases_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bottleneck, "KEPT_OF_MAGNITUDES", (0.85, 0.85))
    rng = np.random.default_rng(0)
    phases = rng.uniform(-np.pi, np.pi, (400, 65))
    before = np.exp(0.5 * rng.standard_normal((400, 65)) + 1j * phases).astype(np.complex64)
    after = narrowed_magnitudes(before, np.random.default_rng(0))

    def centred(spectrum: npt.NDArray[np.complex64]) -> npt.NDArray[np.float64]:
        logs = np.log(np.abs(spectrum).astype(np.float64) + bottleneck.FLOOR)
        return np.asarray(logs - logs.mean(axis=0))

    assert after.dtype == np.complex64
    assert rank(centred(before)) == 65
    assert rank(np.round(centred(after), 5)) == pytest.approx(50, abs=4)
    kept = (centred(after) ** 2).sum() / (centred(before) ** 2).sum()
    assert kept == pytest.approx(0.85, abs=0.02)
    assert np.abs(np.angle(after / before)).max() < 1e-3


def test_silence_stays_silence() -> None:
    quiet = np.zeros(16_000, np.float32)
    assert np.abs(narrowed_waves(quiet, np.random.default_rng(0))).max() < 1e-6
    assert np.isfinite(narrowed_magnitudes(spectra(quiet, 512), np.random.default_rng(0))).all()
