"""The files are PNG as any reader understands it: FFmpeg reads them back."""

from __future__ import annotations

import io

import av
import numpy as np
import pytest

from earwitness.png import png

GREY = np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1)


def read_back(data: bytes) -> np.ndarray:
    with av.open(io.BytesIO(data), format="png_pipe") as container:
        frame = next(container.decode(video=0))
        return frame.to_ndarray(format="rgb24")


@pytest.mark.parametrize("shape", [(1, 1), (3, 5), (256, 1600)])
def test_every_pixel_comes_back(shape: tuple[int, int]) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, shape).astype(np.uint8)
    read = read_back(png(pixels, GREY))
    np.testing.assert_array_equal(read, GREY[pixels])


def test_small_palette() -> None:
    pixels = np.array([[0, 1], [1, 0]], dtype=np.uint8)
    palette = np.array([[10, 20, 30], [200, 0, 7]], dtype=np.uint8)
    np.testing.assert_array_equal(read_back(png(pixels, palette)), palette[pixels])


@pytest.mark.parametrize(
    ("pixels", "palette"),
    [
        (np.zeros((0, 4), np.uint8), GREY),
        (np.zeros(4, np.uint8), GREY),
        (np.zeros((2, 2), np.uint8), np.zeros((0, 3), np.uint8)),
        (np.zeros((2, 2), np.uint8), np.zeros((4, 4), np.uint8)),
        (np.full((2, 2), 5, np.uint8), np.zeros((5, 3), np.uint8)),
    ],
)
def test_nonsense_is_refused(pixels: np.ndarray, palette: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"picture|palette"):
        png(pixels, palette)
