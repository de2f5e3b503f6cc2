"""watermark/features.py: the spectrum comes back, tiles stand out of neighbours, levels fall out."""

from __future__ import annotations

import numpy as np

from earwitness.watermark.features import band_matrix, column_mean, limit, outstanding, spectrum, synthesise
from earwitness.watermark.layout import BANDS, HOP


def test_analysis_and_synthesis_give_the_sound_back() -> None:
    x = np.random.default_rng(0).standard_normal(40 * HOP).astype(np.float32)
    np.testing.assert_allclose(synthesise(spectrum(x))[HOP:-HOP], x[HOP:-HOP], atol=1e-5)


def test_a_louder_recording_stands_out_no_more() -> None:
    level = np.random.default_rng(1).normal(-40, 10, (30, BANDS)).astype(np.float32)
    np.testing.assert_allclose(outstanding(level + np.float32(12)), outstanding(level), atol=1e-3)


def test_one_raised_tile_stands_out_by_what_it_was_raised() -> None:
    level = np.zeros((9, BANDS), np.float32)
    level[4, 30] = 2
    stand = outstanding(level)
    assert stand[4, 30] == 2
    assert int(stand.argmax()) == 4 * BANDS + 30
    assert stand[4, 31] < 0
    assert stand[5, 30] < 0


def test_a_single_column_has_neighbours_too() -> None:
    np.testing.assert_allclose(outstanding(np.ones((1, BANDS), np.float32)), 0, atol=1e-5)


def test_the_transpose_is_the_same_inside_the_plane() -> None:
    random = np.random.default_rng(2)
    a, b = (random.standard_normal((12, BANDS)).astype(np.float32) for _ in range(2))
    for plane in (a, b):
        plane[[0, -1]] = 0
        plane[:, [0, 1, -2, -1]] = 0
    assert np.isclose((outstanding(a) * b).sum(), (a * outstanding(b)).sum(), rtol=1e-4)


def test_what_stands_out_is_limited() -> None:
    assert np.abs(limit(np.array([-100.0, 100.0], np.float32))).max() <= 1


def test_bands_average_their_bins_and_follow_the_pitch() -> None:
    np.testing.assert_allclose(band_matrix().sum(0), 1, atol=1e-6)
    flat = np.ones(257, np.float32) @ band_matrix(1.2)
    np.testing.assert_allclose(flat[:50], 1, atol=1e-6)
    assert flat[-1] == 0  # what went beyond 8 kHz is not there


def test_a_column_is_the_mean_of_four_frames() -> None:
    level = np.arange(6, dtype=np.float32)[:, None] * np.ones(BANDS, np.float32)
    assert column_mean(level)[:, 0].tolist() == [1.5, 2.5, 3.5]
    assert column_mean(level[:3]).shape == (0, BANDS)
