"""Things that tests of the data engine share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import soundfile
from fake_menus import engine

from earwitness.generators.attacks.engines import Menu
from earwitness.generators.attacks.sources import Real

Float32 = npt.NDArray[np.float32]


@pytest.fixture
def menu() -> Menu:
    """Two fake generators of two families, as tests/fakes/fake_generators.py has them."""
    return Menu((engine(), engine("vocoder", "formant", "resynthesize", voices=0)))


@pytest.fixture
def reals(tmp_path: Path, speech_like: Callable[..., Float32]) -> list[Real]:
    """Six recordings of 3 to 5 s."""
    folder = tmp_path / "real"
    folder.mkdir()
    found = []
    for number in range(6):
        path = folder / f"{number}.wav"
        soundfile.write(path, speech_like(3.0 + 0.4 * number, seed=number), 16_000)
        found.append(Real(str(path), path.name, licence="CC0"))
    return found
