"""Pictures are bounded, streamed and true: peaks and tones lie where they were."""

from __future__ import annotations

import time
import tracemalloc

import numpy as np
import pytest

from earwitness.picture import Picture, Track
from earwitness.samples import Audio, Float32


def push_all(picture: Picture, samples: Float32, rate: int, block: int) -> Picture:
    for start in range(0, samples.shape[1], block):
        picture.push(Audio(samples=samples[:, start : start + block], rate=rate))
    picture.finish()
    return picture


@pytest.mark.parametrize("sizes", [[1] * 57, [57], [5, 1, 20, 31], [8, 8, 8, 8, 8, 8, 8, 1]])
def test_track_sums_everything_once_whatever_the_blocks(sizes: list[int]) -> None:
    values = np.arange(57, dtype=np.float32)[None]
    track = Track(1, 8, np.add)
    start = 0
    for size in sizes:
        track.push(values[:, start : start + size])
        start += size
    columns, covers = track.columns()
    assert columns.shape[1] <= 8
    assert covers.sum() == 57
    assert columns.sum() == values.sum()
    expected = [values[0, a : a + track.factor].sum() for a in range(0, 57, track.factor)]
    assert columns[0].tolist() == expected


def test_track_halves_by_its_own_reduction() -> None:
    track = Track(1, 4, np.maximum)
    track.push(np.array([[1, 9, 2, 3, 8]], dtype=np.float32))
    assert track.columns()[0].tolist() == [[9, 3, 8]]
    assert track.factor == 2


@pytest.mark.parametrize("rate", [8_000, 16_000, 44_100, 48_000, 192_000])
@pytest.mark.parametrize("seconds", [0.2, 1.0, 3.3])
def test_columns_cover_the_duration_at_every_rate(rate: int, seconds: float) -> None:
    samples = np.zeros((1, int(rate * seconds)), dtype=np.float32)
    picture = push_all(Picture(), samples, rate, 10_007)
    assert picture.duration_s == pytest.approx(seconds, abs=1e-3)
    columns = picture.waveform().shape[1]
    assert columns <= 2000
    assert columns * picture.waveform_column_s == pytest.approx(seconds, abs=picture.waveform_column_s + 1e-3)
    rows, frames = picture.spectrogram().shape
    assert rows <= 256
    assert frames <= 1600
    assert frames * picture.spectrogram_column_s == pytest.approx(seconds, abs=0.06)


@pytest.mark.parametrize("seconds", [1, 40, 300])
def test_a_click_stays_at_its_time(seconds: int) -> None:
    rate = 16_000
    samples = np.zeros((1, rate * seconds), dtype=np.float32)
    at = 0.7 * seconds
    samples[0, int(at * rate)] = 1.0
    samples[0, int(at * rate) + 1] = -0.5
    picture = push_all(Picture(), samples, rate, 33_333)
    low, high = picture.waveform()
    found = np.flatnonzero(high > 0.9)
    assert len(found) >= 1
    assert np.allclose((found + 0.5) * picture.waveform_column_s, at, atol=0.01 + picture.waveform_column_s)
    assert low.min() == -0.5
    columns = picture.spectrogram().max(axis=0)
    loud = np.flatnonzero(columns > 100)
    assert np.allclose(
        (loud + 0.5) * picture.spectrogram_column_s, at, atol=0.05 + picture.spectrogram_column_s
    )


@pytest.mark.parametrize(("rate", "hz"), [(8_000, 3000), (16_000, 1000), (44_100, 9000), (192_000, 12_000)])
def test_a_tone_stays_at_its_frequency(rate: int, hz: int) -> None:
    t = np.arange(rate) / rate
    samples = (0.5 * np.sin(2 * np.pi * hz * t)).astype(np.float32)[None]
    picture = push_all(Picture(), samples, rate, rate)
    level = picture.spectrogram()
    row = int(np.argmax(level[:, level.shape[1] // 2]))
    assert (row + 0.5) / level.shape[0] * picture.max_hz == pytest.approx(
        hz, abs=picture.max_hz / level.shape[0] * 1.5
    )


def test_blocks_do_not_matter() -> None:
    samples = np.random.default_rng(1).standard_normal((2, 150_003)).astype(np.float32) * 0.1
    one = push_all(Picture(200, 160), samples, 16_000, 150_003)
    many = push_all(Picture(200, 160), samples, 16_000, 777)
    for channel in (None, 0, 1):
        np.testing.assert_allclose(one.waveform(channel), many.waveform(channel), atol=1e-6)
    assert np.abs(one.spectrogram().astype(int) - many.spectrogram().astype(int)).max() <= 1


def test_stereo_keeps_each_channel_and_the_mix() -> None:
    left = np.full(16_000, 0.5, dtype=np.float32)
    picture = push_all(Picture(), np.stack([left, -left]), 16_000, 4_000)
    assert picture.channels == 2
    assert picture.waveform(0)[1].max() == 0.5
    assert picture.waveform(1)[0].min() == -0.5
    assert not picture.waveform(None).any()


def test_more_than_two_channels_are_drawn_as_their_mix() -> None:
    picture = push_all(Picture(), np.ones((6, 16_000), dtype=np.float32), 16_000, 4_000)
    assert picture.channels == 0
    assert picture.waveform(None)[1].max() == pytest.approx(1.0)
    assert picture.waveform(3).shape == (2, 0)


def test_an_empty_picture_is_empty_and_silence_is_black() -> None:
    picture = Picture()
    picture.push(Audio(samples=np.zeros((1, 0), dtype=np.float32), rate=16_000))
    picture.finish()
    assert picture.duration_s == 0
    assert picture.waveform().shape == (2, 0)
    assert picture.spectrogram().size == 0
    silent = push_all(Picture(), np.zeros((1, 8_000), dtype=np.float32), 16_000, 8_000)
    assert silent.spectrogram().size
    assert not silent.spectrogram().any()


def test_finish_twice_changes_nothing() -> None:
    picture = push_all(Picture(), np.ones((1, 5_003), dtype=np.float32), 16_000, 1_000)
    before = picture.waveform().copy()
    picture.finish()
    np.testing.assert_array_equal(before, picture.waveform())


def test_a_changed_rate_is_refused() -> None:
    picture = Picture()
    picture.push(Audio(samples=np.zeros((1, 10), dtype=np.float32), rate=16_000))
    with pytest.raises(ValueError, match="16000 to 8000"):
        picture.push(Audio(samples=np.zeros((1, 10), dtype=np.float32), rate=8_000))


def test_a_long_recording_needs_little_memory_and_time() -> None:
    block = np.random.default_rng(2).standard_normal((1, 15 * 16_000)).astype(np.float32) * 0.1
    picture = Picture()
    picture.push(Audio(samples=block, rate=16_000))
    tracemalloc.start()
    start = time.process_time()
    for _ in range(39):  # ten minutes
        picture.push(Audio(samples=block, rate=16_000))
    picture.finish()
    spent = time.process_time() - start
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert picture.duration_s == 600
    assert peak < 80e6
    assert spent < 10  # CPU seconds: 60 times real time at the very least
