"""generators/engines/hibari.py: only voices that are there, never a download; noise from the seed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from earwitness.errors import EarWitnessError, MissingDependencyError, ModelError
from earwitness.generators.base import Family, Generator
from earwitness.generators.engines.hibari import open_hibari

FACTS = {"emma": {"language": "en-GB"}, "fenrir": {"language": "en-US"}, "heart": {"language": "en-US"}}


class FakeModel:
    """Says a sample a character, of noise."""

    loaded: list[tuple[str, int]]

    def __init__(self, voice: str, threads: int) -> None:
        FakeModel.loaded.append((voice, threads))

    def __call__(self, text: str, seed: int) -> npt.NDArray[np.float32]:
        if text == "crash":
            raise ZeroDivisionError
        return np.random.default_rng(seed).random(len(text), np.float32)


@pytest.fixture
def fake(module: Callable[..., Any], tmp_path: Path) -> Path:
    FakeModel.loaded = []
    for name in ("heart", "emma"):
        (tmp_path / name).write_bytes(b"")

    def path_of(name: str, download_missing: bool = True) -> str:
        path = tmp_path / name
        if not path.exists():
            assert not download_missing
            raise FileNotFoundError(name)
        return str(path)

    module("hibari", Hibari=FakeModel, SAMPLE_RATE=24_000)
    module("hibari.voices", VOICES=FACTS, DEFAULT="heart", voice_path=path_of)
    return tmp_path


def test_voices_that_would_be_downloaded_are_not_offered(fake: Path) -> None:
    info = open_hibari().info
    assert (info.voices, info.languages) == (("heart", "emma"), ("en-us", "en-gb"))
    assert (info.family, info.rate) == (Family.PARAMETRIC, 24_000)
    assert FakeModel.loaded == []
    for name in ("heart", "emma"):
        (fake / name).unlink()
    with pytest.raises(ModelError, match="no voice in its package"):
        open_hibari()


@pytest.mark.usefixtures("fake")
def test_networks_are_loaded_once_and_the_seed_is_passed_on() -> None:
    engine = open_hibari(threads=2)
    one, again, other = (engine.synthesize("Hello.", seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one.samples, again.samples)
    assert not np.array_equal(one.samples, other.samples)
    engine.synthesize("Hello.", voice="Emma")
    assert FakeModel.loaded == [("heart", 2), ("emma", 2)]
    with pytest.raises(EarWitnessError, match="hibari: the engine failed"):
        engine.synthesize("crash")


def test_without_the_package(no_module: Callable[[str], None]) -> None:
    no_module("hibari")
    with pytest.raises(MissingDependencyError, match=r"hibari: .*pip install 'hibari-tts"):
        open_hibari()


def test_the_real_engine(real: Callable[..., Generator]) -> None:
    engine = real(open_hibari)
    one, other = (engine.synthesize("The same words.", seed=seed) for seed in (1, 2))
    assert not np.array_equal(one.samples, other.samples)
