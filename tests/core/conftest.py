"""Keys, and recordings as files, for the tests of marking."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from earwitness.provenance.keys import KeyRing

Sound = Callable[..., np.ndarray]
Encode = Callable[..., bytes]


@pytest.fixture
def ring(tmp_path: Path) -> KeyRing:
    ring = KeyRing(tmp_path / "keys" / "keys.json", {})
    ring.create("studio")
    ring.create("other")
    return ring


@pytest.fixture
def place(tmp_path: Path, speech_like: Sound, encode: Encode) -> Callable[..., Path]:
    """``place(name, container, codec, rate=, channels=, **)``: a recording of 4 s as a file."""

    def lay(
        name: str, container: str, codec: str, rate: int = 16000, channels: int = 1, **options: object
    ) -> Path:
        sound = np.stack([speech_like(4.0, rate, 0.4, seed) for seed in range(channels)])
        path = tmp_path / name
        path.write_bytes(encode(sound, rate, container, codec, **options))
        return path

    return lay
