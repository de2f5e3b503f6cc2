"""Miniature sets of the true shape."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

Sound = Callable[[Path], Path]


@pytest.fixture
def sound() -> Sound:
    """Writes a tenth of a second of noise there, folders included."""

    def write(path: Path) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        seed = sum(path.name.encode())
        samples = 0.1 * np.random.default_rng(seed).standard_normal(1_600)
        soundfile.write(path, samples, 16_000)
        return path

    return write
