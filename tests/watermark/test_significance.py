"""watermark/significance.py: probabilities count every look, and the stored null is what the readers use."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from earwitness.watermark import significance
from earwitness.watermark.layout import SCHEME

NULL = json.loads(Path(significance.__file__).with_name("null.json").read_text(encoding="utf-8"))


def test_the_null_was_measured_on_enough_trials_of_this_scheme() -> None:
    assert NULL["scheme"] == SCHEME
    assert NULL["trials"] >= 200_000
    assert NULL["places_a_window"] == significance.PLACES
    assert 1 <= NULL["tries_a_window"] <= significance.PLACES


def test_the_largest_correlation_of_the_null_is_no_mark() -> None:
    assert significance.chance(NULL["largest"], 1) > significance.FALSE_MARKS


def test_the_stored_null_predicts_its_own_counts() -> None:
    """What was measured never exceeds what readers promise by more than chance."""
    for threshold, count in NULL["exceeded"].items():
        promised = significance.chance(float(threshold), 1) * NULL["trials"]
        assert count <= 1.05 * promised + 4 * promised**0.5 + 3


def test_chances_fall_with_the_correlation_and_rise_with_the_looks() -> None:
    assert significance.chance(0.0, 1) == 1.0
    assert significance.chance(6.0, 1) > significance.chance(7.0, 1) > 0
    assert significance.chance(6.0, 8) == pytest.approx(8 * significance.chance(6.0, 1))


def test_two_fair_signs_together_convince_more_than_one() -> None:
    assert significance.joint(5.0, 5.0, 1, 32) < significance.chance(5.0, 1)
    assert significance.joint(5.0, 0.0, 1, 32) > significance.chance(5.0, 1)
