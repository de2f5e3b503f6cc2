"""Denoisers remove noise and keep speech; level control levels; missing engines are told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from earwitness.errors import MissingDependencyError
from earwitness.eval import attack_rework as rework

Float32 = npt.NDArray[np.float32]


def test_analysis_and_synthesis_give_the_sound_back(speech_like: Callable[..., Float32]) -> None:
    x = speech_like(1.3)
    assert np.allclose(rework._sound(rework._spectrum(x), x.size), x, atol=1e-5)


@pytest.mark.parametrize("run", [rework.wiener, rework.gate_noise])
def test_denoisers_remove_noise_and_leave_speech(
    speech_like: Callable[..., Float32], run: Callable[[Float32], Float32]
) -> None:
    x = np.concatenate([np.zeros(16_000, np.float32), speech_like(3.0)])
    noise = 0.01 * np.random.default_rng(0).standard_normal(x.size).astype(np.float32)
    out = run(x + noise)
    assert out.shape == x.shape
    assert np.std(out[2_000:14_000]) < 0.75 * np.std(noise)
    speech = slice(17_000, None)
    assert np.corrcoef(out[speech], x[speech])[0, 1] > 0.95


def test_blur_keeps_phase_and_changes_magnitude(speech_like: Callable[..., Float32]) -> None:
    x = speech_like(2.0)
    out = rework.blur(x)
    assert out.shape == x.shape
    assert 0.5 < np.corrcoef(out, x)[0, 1] < 0.999


def test_level_control_and_silent_start() -> None:
    x = np.concatenate([np.full(16_000, 0.02), np.full(16_000, 0.2)]).astype(np.float32)
    out = rework.level_control(x)
    assert out[8_000] == pytest.approx(0.1, rel=0.05)
    assert out[24_000] == pytest.approx(0.1, rel=0.05)
    assert not rework.fade_start(x, 0.3)[:9_600].any()
    assert rework.fade_start(x, 0.3)[9_601] == x[9_601]


def test_missing_engines_are_told(tmp_path: Path, speech_like: Callable[..., Float32]) -> None:
    pytest.importorskip("librosa", reason="the engines are part of the train extra")
    with pytest.raises(MissingDependencyError, match="weights are missing"):
        rework.engine(speech_like(1.0), np.random.default_rng(0), "hifigan_univ", tmp_path)
