"""watermark/spans.py: stretches are found where the evidence changes."""

from __future__ import annotations

import numpy as np

from earwitness.watermark.layout import COLUMNS, PAIRS
from earwitness.watermark.spans import marked_columns


def evidence(first: int, last: int, phase: int) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(first + last)
    signs = random.choice([-1.0, 1.0], (COLUMNS, PAIRS)).astype(np.float32)
    chips = random.standard_normal((4 * COLUMNS, PAIRS)).astype(np.float32)
    chips[first:last] += 0.8 * np.tile(np.roll(signs, phase, axis=0), (4, 1))[first:last]
    return chips.reshape(4, COLUMNS, PAIRS), signs


def test_the_marked_stretch_is_found() -> None:
    chips, signs = evidence(50, 110, 7)
    ((first, last),) = marked_columns(chips, signs, 7, (1, 3))
    assert abs(first - 50) <= 3
    assert abs(last - 110) <= 3


def test_everything_marked_is_one_stretch() -> None:
    chips, signs = evidence(0, 144, 0)
    assert marked_columns(chips, signs, 0, (0, 4)) == [(0, 144)]


def test_another_phase_finds_nothing_much() -> None:
    chips, signs = evidence(0, 144, 3)
    found = marked_columns(chips, signs, 20, (0, 4))
    assert sum(last - first for first, last in found) < 20
