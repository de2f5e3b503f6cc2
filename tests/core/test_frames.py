"""Each sample format of FFmpeg comes out as the same floats."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from earwitness.frames import FrameConverter

Float32 = npt.NDArray[np.float32]
Maker = Callable[..., Float32]

FORMATS = {
    "u8": ("u1", 128, 127),
    "s16": ("i2", 0, 32767),
    "s32": ("i4", 0, 2**31 - 1),
    "flt": ("f4", 0, 1),
    "dbl": ("f8", 0, 1),
}


def frame(samples: Float32, form: str, rate: int = 16000) -> Any:
    """An FFmpeg frame of sample format ``form``; samples (channels, n)."""
    import av

    kind, zero, full = FORMATS[form.removesuffix("p")]
    values = samples.astype(np.float64) * full + zero
    array = (np.round(values) if kind[0] in "iu" else values).astype(kind)
    if not form.endswith("p"):
        array = array.T.reshape(1, -1)
    made = av.AudioFrame.from_ndarray(
        np.ascontiguousarray(array),
        format=form,
        layout=f"{samples.shape[0]} channels"
        if samples.shape[0] > 2
        else ["mono", "stereo"][samples.shape[0] - 1],
    )
    made.sample_rate = rate
    return made


@pytest.mark.parametrize("form", ["u8", "u8p", "s16", "s16p", "s32", "s32p", "flt", "fltp", "dbl", "dblp"])
@pytest.mark.parametrize("channels", [1, 2])
def test_sample_formats(form: str, channels: int, noise: Maker) -> None:
    samples = np.stack([noise(0.01, seed=seed) for seed in range(channels)])
    out = FrameConverter(16000, channels)(frame(samples, form))
    assert out.dtype == np.float32
    np.testing.assert_allclose(out, samples, atol=0.012 if form.startswith("u8") else 1e-4)


def test_other_channel_counts_are_averaged(noise: Maker) -> None:
    stereo = np.stack([noise(0.01, seed=seed) for seed in range(2)])
    out = FrameConverter(16000, 1)(frame(stereo, "fltp"))
    np.testing.assert_allclose(out[0], stereo.mean(axis=0), atol=1e-7)
    assert FrameConverter(16000, 3)(frame(stereo, "fltp")).shape == (3, 160)


def test_other_rates_are_resampled(tone: Maker) -> None:
    convert = FrameConverter(16000, 1)
    slow, fast = frame(tone(0.5, 8000)[None], "fltp", 8000), frame(tone(0.5, 16000)[None], "fltp")
    out = np.concatenate(
        [*(convert(one) for one in (fast, slow, slow, fast, slow)), convert.finish()], axis=1
    )
    assert out.shape[1] == pytest.approx(2.5 * 16000, abs=4)
    for start in range(1000, 36000, 8000):
        lines = np.abs(np.fft.rfft(out[0, start : start + 6000] * np.hanning(6000)))
        assert lines.argmax() * 16000 / 6000 == pytest.approx(440, abs=4)
    assert convert.finish().shape == (1, 0)
