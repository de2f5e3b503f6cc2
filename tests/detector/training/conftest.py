"""A speech-like sound for the channel tests: gliding pulses through formants, in syllables."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pytest

Float32 = npt.NDArray[np.float32]


@pytest.fixture(scope="session")
def speech() -> Float32:
    """Three seconds at 16 kHz, peak 0.5."""
    rng = np.random.default_rng(7)
    n = 48_000
    t = np.arange(n) / 16_000
    pitch = 130 + 40 * np.sin(2 * np.pi * 0.7 * t) + 15 * np.sin(2 * np.pi * 2.3 * t)
    pulses = np.diff(np.floor(np.cumsum(pitch) / 16_000), prepend=0.0)
    source = pulses + 0.01 * rng.standard_normal(n)
    ring = t[:1600]
    resonances = ((500, 80), (1500, 120), (2600, 200), (4200, 400))
    tract = np.sum(
        [np.exp(-np.pi * width * ring) * np.sin(2 * np.pi * hertz * ring) for hertz, width in resonances],
        axis=0,
    )
    voiced = np.convolve(source, tract)[:n]
    syllables = np.clip(np.sin(2 * np.pi * 3 * t), 0, None) ** 0.5
    sound = voiced * syllables
    return (0.5 * sound / np.abs(sound).max()).astype(np.float32)


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> Iterator[None]:
    """Networks this small are slower on several threads, on a busy machine many times slower."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
