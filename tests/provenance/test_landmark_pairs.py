"""provenance/landmark_pairs.py: keys that survive moving, and counting where two recordings agree."""

from __future__ import annotations

import numpy as np
import pytest

from earwitness.provenance.landmark_pairs import (
    FAN_OUT,
    KEY_BITS,
    Pairs,
    Warp,
    agreement,
    pairs_of,
    ranges,
    warps,
)
from earwitness.provenance.landmarks import BINS, BINS_PER_OCTAVE, Landmarks


def scattered(count: int = 400, seed: int = 0, frames: int = 1000) -> Landmarks:
    random = np.random.default_rng(seed)
    frame = np.sort(random.integers(0, frames, count))
    return np.stack([frame, random.integers(0, BINS, count)], axis=1).astype(np.int32)


def test_keys_do_not_depend_on_the_time_and_fit() -> None:
    points = scattered()
    pairs, later = pairs_of(points), pairs_of(points + np.array([500, 0], np.int32))
    assert np.array_equal(pairs.key, later.key)
    assert np.array_equal(pairs.frame + 500, later.frame)
    assert 0 <= pairs.key.min() <= pairs.key.max() < 2**KEY_BITS
    assert len(points) < len(pairs.key) <= FAN_OUT * len(points)


def test_a_pair_says_its_pitch_step_and_gap() -> None:
    (key,) = pairs_of(np.array([[10, 40], [17, 35]], np.int32)).key
    assert (key >> 12, (key >> 6) & 63, key & 63) == (40, 35 - 40 + 31, 7)


@pytest.mark.parametrize("points", [[], [[3, 4]], [[3, 4], [4, 4]], [[3, 4], [90, 4]], [[3, 4], [9, 60]]])
def test_too_few_or_too_far_apart(points: list[list[int]]) -> None:
    assert len(pairs_of(np.array(points, np.int32).reshape(-1, 2)).key) == 0


def test_a_part_is_found_in_its_place() -> None:
    whole = scattered(800, frames=2000)
    part = whole[(whole[:, 0] >= 700) & (whole[:, 0] < 1200)] - np.array([700, 0], np.int32)
    found = agreement(pairs_of(whole), pairs_of(part))
    assert found.frame == 700
    assert found.count > 0.7 * len(part)  # at the edges some have other neighbours
    assert agreement(pairs_of(part), pairs_of(whole)).frame == -700


def test_nothing_in_common_agrees_by_chance_only() -> None:
    found = agreement(pairs_of(scattered(seed=1)), pairs_of(scattered(seed=2)))
    assert found.count <= 4
    assert found.chance < 0.1
    empty = Pairs(np.zeros(0, np.int32), np.zeros(0, np.int32))
    assert agreement(empty, pairs_of(scattered())).count == 0


@pytest.mark.parametrize("warp", warps(), ids=str)
def test_a_change_is_undone(warp: Warp) -> None:
    points = scattered(300, frames=3000)
    points = points[(points[:, 1] > 15) & (points[:, 1] < BINS - 15)]
    heard = np.stack(
        [np.round(points[:, 0] / warp.speed), np.round(points[:, 1] + BINS_PER_OCTAVE * np.log2(warp.pitch))],
        axis=1,
    ).astype(np.int32)
    undone = warp.undo(heard)
    assert len(undone) == len(points)
    assert np.abs(undone - points).max() <= 1


def test_a_change_can_move_landmarks_out_of_range() -> None:
    assert len(Warp(1.0, 2.0).undo(np.array([[5, 3], [9, 50]], np.int32))) == 1


def test_ranges() -> None:
    assert ranges(np.array([2, 9, 9]), np.array([5, 9, 11])).tolist() == [2, 3, 4, 9, 10]
    assert len(ranges(np.array([], np.int64), np.array([], np.int64))) == 0
