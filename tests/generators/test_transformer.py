"""generators/transformer.py: what needs no network: drawing, durations, frames. The rest: training tests."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from earwitness.errors import ModelError
from earwitness.generators.transformer import Sampling, TextModel, drawn, spread, whole_frames


def test_cold_takes_the_likeliest_and_top_p_leaves_out_the_rest() -> None:
    logits = np.log(np.array([0.05, 0.5, 0.15, 0.3], np.float32))
    rng = np.random.default_rng(0)
    assert {drawn(logits, Sampling(temperature=0), rng) for _ in range(20)} == {1}
    assert {drawn(logits, Sampling(1.0, 0.6), rng) for _ in range(200)} == {1, 3}
    assert {drawn(logits, Sampling(1.0, 1.0), rng) for _ in range(400)} == {0, 1, 2, 3}
    assert {drawn(logits, Sampling(1.0, 1e-9), rng) for _ in range(20)} == {1}


def test_draws_are_as_likely_as_the_model_says() -> None:
    logits = np.log(np.array([0.1, 0.6, 0.3], np.float32))
    rng = np.random.default_rng(1)
    counts = np.bincount([drawn(logits, Sampling(1.0, 1.0), rng) for _ in range(4000)], minlength=3)
    np.testing.assert_allclose(counts / 4000, [0.1, 0.6, 0.3], atol=0.03)


def test_whole_frames_do_not_drift() -> None:
    lasting = np.full(200, 2.4, np.float32)
    frames = whole_frames(lasting)
    assert set(frames) == {2, 3}
    assert abs(int(frames.sum()) - 480) <= 1
    assert whole_frames(np.array([0.01, 0.2], np.float32)).tolist() == [1, 1]


def test_every_frame_knows_its_unit_and_its_place_in_it() -> None:
    rows, places = spread(np.array([2, 1, 4]), 4)
    assert rows.tolist() == [0, 0, 1, 2, 2, 2, 2, 2]  # the last one fills up
    np.testing.assert_allclose(places[:2], [[0.25, 0.75, 0.2], [0.75, 0.25, 0.2]], atol=1e-6)
    np.testing.assert_allclose(places[:, 0] + places[:, 1], 1, atol=1e-6)


def test_missing_weights_are_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="transformer_reader"):
        TextModel(tmp_path)
