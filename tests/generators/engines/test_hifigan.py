"""generators/engines/hifigan.py: its own spectrogram, level and length; a network that is missing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from earwitness.errors import EarWitnessError, MissingDependencyError
from earwitness.generators.base import Ability, Family, Speech
from earwitness.generators.engines import hifigan
from earwitness.generators.engines.hifigan import RATE, VARIABLE, log_mel, open_hifigan

Float32 = npt.NDArray[np.float32]


class Network:
    """Holds the loudness of each frame for a hop."""

    def get_inputs(self) -> list[Any]:
        return [SimpleNamespace(name="mel")]

    def run(self, _: None, given: dict[str, Float32]) -> list[Float32]:
        loud = np.exp(given["mel"][0]).max(0)
        return [np.repeat(loud / max(1.0, float(loud.max())), 256)[None, None]]


def test_level_and_length_are_those_of_the_recording(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tone: Callable[..., Float32]
) -> None:
    model = tmp_path / "universal.onnx"
    model.write_bytes(b"")
    monkeypatch.setenv(VARIABLE, str(model))
    monkeypatch.setattr(hifigan, "load_network", lambda *_: Network())
    engine = open_hifigan()
    assert (engine.info.family, engine.info.offers) == (Family.GAN, frozenset({Ability.RESYNTHESIZE}))
    assert engine.info.version == "universal"
    made = engine.resynthesize(Speech(tone(1.0, 16_000, level=0.2), 16_000))
    assert made.rate == RATE
    assert made.samples.size == pytest.approx(RATE, abs=2)
    assert np.abs(made.samples).max() == pytest.approx(0.2 / 0.95, rel=0.1)


def test_a_tone_lies_in_the_band_of_its_pitch(tone: Callable[..., Float32]) -> None:
    bands = [int(log_mel(tone(1.0, RATE, hz)).mean(1).argmax()) for hz in (200.0, 1_000.0, 4_000.0, 7_900.0)]
    assert bands == sorted(set(bands))
    assert bands[-1] >= 78
    assert log_mel(np.zeros(RATE, np.float32)).shape == (80, -(-RATE // 256))


def test_without_a_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tone: Callable[..., Float32]
) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    with pytest.raises(MissingDependencyError, match=f"hifigan: .*{VARIABLE}"):
        open_hifigan()
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(b"no network")
    monkeypatch.setenv(VARIABLE, str(broken))
    with pytest.raises(EarWitnessError, match=r"broken\.onnx|hifigan"):
        open_hifigan().resynthesize(Speech(tone(0.5), 16_000))
