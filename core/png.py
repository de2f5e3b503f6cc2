"""A PNG of indexed colours, by the standard library: the base install carries no imaging library."""

from __future__ import annotations

import struct
import zlib

import numpy as np
import numpy.typing as npt

UInt8 = npt.NDArray[np.uint8]

__all__ = ["png"]

INDEXED = 3
FILTER_UP = 2


def png(pixels: UInt8, palette: UInt8) -> bytes:
    """The file's bytes. pixels: shape (height, width), row 0 on top. palette: shape (colours <= 256, 3).

    Raises ValueError for an empty picture, a palette of the wrong shape or a pixel outside of it.
    """
    if pixels.ndim != 2 or not pixels.size:
        raise ValueError(f"a picture needs at least one row and one column, not shape {pixels.shape}")
    if palette.ndim != 2 or palette.shape[1] != 3 or not 1 <= len(palette) <= 256:
        raise ValueError(f"a palette has shape (1 to 256, 3), not {palette.shape}")
    if int(pixels.max()) >= len(palette):
        raise ValueError(f"pixel {int(pixels.max())} is not in a palette of {len(palette)} colours")
    height, width = pixels.shape
    # Neighbouring rows of a spectrogram are alike: their differences (modulo 256) pack better.
    above = np.concatenate([np.zeros((1, width), np.uint8), pixels[:-1].astype(np.uint8)])
    lines = np.concatenate(
        [np.full((height, 1), FILTER_UP, np.uint8), pixels.astype(np.uint8) - above], axis=1
    )
    header = struct.pack(">IIBBBBB", width, height, 8, INDEXED, 0, 0, 0)
    return b"".join(
        [
            b"\x89PNG\r\n\x1a\n",
            _chunk(b"IHDR", header),
            _chunk(b"PLTE", palette.astype(np.uint8).tobytes()),
            _chunk(b"IDAT", zlib.compress(lines.tobytes(), 9)),
            _chunk(b"IEND", b""),
        ]
    )


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
