"""watermark/windows.py: every sample lies in one stretch, the same whatever the blocks."""

from __future__ import annotations

import numpy as np
import pytest

from earwitness.watermark.windows import MonoWindows, Window, Windows


def cut(windows: Windows | MonoWindows, samples: np.ndarray, block: int) -> list[Window]:
    found = []
    for start in range(0, samples.shape[1], block):
        found += windows.push(samples[:, start : start + block])
    return [*found, *windows.finish()]


@pytest.mark.parametrize("block", [1, 7, 100, 1_000])
@pytest.mark.parametrize("length", [5, 100, 101, 257])
def test_each_sample_is_in_one_stretch_with_its_surroundings(block: int, length: int) -> None:
    sound = np.arange(2 * length, dtype=np.float32).reshape(2, length)
    found = cut(Windows(2, 100, before=30, after=20), sound, block)
    assert [window.at for window in found] == list(range(0, length, 100))
    for window in found:
        first, last = window.at - window.first, window.at + window.size
        assert first == max(0, window.at - 30)
        np.testing.assert_array_equal(window.samples, sound[:, first : min(length, last + 20)])
    assert sum(window.size for window in found) == length


def test_nothing_gives_no_window() -> None:
    assert Windows(1, 100).finish() == []


def test_a_mix_that_cancels_gives_the_strongest_channel() -> None:
    wave = np.sin(np.arange(400, dtype=np.float32))
    for sound, expected in (
        (np.stack([wave, wave]), wave),
        (np.stack([wave, -0.9 * wave]), wave),
        (np.stack([0 * wave, wave]), wave / 2),
    ):
        windows = MonoWindows(Windows(2, 100), 16_000, 16_000, 2)
        made = np.concatenate([w.samples for w in cut(windows, sound.astype(np.float32), 64)], axis=1)
        np.testing.assert_allclose(made[0], expected, atol=1e-6)
