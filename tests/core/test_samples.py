"""Arrays in, arrays out: scaling, shapes and band-limited resampling."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from earwitness.errors import UsageError
from earwitness.samples import Resampler, as_audio, mean_of_channels, resample

Float32 = npt.NDArray[np.float32]
Maker = Callable[..., Float32]


class Tensor:
    """What as_audio uses of a torch tensor."""

    def __init__(self, array: npt.NDArray[Any]) -> None:
        self.array = array
        self.calls: list[str] = []

    def detach(self) -> Tensor:
        self.calls.append("detach")
        return self

    def cpu(self) -> Tensor:
        self.calls.append("cpu")
        return self

    def numpy(self) -> npt.NDArray[Any]:
        return self.array


def test_as_audio_takes_one_or_two_dimensions(tone: Maker) -> None:
    assert as_audio(tone(0.1), 16000).samples.shape == (1, 1600)
    assert as_audio(np.stack([tone(0.1)] * 2), 16000).samples.shape == (2, 1600)


def test_as_audio_takes_tensors(tone: Maker) -> None:
    tensor = Tensor(tone(0.1))
    np.testing.assert_array_equal(as_audio(tensor, 16000).samples[0], tone(0.1))
    assert tensor.calls == ["detach", "cpu"]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (np.array([-32768, 0, 16384], dtype=np.int16), [-1.0, 0.0, 0.5]),
        (np.array([0, 128, 192], dtype=np.uint8), [-1.0, 0.0, 0.5]),
        (np.array([-(2**31), 0, 2**30], dtype=np.int32), [-1.0, 0.0, 0.5]),
        (np.array([0.25, np.nan, np.inf]), [0.25, 0.0, 0.0]),
    ],
)
def test_as_audio_scales_to_full_scale(values: npt.NDArray[Any], expected: list[float]) -> None:
    audio = as_audio(values, 16000)
    assert audio.samples.dtype == np.float32
    np.testing.assert_allclose(audio.samples[0], expected)


@pytest.mark.parametrize("samples", [np.zeros((3, 2, 10)), np.zeros((1000, 2)), np.array(["a", "b"])])
def test_as_audio_refuses_other_things(samples: npt.NDArray[Any]) -> None:
    with pytest.raises(UsageError):
        as_audio(samples, 16000)


@pytest.mark.parametrize("rate", [0, -1, 16, 10_000_000])
def test_senseless_rates_are_refused(rate: int, tone: Maker) -> None:
    with pytest.raises(UsageError, match="rate"):
        as_audio(tone(0.1), rate)


def test_mean_of_channels(noise: Maker) -> None:
    samples = np.stack([noise(0.1, seed=seed) for seed in range(5)])
    np.testing.assert_allclose(mean_of_channels(samples), samples.mean(axis=0), atol=1e-7)
    np.testing.assert_array_equal(mean_of_channels(samples[:1]), samples[0])


def test_resampling_does_not_alias(tone: Maker) -> None:
    """10 kHz cannot exist at 16 kHz: it must vanish, not turn up at 6 kHz."""
    for out in (
        resample(tone(1.0, 48000, 10_000.0), 48000, 16000),
        Resampler(48000, 16000).push(tone(1.0, 48000, 10_000.0)),
    ):
        assert np.abs(out[2000:-2000]).max() < 1e-4


def test_resampling_keeps_what_fits(tone: Maker) -> None:
    out = resample(tone(1.0, 44100, 1000.0), 44100, 16000)
    assert out.shape == (16000,)
    np.testing.assert_allclose(out[500:-500], tone(1.0, 16000, 1000.0)[500:-500], atol=1e-3)


@pytest.mark.parametrize(("rate", "channels"), [(48000, 1), (44100, 2), (8000, 1), (192000, 3)])
def test_streaming_equals_the_whole(rate: int, channels: int, noise: Maker) -> None:
    samples = np.stack([noise(0.5, rate, seed=seed) for seed in range(channels)])
    stream = Resampler(rate, 16000, channels)
    cuts = [0, 1000, 1001, 7000, samples.shape[1]]
    parts = [stream.push(samples[:, a:b]) for a, b in pairwise(cuts)]
    out = np.concatenate([*parts, stream.finish()], axis=1)
    whole = resample(samples, rate, 16000)
    assert abs(out.shape[1] - whole.shape[1]) <= 1
    n = min(out.shape[1], whole.shape[1])
    np.testing.assert_allclose(out[:, :n], whole[:, :n], atol=2e-5)


def test_same_rate_passes_through(noise: Maker) -> None:
    samples = noise(0.1)
    stream = Resampler(16000, 16000)
    assert stream.push(samples) is samples
    assert stream.finish().shape == (1, 0)
