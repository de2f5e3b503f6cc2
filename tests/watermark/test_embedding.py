"""watermark/embedding.py: streaming, silence, rates and channels."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from earwitness.marks import MarkKey, Reading, Strength
from earwitness.samples import resample

Float32 = npt.NDArray[np.float32]
Put = Callable[..., Float32]
Read = Callable[..., tuple[Reading, ...]]
PAYLOAD = 0xC0FFEE42


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("rate", [16_000, 22_050])
def test_what_comes_out_does_not_depend_on_the_blocks(
    seed: int, rate: int, speech: Float32, key: MarkKey, put_mark: Put
) -> None:
    sound = resample(speech, 16_000, rate)
    cuts = np.sort(np.random.default_rng(seed).integers(0, sound.shape[1], 5 + 20 * seed)).tolist()
    whole = put_mark(sound, key, rate)
    np.testing.assert_allclose(put_mark(sound, key, rate, blocks=cuts), whole, atol=2e-6)
    assert np.abs(whole - sound).max() > 1e-3


@pytest.mark.parametrize("seed", range(10))
def test_blocks_do_not_matter_at_any_rate_with_any_channels(
    seed: int, speech: Float32, key: MarkKey, put_mark: Put
) -> None:
    random = np.random.default_rng(seed)
    rate = (8_000, 11_025, 12_000, 16_000, 22_050, 32_000, 44_100, 48_000, 96_000, 192_000)[seed]
    channels = int(random.integers(1, 7))
    part = resample(speech[:, : int(random.integers(20_000, 60_000))], 16_000, rate)
    sound = np.concatenate([np.roll(part, int(random.integers(rate))) for _ in range(channels)])
    sound *= np.float32(random.choice([0.3, 1.0, 3.0]) / np.abs(sound).max())  # also beyond full scale
    pieces = random.choice([1, 7, 255, 257, 997, 4_099], 40) * random.integers(1, 30, 40)
    cuts = np.cumsum(pieces)[np.cumsum(pieces) < sound.shape[1]].tolist()
    whole = put_mark(sound, key, rate)
    assert whole.shape == sound.shape
    np.testing.assert_allclose(put_mark(sound, key, rate, blocks=cuts), whole, atol=5e-6)
    assert (np.abs(whole) <= np.maximum(1, np.abs(sound))).all()


@pytest.mark.parametrize("samples", [0, 1, 100, 255, 256, 5_000, 36_863, 36_864, 36_865, 60_000])
def test_the_length_stays(samples: int, speech: Float32, key: MarkKey, put_mark: Put) -> None:
    assert put_mark(speech[:, :samples], key).shape == (1, samples)


@pytest.mark.parametrize("rate", [8_000, 11_025, 24_000, 44_100, 48_000, 96_000, 192_000])
def test_any_rate_is_marked_and_read(
    rate: int, speech: Float32, key: MarkKey, put_mark: Put, read_marks: Read
) -> None:
    sound = resample(speech, 16_000, rate)
    marked = put_mark(sound, key, rate)
    assert marked.shape == sound.shape
    reading = read_marks(marked, key, rate=rate)[0]
    assert (reading.verified, reading.payload) == (True, PAYLOAD)
    other_rate = read_marks(resample(marked, rate, 16_000), key)[0]
    assert other_rate.payload == PAYLOAD


@pytest.mark.parametrize("channels", [2, 6])
def test_channels_carry_the_mark_together_and_alone(
    channels: int, speech: Float32, key: MarkKey, put_mark: Put, read_marks: Read
) -> None:
    shifted = np.concatenate([np.roll(speech, 4_000 * k) * 0.8**k for k in range(channels)])
    marked = put_mark(shifted, key)
    assert read_marks(marked, key)[0].payload == PAYLOAD
    assert read_marks(marked.mean(0, keepdims=True, dtype=np.float32), key)[0].payload == PAYLOAD
    assert read_marks(marked[:1], key)[0].payload == PAYLOAD


def test_opposite_channels_are_marked_although_their_sum_is_silent(
    speech: Float32, key: MarkKey, put_mark: Put, read_marks: Read
) -> None:
    marked = put_mark(np.concatenate([speech, -speech]), key)
    assert read_marks(marked, key)[0].payload == PAYLOAD
    assert np.abs(marked.sum(0)).max() < 1e-6


def test_digital_silence_stays_untouched(speech: Float32, key: MarkKey, put_mark: Put) -> None:
    sound = speech.copy()
    sound[:, 30_000:50_000] = 0
    sound[:, 80_000:80_040] = 0
    marked = put_mark(sound, key)
    assert not marked[:, 30_000:50_000].any()
    assert not marked[:, 80_000:80_040].any()
    assert not put_mark(np.zeros((2, 50_000), np.float32), key).any()
    assert (marked[:, 20_000:29_000] != sound[:, 20_000:29_000]).any()


def test_a_stronger_mark_changes_more(speech: Float32, key: MarkKey, put_mark: Put) -> None:
    changed = [
        float(np.square(put_mark(speech, key, strength=strength) - speech).sum())
        for strength in (Strength.SOFT, Strength.DEFAULT, Strength.STRONG)
    ]
    assert changed == sorted(changed)
    assert changed[0] > 0


def test_nothing_is_added_above_the_marks_bands(key: MarkKey, put_mark: Put) -> None:
    sound = np.random.default_rng(4).standard_normal((1, 5 * 48_000)).astype(np.float32) * np.float32(0.1)
    added = (put_mark(sound, key, 48_000) - sound)[0]
    power = np.abs(np.fft.rfft(added)) ** 2
    above = np.fft.rfftfreq(len(added), 1 / 48_000) > 8_000
    assert power[above].sum() < 1e-5 * power.sum()


def test_the_same_input_gives_the_same_output(speech: Float32, key: MarkKey, put_mark: Put) -> None:
    np.testing.assert_array_equal(put_mark(speech, key), put_mark(speech, key))


@settings(max_examples=25)
@given(cuts=st.lists(st.integers(0, 30_000), max_size=12).map(sorted), length=st.integers(0, 30_000))
def test_any_cut_of_any_length_gives_the_same_mark(
    cuts: list[int], length: int, speech: Float32, key: MarkKey, put_mark: Put
) -> None:
    sound = speech[:, :length]
    inside = [cut for cut in cuts if cut <= length]
    made = put_mark(sound, key, blocks=inside)
    assert made.shape == sound.shape
    np.testing.assert_allclose(made, put_mark(sound, key), atol=2e-6)
