from __future__ import annotations

import numpy as np

from earwitness.watermark.layout import BAND_EDGES, BANDS
from earwitness.watermark.thirds import held, members, shares, steadied

WIDTHS = np.diff(np.array(BAND_EDGES))


def test_every_band_belongs_to_one_third_and_the_high_ones_have_company() -> None:
    assert (members().sum(1) == 1).all()
    assert members().sum(0).max() > 4
    assert members().sum(0)[0] == 1


def test_shares_of_a_third_add_up_to_one() -> None:
    energy = np.random.default_rng(1).exponential(size=(5, BANDS)).astype(np.float32)
    np.testing.assert_allclose(shares(energy) @ members(), 1, rtol=1e-5)


def test_held_gains_are_the_least_costly_ones() -> None:
    random = np.random.default_rng(2)
    wanted = random.standard_normal((1, BANDS)).astype(np.float32)
    ease = random.uniform(0.5, 2, BANDS).astype(np.float32)
    share = shares(random.exponential(size=(1, BANDS)).astype(np.float32))

    def cost(gains: np.ndarray) -> float:
        change = (share * gains) @ members()
        return float((np.square(gains - wanted) / ease).sum() + 4 * np.square(change).sum())

    best = held(wanted, ease, share)
    assert cost(best) < cost(wanted)
    for _ in range(50):
        assert cost(best + 0.01 * random.standard_normal(best.shape)) > cost(best) - 1e-5


def test_a_third_that_goes_up_as_a_whole_is_taken_back_and_one_band_of_two_is_not() -> None:
    power = np.ones((1, BAND_EDGES[-1] - BAND_EDGES[0]), np.float32)
    group = np.repeat(members(), WIDTHS, axis=0)
    wide = int(np.argmax(members().sum(0)))
    factor = np.ones_like(power)
    factor[0, group[:, wide] > 0] = 2.0
    eased = steadied(power, factor)
    np.testing.assert_allclose(eased[0, group[:, wide] > 0], np.sqrt(2.0), rtol=1e-5)
    narrow = np.ones_like(power)
    narrow[0, group[:, 0] > 0] = 2.0
    np.testing.assert_allclose(steadied(power, narrow), narrow, rtol=1e-5)


def test_silence_stays_finite() -> None:
    silence = np.zeros((3, BAND_EDGES[-1] - BAND_EDGES[0]), np.float32)
    assert np.isfinite(steadied(silence, silence + 1)).all()
    assert np.isfinite(shares(np.zeros((2, BANDS), np.float32))).all()
