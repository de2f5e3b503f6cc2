"""Blocks change nothing but the time that it takes."""

import numpy as np
import pytest

from earwitness.fourier import BLOCK, spectra


@pytest.mark.parametrize("count", [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK + 5])
def test_blocks_give_what_one_transform_gives(count: int) -> None:
    sound = np.random.default_rng(count).standard_normal(160 * count + 512).astype(np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(sound, 512)[::160][:count]
    window = np.hanning(512).astype(np.float32)
    found = spectra(frames, window)
    assert found.dtype == np.complex64
    assert np.array_equal(found, np.fft.rfft(frames * window, axis=1))
    assert np.array_equal(spectra(frames, window, 1024), np.fft.rfft(frames * window, 1024, axis=1))
