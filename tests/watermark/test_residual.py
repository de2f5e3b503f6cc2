"""watermark/residual.py: the change goes where it belongs, at any rate and in any blocks."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from earwitness.watermark.residual import ResidualEmbedder
from earwitness.watermark.windows import Windows


def half(samples: np.ndarray) -> np.ndarray:
    return samples / 2


def run(sound: np.ndarray, rate: int, block: int, change: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    windows = Windows(len(sound), 4_000, 800, 800)
    embedder = ResidualEmbedder(rate, len(sound), 16_000, windows, 160, change)
    parts = [embedder.push(sound[:, k : k + block]) for k in range(0, sound.shape[1], block)]
    return np.concatenate([*parts, embedder.finish()], axis=1)


@pytest.mark.parametrize("rate", [8_000, 16_000, 44_100])
def test_the_change_lies_on_the_sound(rate: int, tone: Callable[..., np.ndarray]) -> None:
    sound = np.stack([tone(1.3, rate, 440.0), tone(1.3, rate, 660.0)])
    made = run(sound, rate, 1_001, half)
    assert made.shape == sound.shape
    middle = slice(rate // 10, -rate // 10)
    np.testing.assert_allclose(made[:, middle], 1.5 * sound[:, middle], atol=2e-3)


def test_blocks_do_not_matter(noise: Callable[..., np.ndarray]) -> None:
    sound = noise(1.1)[None]
    whole = run(sound, 16_000, sound.shape[1], half)
    for block in (160, 1_234):
        np.testing.assert_array_equal(run(sound, 16_000, block, half), whole)


def test_windows_pass_into_each_other(noise: Callable[..., np.ndarray]) -> None:
    """Each window adds another constant: no step is larger than a fade makes it."""
    levels = iter(np.arange(1, 100, dtype=np.float32) / 10)
    sound = noise(1.0, level=0.01)[None]
    added = run(sound, 16_000, 500, lambda x: np.full_like(x, next(levels))) - sound
    assert added.min() == pytest.approx(0.1, abs=1e-6)
    assert added.max() == pytest.approx(0.4, abs=1e-6)
    assert np.abs(np.diff(added)).max() < 1e-3


def test_a_silent_channel_stays_silent(noise: Callable[..., np.ndarray]) -> None:
    sound = np.stack([noise(0.5), np.zeros(8_000, np.float32)])
    made = run(sound, 16_000, 500, lambda x: x + 0.1)
    assert np.abs(made[0] - sound[0]).min() > 0
    assert not made[1].any()
