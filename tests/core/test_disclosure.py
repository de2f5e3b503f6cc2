"""core/disclosure.py: what is said first, in every channel, and nothing lost behind it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from earwitness.disclosure import TONE, announced, notice, rhythm
from earwitness.errors import InputTooLongError, SourceNotFoundError, UsageError

Sound = Callable[..., np.ndarray]


@pytest.mark.parametrize("rate", [8000, 16000, 44100, 48000])
def test_the_rhythm_is_morse(rate: int) -> None:
    """Short, long, short, short: 1.65 s with its pauses, tones on where they belong."""
    samples = rhythm(rate)
    assert abs(samples.size / rate - 11 * 0.15) < 0.001
    units = np.abs(samples[: 11 * (samples.size // 11)]).reshape(11, -1).mean(axis=1) > 0.05
    assert "".join("#" if unit else "." for unit in units) == "#.###...#.#"
    assert 0.19 < np.abs(samples).max() <= 0.2
    assert np.abs(np.diff(samples)).max() < 0.2 * 2 * np.pi * 800 / rate * 1.1  # no clicks


@pytest.mark.parametrize("channels", [1, 2, 6])
def test_every_channel_says_it(channels: int) -> None:
    samples = notice(TONE, 16000, channels)
    assert samples.shape[0] == channels
    assert samples.dtype == np.float32
    assert all((row == samples[0]).all() for row in samples)
    assert not samples[:, -round(0.6 * 16000) :].any()


def test_a_file_of_ones_own(speech_like: Sound, write_wav: Callable[..., Path]) -> None:
    spoken = write_wav(np.stack([speech_like(2.0, 22050)] * 2), 22050, "said.wav")
    samples = notice(spoken, 16000, 1)
    assert abs(samples.shape[1] / 16000 - 2.6) < 0.01
    assert np.abs(samples).max() > 0.3


def test_what_is_no_notice(tone: Sound, write_wav: Callable[..., Path], tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nothing can be heard"):
        notice(write_wav(np.zeros(16000, np.float32), name="silent.wav"), 16000, 1)
    with pytest.raises(UsageError, match="nothing can be heard"):
        notice(write_wav(tone(0.1), name="short.wav"), 16000, 1)
    with pytest.raises(InputTooLongError, match="20 s long at most"):
        notice(write_wav(tone(21.0), name="long.wav"), 16000, 1)
    with pytest.raises(SourceNotFoundError):
        notice(tmp_path / "none.wav", 16000, 1)


def test_the_recording_follows_whole() -> None:
    first = notice(TONE, 8000, 2)
    blocks = [np.full((2, 5), value, np.float32) for value in (1, 2)]
    whole = np.concatenate(list(announced(blocks, first)), axis=1)
    assert (whole[:, : first.shape[1]] == first).all()
    assert whole[0, first.shape[1] :].tolist() == [1.0] * 5 + [2.0] * 5
