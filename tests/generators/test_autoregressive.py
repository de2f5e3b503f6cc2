"""generators/autoregressive.py: how far a block looks back. What needs a network: the training tests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from earwitness.errors import ModelError
from earwitness.generators.autoregressive import (
    BLOCK,
    PAST,
    AutoregressiveVocoder,
    hissed,
    lags_of,
    voiced,
)
from earwitness.generators.mel import MelConfig

Float32 = npt.NDArray[np.float32]


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


@pytest.mark.parametrize("through", [voiced, hissed])
def test_filters_are_as_loud_as_they_say(through: Callable[[Float32, Float32], Float32]) -> None:
    samples = np.sin(2 * np.pi * 1_000 * np.arange(4_000) / 16_000).astype(np.float32)
    loud = np.full((100, 129), -20.0, np.float32)
    loud[:, 8:25] = np.log(0.5)  # 500 to 1,500 Hz
    made = through(samples, loud).reshape(-1)[300:-300]
    assert np.sqrt(2 * (made**2).mean()) == pytest.approx(0.5, rel=0.15)
    loud[:, 8:25] = -20.0
    assert np.abs(through(samples, loud)[8:-8]).max() < 1e-3


def test_noise_is_not_delayed_and_a_pulse_is_answered_after_it() -> None:
    pulse = np.zeros(2_000, np.float32)
    pulse[1_000] = 1
    loud = np.tile(-0.002 * (np.arange(129) - 12.0) ** 2, (50, 1)).astype(np.float32)  # around 750 Hz
    noisy, made = hissed(pulse, loud).reshape(-1), voiced(pulse, loud).reshape(-1)
    np.testing.assert_allclose(noisy[1_000:1_040], noisy[1_000:960:-1], atol=1e-6)
    assert np.abs(made[:1_000]).max() < 1e-6
    assert np.abs(made[1_000:1_010]).max() > 0.01
