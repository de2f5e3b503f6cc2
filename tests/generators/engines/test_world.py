"""generators/engines/world.py: rates, pieces, what the package does wrong."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from earwitness.errors import EarWitnessError, MissingDependencyError
from earwitness.generators.base import Ability, Family, Speech
from earwitness.generators.engines.world import open_world

Float32 = npt.NDArray[np.float32]


@pytest.fixture
def rates(module: Callable[..., ModuleType]) -> list[int]:
    """A pyworld that gives back what it got, and the rates that it was asked for."""
    seen: list[int] = []

    def harvest(sound: Any, rate: int) -> tuple[Any, Any]:
        seen.append(rate)
        return sound, np.arange(3.0)

    module(
        "pyworld",
        harvest=harvest,
        cheaptrick=lambda _sound, pitch, _times, _rate: pitch,
        d4c=lambda _sound, pitch, _times, _rate: pitch,
        synthesize=lambda pitch, _envelope, _aperiodicity, _rate: pitch,
    )
    return seen


@pytest.mark.parametrize(("rate", "used"), [(8_000, 8_000), (44_100, 44_100), (96_000, 16_000)])
def test_a_recording_is_remade_at_its_own_rate_where_that_can_be(
    rate: int, used: int, rates: list[int], tone: Callable[..., Float32]
) -> None:
    engine = open_world()
    assert (engine.info.family, engine.info.offers) == (Family.SIGNAL, frozenset({Ability.RESYNTHESIZE}))
    made = engine.resynthesize(Speech(tone(0.5, rate), rate))
    assert set(rates) == {used}
    assert made.rate == used
    assert made.samples.size == pytest.approx(used / 2, abs=2)


def test_what_the_package_raises_is_told(rates: list[int], tone: Callable[..., Float32]) -> None:
    engine = open_world()
    assert rates == []
    engine._pyworld.d4c = lambda *_: 1 / 0
    with pytest.raises(EarWitnessError, match="world"):
        engine.resynthesize(Speech(tone(0.5), 16_000))


def test_without_the_package(no_module: Callable[[str], None]) -> None:
    no_module("pyworld")
    with pytest.raises(MissingDependencyError, match=r"world: .*pip install pyworld-prebuilt"):
        open_world()


def test_the_real_one_keeps_the_spectrogram(speech_like: Callable[..., Float32]) -> None:
    pytest.importorskip("pyworld", reason="pyworld is in the train extra")
    from earwitness.generators.mel import log_mel

    samples = speech_like(1.5)
    made = open_world().resynthesize(Speech(samples, 16_000))
    one, other = log_mel(samples), log_mel(np.resize(made.samples, samples.size))
    loud = one > -4
    assert np.corrcoef(one[loud], other[loud])[0, 1] > 0.8
