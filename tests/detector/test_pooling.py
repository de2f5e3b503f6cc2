"""Attentive statistics against the formula written out, and the windows they are taken over."""

import numpy as np
import pytest

from earwitness.detector.pooling import pooled_statistics, window_starts
from earwitness.samples import Float32

MEMBERS = 2


@pytest.mark.parametrize(
    ("frames", "width", "hop", "starts"),
    [
        (0, 38, 6, []),
        (-3, 38, 6, []),
        (1, 38, 6, [0]),
        (38, 38, 6, [0]),
        (43, 38, 6, [0]),
        (44, 38, 6, [0, 6]),
        (50, 38, 6, [0, 6, 12]),
        (24, 12, 12, [0, 12]),
    ],
)
def test_starts_are_every_hop_inside(frames: int, width: int, hop: int, starts: list[int]) -> None:
    assert window_starts(frames, width, hop).tolist() == starts


def drawn(frames: int, seed: int = 0) -> tuple[Float32, Float32, Float32]:
    rng = np.random.default_rng(seed)
    vectors = rng.standard_normal((frames, MEMBERS, 5)).astype(np.float32)
    attention = (3 * rng.standard_normal((frames, MEMBERS))).astype(np.float32)
    return vectors, attention, rng.random(frames).astype(np.float32)


def by_hand(vectors: Float32, attention: Float32, speech: Float32) -> list[float]:
    weights = [np.exp(float(a)) * max(float(s), 1e-4) for a, s in zip(attention, speech, strict=True)]
    mean = sum(w * v.astype(float) for w, v in zip(weights, vectors, strict=True)) / sum(weights)
    square = sum(w * v.astype(float) ** 2 for w, v in zip(weights, vectors, strict=True)) / sum(weights)
    return [*mean, *np.sqrt(np.maximum(square - mean**2, 1e-5))]


def test_each_window_is_the_weighted_mean_and_deviation_of_its_frames() -> None:
    vectors, attention, speech = drawn(30)
    starts = np.array([0, 6, 12, 25])
    made = pooled_statistics(vectors, attention, speech, starts, 12)
    assert made.shape == (4, MEMBERS, 10)
    assert made.dtype == np.float32
    for rows, start in zip(made, starts, strict=True):
        part = slice(start, start + 12)
        for member, row in enumerate(rows):
            expected = by_hand(vectors[part, member], attention[part, member], speech[part])
            assert row == pytest.approx(expected, abs=1e-5)


def test_windows_do_not_see_what_lies_outside() -> None:
    vectors, attention, speech = drawn(40)
    before = pooled_statistics(vectors, attention, speech, np.array([0]), 10)
    vectors[10:], attention[10:], speech[10:] = 1e3, 40.0, 1.0
    assert np.array_equal(pooled_statistics(vectors, attention, speech, np.array([0]), 10), before)


def test_a_window_of_far_lower_attention_keeps_its_statistics() -> None:
    """Long silence after speech: running sums would lose it in rounding and divide 0 by 0."""
    vectors, attention, speech = drawn(60)
    attention[30:] -= 60.0
    speech[30:] = 0.0
    made = pooled_statistics(vectors, attention, speech, np.array([0, 40]), 20)
    assert np.isfinite(made).all()
    alone = pooled_statistics(vectors[40:], attention[40:], speech[40:], np.array([0]), 20)
    assert made[1] == pytest.approx(alone[0], abs=1e-5)


def test_pauses_hardly_count() -> None:
    vectors = np.array([[[1.0]]] * 10 + [[[-1.0]]] * 10, dtype=np.float32)
    speech = np.array([1.0] * 10 + [0.0] * 10, dtype=np.float32)
    mean, spread = pooled_statistics(vectors, np.zeros((20, 1), np.float32), speech, np.array([0]), 20)[0, 0]
    assert mean == pytest.approx(1.0, abs=1e-3)
    assert spread < 0.03


def test_equal_frames_have_the_least_deviation_not_none() -> None:
    made = pooled_statistics(
        np.ones((8, 1, 2), np.float32), np.zeros((8, 1), np.float32), np.ones(8), np.array([0]), 8
    )
    assert made[0, 0] == pytest.approx([1, 1, 1e-5**0.5, 1e-5**0.5])


def test_no_windows_no_rows() -> None:
    vectors, attention, speech = drawn(4)
    none = pooled_statistics(vectors, attention, speech, np.zeros(0, dtype=np.int64), 10)
    assert none.shape == (0, MEMBERS, 10)
