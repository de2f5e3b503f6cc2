"""Engines count alike, however many clips they lent."""

import numpy as np
import pytest

from earwitness.detector.training.weighing import balanced, unseen_share


def test_classes_weigh_alike_and_so_do_groups_inside_a_class() -> None:
    synthetic = np.array([True] * 9 + [False] * 3)
    groups = np.array(["a"] * 8 + ["b"] + ["x", "x", "y"])
    weights = balanced(synthetic, groups)
    assert weights.mean() == pytest.approx(1.0)
    assert weights[synthetic].sum() == pytest.approx(weights[~synthetic].sum())
    assert weights[:8].sum() == pytest.approx(weights[8])
    assert weights[9:11].sum() == pytest.approx(weights[11])
    assert np.ptp(weights[:8]) == 0


def test_an_engine_and_a_corpus_of_one_name_are_two_groups() -> None:
    synthetic = np.array([True, False, False])
    assert balanced(synthetic, ["same", "same", "other"]).tolist() == [1.5, 0.75, 0.75]


def test_the_more_engines_left_traces_the_less_likely_is_one_without() -> None:
    assert unseen_share(0) == 0.5
    assert unseen_share(8) == 0.1
