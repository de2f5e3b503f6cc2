"""watermark/headroom.py: the mark never pushes a sample beyond full scale, and is not damaged for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import pytest

from earwitness.marks import MarkKey, Reading
from earwitness.watermark.headroom import FULL_SCALE, Headroom

Float32 = npt.NDArray[np.float32]


def add(sound: Float32, added: Float32, rate: int, cuts: Sequence[int] = ()) -> Float32:
    headroom = Headroom(rate, len(sound))
    parts = zip(np.split(sound, list(cuts), axis=1), np.split(added, list(cuts), axis=1), strict=True)
    return np.concatenate([*[headroom.push(*part) for part in parts], headroom.finish()], axis=1)


def loud(seed: int, channels: int, n: int) -> tuple[Float32, Float32]:
    """Noise that often reaches full scale, sometimes goes beyond, and something to add."""
    random = np.random.default_rng(seed)
    sound = random.standard_normal((channels, n)) * random.uniform(0.2, 1.2)
    if seed % 2:
        sound = np.clip(sound, -1, FULL_SCALE)
    return sound.astype(np.float32), (0.1 * random.standard_normal((channels, n))).astype(np.float32)


@pytest.mark.parametrize("seed", range(24))
def test_no_sample_is_pushed_beyond_and_blocks_do_not_matter(seed: int) -> None:
    random = np.random.default_rng(100 + seed)
    rate = int(random.choice([4_000, 8_000, 16_000, 44_100, 192_000]))
    sound, added = loud(seed, int(random.integers(1, 7)), int(random.integers(1, 6_000)))
    marked = add(sound, added, rate)
    assert marked.shape == sound.shape
    assert marked.dtype == np.float32
    limit = np.maximum(np.abs(sound), np.float32(FULL_SCALE))
    assert (np.abs(marked) <= limit).all()
    cuts = np.sort(random.integers(0, sound.shape[1] + 1, int(random.integers(0, 40)))).tolist()
    np.testing.assert_allclose(add(sound, added, rate, cuts), marked, atol=1e-6)
    # Nowhere is more added than was wanted, nor the other way.
    change = (marked - sound) * np.sign(added)
    assert change.min() >= -1e-6
    assert (change <= np.abs(added) + 1e-6).all()


def test_sound_with_room_is_added_to_as_it_is() -> None:
    sound, added = loud(1, 2, 5_000)
    sound *= np.float32(0.5)
    np.testing.assert_array_equal(add(sound, added, 16_000), sound + added)


def test_only_the_moment_around_a_peak_is_turned_down() -> None:
    sound = np.zeros((2, 4_000), np.float32)
    sound[1, 2_000] = 0.99
    added = np.full((2, 4_000), 0.05, np.float32)
    marked = add(sound, added, 16_000)
    assert marked[1, 2_000] <= FULL_SCALE
    touched = np.flatnonzero(np.abs(marked - sound - added).max(axis=0) > 1e-7)
    assert 1 < len(touched) <= 33  # 1 ms on both sides
    assert (np.abs(touched - 2_000) <= 16).all()
    assert (marked[0] >= 0.0249).all()  # halved at most


def test_a_single_sample_and_none() -> None:
    one = np.full((1, 1), 0.9999, np.float32)
    assert add(one, np.full((1, 1), 0.1, np.float32), 48_000)[0, 0] <= FULL_SCALE
    assert add(one[:, :0], one[:, :0], 48_000).shape == (1, 0)


@pytest.mark.parametrize("drive", [1.0, 3.0, 8.0])
def test_clipped_speech_keeps_its_mark(
    drive: float, speech: Float32, key: MarkKey, put_mark: Callable[..., Float32],
    read_marks: Callable[..., tuple[Reading, ...]],
) -> None:  # fmt: skip
    sound = np.clip(speech / np.abs(speech).max() * np.float32(drive), -1, np.float32(FULL_SCALE))
    marked = put_mark(sound, key)
    assert np.abs(marked).max() <= 1.0
    steps = np.rint(marked * 2.0**15)
    assert steps.max() <= 2**15 - 1  # 16 bits hold it without clipping
    assert read_marks((steps / 2.0**15).astype(np.float32), key)[0].verified
