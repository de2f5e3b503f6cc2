"""Files of every kind, encoded at test time with the FFmpeg that PyAV brings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt
import pytest

Float32 = npt.NDArray[np.float32]
Encode = Callable[..., bytes]


def encode(
    samples: Float32,
    rate: int,
    container: str,
    codec: str,
    bit_rate: int | None = None,
    options: dict[str, str] | None = None,
) -> bytes:
    """The bytes of a file in ``container`` with ``codec``; samples (n,) or (channels, n) at ``rate`` Hz."""
    array = np.atleast_2d(samples)
    layout = {1: "mono", 2: "stereo", 6: "5.1"}[array.shape[0]]
    # A real file, because MP4's "faststart" reads back what was written.
    with TemporaryDirectory() as folder:
        path = Path(folder) / "sound"
        _write(path, array, rate, container, codec, layout, bit_rate, options or {})
        return path.read_bytes()


def _write(
    path: Path,
    array: Float32,
    rate: int,
    container: str,
    codec: str,
    layout: str,
    bit_rate: int | None,
    options: dict[str, str],
) -> None:
    import av

    with av.open(str(path), "w", format=container, options=options) as out:
        stream = out.add_stream(codec, rate=rate)
        stream.layout = layout
        if bit_rate:
            stream.bit_rate = bit_rate
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(array), format="fltp", layout=layout)
        frame.sample_rate = rate
        size = stream.codec_context.frame_size or 4096
        resampler = av.AudioResampler(stream.format.name, layout, rate, frame_size=size)
        for piece in [*resampler.resample(frame), *resampler.resample(None)]:
            out.mux(stream.encode(piece))
        out.mux(stream.encode(None))


@pytest.fixture(name="encode", scope="session")
def encode_fixture() -> Encode:
    """``encode(samples, rate, container, codec, bit_rate, options)``: the file's bytes."""
    return encode
