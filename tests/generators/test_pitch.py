"""generators/pitch.py: what logits say in Hz."""

from __future__ import annotations

import numpy as np

from earwitness.generators.pitch import BIN_HZ, BINS, decode


def test_between_two_bins_lies_their_middle_and_unvoiced_is_zero() -> None:
    logits = np.full((2, BINS + 1, 3), -20.0, np.float32)
    logits[:, BINS] = 5.0
    logits[0, 40, 0] = 3.0
    logits[0, [40, 41], 1] = 3.0
    logits[:, BINS, 2] = -5.0
    logits[1, BINS - 1, :2] = 3.0  # at the edge nothing beyond is averaged in
    hz = decode(logits)
    assert hz.shape == (2, 3)
    np.testing.assert_allclose(hz[0], [BIN_HZ[40], np.sqrt(BIN_HZ[40] * BIN_HZ[41]), 0.0], rtol=1e-4)
    np.testing.assert_allclose(hz[1, :2], BIN_HZ[-1], rtol=1e-4)


def test_far_bins_do_not_pull() -> None:
    logits = np.zeros((BINS + 1, 1), np.float32)
    logits[20], logits[80], logits[BINS] = 6.0, 5.5, 1.0
    assert abs(np.log2(decode(logits)[0] / BIN_HZ[20])) < 0.01
