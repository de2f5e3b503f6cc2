"""Two speakers' speech-like recordings with a manifest, for the training tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import soundfile

Float32 = npt.NDArray[np.float32]


@pytest.fixture
def manifest(tmp_path: Path, speech_like: Callable[..., Float32]) -> Path:
    """Four recordings of 2 s by four speakers, and one of a corpus that nobody asked for."""
    lines = ["path\tcorpus\tspeaker"]
    for index in range(5):
        soundfile.write(tmp_path / f"{index}.flac", speech_like(2.0, seed=index), 16_000)
        lines.append(f"{index}.flac\t{'other' if index == 4 else 'kerstin_de'}\ts{index}")
    path = tmp_path / "real.tsv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> Iterator[None]:
    """Networks this small are slower on several threads, on a busy machine many times slower."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
