"""Voiced speech repeats itself, whispers do not; runs are counted across pieces."""

import numpy as np
import numpy.typing as npt
import pytest

from earwitness.vad import FRAME, RATE
from earwitness.voicing import LongestRun, VoicedShare, voiced

Float32 = npt.NDArray[np.float32]
SIZE = 2 * FRAME


def pulses(hertz: float, seconds: float = 1.024) -> Float32:
    """A pulse train through two resonances, roughly a vowel."""
    n = int(seconds * RATE)
    sound = np.zeros(n)
    sound[(np.arange(0, n, RATE / hertz)).astype(int)] = 1.0
    for resonance in (600.0, 1_400.0):
        t = np.arange(400) / RATE
        sound = np.convolve(sound, np.exp(-150 * t) * np.sin(2 * np.pi * resonance * t))[:n]
    return (sound / np.abs(sound).max()).astype(np.float32)


@pytest.mark.parametrize("hertz", [85.0, 120.0, 220.0, 380.0])
def test_vowels_of_all_pitches_are_voiced(hertz: float) -> None:
    frames = pulses(hertz)[: 15 * SIZE].reshape(15, SIZE)
    assert voiced(frames).mean() > 0.9


def test_noise_is_not_and_nothing_is_nothing() -> None:
    noise = np.random.default_rng(0).normal(size=(50, SIZE)).astype(np.float32)
    assert voiced(noise).mean() < 0.05
    assert not voiced(np.zeros((3, SIZE), np.float32)).any()
    assert voiced(np.zeros((0, SIZE), np.float32)).shape == (0,)


def test_level_and_offset_change_nothing() -> None:
    frames = pulses(120.0)[: 10 * SIZE].reshape(10, SIZE)
    noise = np.random.default_rng(1).normal(size=frames.shape).astype(np.float32)
    mixed = frames + 0.1 * noise
    assert (voiced(mixed) == voiced(0.01 * mixed)).all()
    assert (voiced(mixed) == voiced(mixed + np.float32(0.2))).all()


def test_the_share_counts_pairs_of_neighbours_in_any_pieces() -> None:
    rng = np.random.default_rng(2)
    frames = pulses(120.0, 12.8).reshape(-1, FRAME)
    frames[200:] = rng.normal(size=(200, FRAME))
    speech = rng.random(400) < 0.8
    found = []
    for cuts in ([], list(range(7, 400, 7)), list(range(1, 400)), [0, 3, 3, 250]):
        share = VoicedShare()
        for piece, flags in zip(np.split(frames, cuts), np.split(speech, cuts), strict=True):
            share.push(piece, flags)
        found.append(share.result())
    assert len(set(found)) == 1
    assert found[0] == pytest.approx(0.5, abs=0.12)


def test_single_frames_have_no_neighbour() -> None:
    share = VoicedShare()
    share.push(np.ones((6, FRAME), np.float32), np.array([True, False] * 3))
    assert share.result() is None


@pytest.mark.parametrize("size", [1, 2, 3, 50])
def test_the_longest_run_goes_on_across_pieces(size: int) -> None:
    flags = np.array([0, 1, 1, 1, 0, 1, 1, 1, 1, 1, 0, 0, 1, 1], dtype=bool)
    run = LongestRun()
    for start in range(0, len(flags), size):
        run.push(flags[start : start + size])
    assert run.longest == 5


def test_runs_at_the_ends_and_none() -> None:
    run = LongestRun()
    run.push(np.zeros(0, dtype=bool))
    assert run.longest == 0
    run.push(np.array([True, True, False]))
    run.push(np.array([True, True, True]))
    assert run.longest == 3
