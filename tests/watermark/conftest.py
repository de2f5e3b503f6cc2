"""Marked sound that the tests of the watermark share."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import pytest

from earwitness.marks import MarkKey, Reading, Search, Strength
from earwitness.watermark.patchwork import Patchwork

Float32 = npt.NDArray[np.float32]
PAYLOAD = 0xC0FFEE42


def put_mark(
    samples: Float32,
    key: MarkKey,
    rate: int = 16_000,
    payload: int = PAYLOAD,
    strength: Strength = Strength.DEFAULT,
    blocks: Sequence[int] = (),
) -> Float32:
    """Marked (channels, n) samples, pushed in blocks that end at the given samples."""
    embedder = Patchwork().embedder(key, payload, rate, len(samples), strength)
    parts = [embedder.push(part) for part in np.split(samples, list(blocks), axis=1)]
    return np.concatenate([*parts, embedder.finish()], axis=1)


def read_marks(
    samples: Float32,
    *keys: MarkKey,
    rate: int = 16_000,
    search: Search = Search.NONE,
    blocks: Sequence[int] = (),
) -> tuple[Reading, ...]:
    """What the keys read in (channels, n) samples, pushed in blocks that end at the given samples."""
    reader = Patchwork().reader(keys, rate, len(samples), search)
    for part in np.split(samples, list(blocks), axis=1):
        reader.push(part)
    return reader.finish()


@pytest.fixture(scope="session")
def key() -> MarkKey:
    return MarkKey("studio", "00000a11", bytes(range(32)))


@pytest.fixture(scope="session")
def other_key() -> MarkKey:
    return MarkKey("elsewhere", "0000beef", bytes(range(1, 33)))


@pytest.fixture(scope="session")
def speech(speech_like: Callable[..., Float32]) -> Float32:
    """Seven seconds, (1, n) at 16 kHz."""
    return speech_like(7.0, seed=3)[None]


@pytest.fixture(scope="session")
def marked(speech: Float32, key: MarkKey) -> Float32:
    return put_mark(speech, key)


@pytest.fixture(scope="session", name="put_mark")
def put_mark_fixture() -> Callable[..., Float32]:
    return put_mark


@pytest.fixture(scope="session", name="read_marks")
def read_marks_fixture() -> Callable[..., tuple[Reading, ...]]:
    return read_marks
