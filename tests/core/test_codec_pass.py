"""Encoders and decoders in memory."""

from __future__ import annotations

from collections.abc import Callable

import av
import numpy as np
import numpy.typing as npt
import pytest

from earwitness.codec_pass import late_by, through_ffmpeg, through_libsndfile

Float32 = npt.NDArray[np.float32]


@pytest.mark.parametrize(
    ("encoder", "decoder", "rate", "bits"),
    [("pcm_mulaw", "pcm_mulaw", 8_000, 0), ("aac", "aac", 24_000, 64_000), ("g722", "g722", 16_000, 0)],
)
def test_what_comes_out_is_what_went_in_but_later(
    encoder: str, decoder: str, rate: int, bits: int, speech_like: Callable[..., Float32]
) -> None:
    x = speech_like(2.0, rate=rate, level=0.3)
    heard, at = through_ffmpeg(x, encoder, decoder, rate, bits)
    assert at == rate
    assert heard.dtype == np.float32
    late = late_by(x, heard, rate // 4)
    assert 0 <= late < 3_000
    size = min(x.size, heard.size - late)
    assert np.corrcoef(x[:size], heard[late : late + size])[0, 1] > 0.9


def test_options_reach_the_encoder(speech_like: Callable[..., Float32]) -> None:
    x = speech_like(1.0, rate=24_000)
    usual, _ = through_ffmpeg(x, "aac", "aac", 24_000, 24_000)
    fast, _ = through_ffmpeg(x, "aac", "aac", 24_000, 24_000, {"aac_coder": "fast"})
    assert not np.array_equal(usual, fast)


def test_libsndfile(speech_like: Callable[..., Float32]) -> None:
    x = speech_like(5.0, rate=8_000)
    heard = through_libsndfile(x, "IMA_ADPCM", 8_000)
    assert np.corrcoef(x, heard[: x.size])[0, 1] > 0.9
    best, worst = (through_libsndfile(x, "VORBIS", 8_000, "OGG", level) for level in (0.0, 1.0))
    assert np.mean(np.square(best[: x.size] - x)) < np.mean(np.square(worst[: x.size] - x))


def test_a_codec_that_is_not_there() -> None:
    with pytest.raises((LookupError, ValueError)):
        through_ffmpeg(np.zeros(800, np.float32), "opera_nb", "opera_nb", 8_000)
    with pytest.raises(av.error.FFmpegError):
        through_ffmpeg(np.zeros(800, np.float32), "libopus", "libopus", 11_111)


@pytest.mark.parametrize("late", [0, 7, -5])
def test_late_and_early(late: int) -> None:
    x = np.random.default_rng(0).standard_normal(2_000).astype(np.float32)
    assert late_by(x, np.roll(x, late), 50) == late
