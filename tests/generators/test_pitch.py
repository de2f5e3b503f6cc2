"""generators/pitch.py: what logits say in Hz."""

from __future__ import annotations

import numpy as np
import pytest

from earwitness.generators.pitch import BIN_HZ, BINS, CODE_FRAMES, decode, from_codes, to_codes


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


@pytest.mark.parametrize("frames", [1, 2, 7, 60])
def test_coded_pitch_is_near_and_as_long(frames: int) -> None:
    pitch = np.exp(np.linspace(np.log(80), np.log(300), 60)).astype(np.float32)[:frames]
    pitch[20:30] = 0
    codes = to_codes(pitch)
    assert codes.size == -(-frames // CODE_FRAMES)
    assert 0 <= codes.min() <= codes.max() < 128
    again = from_codes(codes, frames)
    assert again.shape == pitch.shape
    both = (pitch > 0) & (again > 0)
    assert np.abs(np.log2(again[both] / pitch[both])).max() < 0.06
    assert ((pitch > 0) != (again > 0)).sum() <= 2
    assert not from_codes(np.zeros_like(codes), frames).any()
