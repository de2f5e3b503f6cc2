"""generators/autoregressive.py: how far a block looks back. What needs a network: the training tests."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from earwitness.errors import ModelError
from earwitness.generators.autoregressive import BLOCK, PAST, AutoregressiveVocoder, lags_of
from earwitness.generators.mel import MelConfig


def test_a_block_looks_back_whole_periods_and_never_into_itself() -> None:
    pitch = np.array([0.0, 100.0, 1_000.0, 50.0], np.float32)
    lags = lags_of(pitch, 20, MelConfig())
    assert lags.reshape(4, 5).tolist() == [[BLOCK] * 5, [160] * 5, [48] * 5, [320] * 5]
    for hz in np.linspace(50, 560, 60):
        (lag,) = lags_of(np.array([hz], np.float32), 1, MelConfig())
        assert BLOCK <= lag <= PAST
        periods = lag * hz / 16_000
        assert periods == pytest.approx(round(periods), abs=0.05)


def test_the_last_frame_is_held() -> None:
    assert lags_of(np.array([100.0], np.float32), 12, MelConfig()).tolist() == [160] * 12


def test_missing_weights_are_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="autoregressive_frames"):
        AutoregressiveVocoder(tmp_path, tmp_path / "gan.pitch.onnx")
