"""core/rhythm.py: the label is heard through codecs and noise, and in nothing else."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import pytest

from earwitness.audio import load_audio
from earwitness.disclosure import notice, rhythm
from earwitness.rhythm import EDGE_S, RhythmListener, find_rhythm

Sound = Callable[..., np.ndarray]
RATE = 16000


def morse(lengths: tuple[float, ...], gaps: tuple[float, ...], hz: float = 600.0) -> np.ndarray:
    """Tones of these lengths with these pauses, in seconds."""
    pieces = [np.zeros(RATE // 2)]
    for index, length in enumerate(lengths):
        pieces.append(0.3 * np.sin(2 * np.pi * hz * np.arange(round(length * RATE)) / RATE))
        pieces.append(np.zeros(round((gaps[index] if index < len(gaps) else 0.5) * RATE)))
    return np.concatenate(pieces).astype(np.float32)


def heard(samples: np.ndarray, rate: int = RATE, block: int = 4000) -> str | None:
    listener = RhythmListener(rate)
    for start in range(0, samples.shape[-1], block):
        listener.push(np.atleast_2d(samples)[:, start : start + block])
    return listener.finish()


@pytest.mark.parametrize("rate", [8000, 16000, 22050, 44100, 48000])
def test_our_own(speech_like: Sound, rate: int) -> None:
    speech = speech_like(3.0, rate)
    said = notice("tone", rate, 1)[0]
    assert heard(np.concatenate([said, speech]), rate) == "beginning"
    assert heard(speech, rate) is None


def test_at_the_end_of_a_long_recording(speech_like: Sound) -> None:
    speech = np.tile(speech_like(10.0), 2)
    assert heard(np.concatenate([speech, rhythm(RATE)])) == "end"
    middle = np.concatenate([speech, rhythm(RATE), speech])
    assert middle.size > 2 * EDGE_S * RATE
    assert heard(middle) is None


@pytest.mark.parametrize(("container", "codec", "bit_rate"), [
    ("mp3", "libmp3lame", 32_000), ("ogg", "libopus", 16_000), ("wav", "pcm_mulaw", None),
])  # fmt: skip
def test_through_codecs(
    speech_like: Sound, encode: Callable[..., bytes], container: str, codec: str, bit_rate: int | None
) -> None:
    whole = np.concatenate([notice("tone", RATE, 1)[0], speech_like(2.0)])
    back = load_audio(io.BytesIO(encode(whole, RATE, container, codec, bit_rate)))
    assert heard(back.samples, back.rate) == "beginning"


def test_in_noise(noise: Sound) -> None:
    said = notice("tone", RATE, 1)[0]
    assert find_rhythm(said + noise(said.size / RATE, level=0.03), RATE)


@pytest.mark.parametrize("unit", [0.06, 0.12, 0.3])
@pytest.mark.parametrize("hz", [350.0, 600.0, 2500.0])
def test_other_speeds_and_pitches(unit: float, hz: float) -> None:
    assert find_rhythm(morse((unit, 3 * unit, unit, unit), (unit, 3 * unit, unit), hz), RATE)


@pytest.mark.parametrize(
    "lengths",
    [
        (1, 1, 1, 1),
        (3, 1, 1, 1),
        (1, 3, 3, 1),
        (1, 3, 1, 3),
        (1, 3, 1),
        (1, 9, 1, 1),
        (3, 3, 1, 1),
    ],
)
def test_other_rhythms(lengths: tuple[int, ...]) -> None:
    tones = morse(tuple(0.15 * length for length in lengths), (0.15, 0.45, 0.15))
    assert not find_rhythm(tones, RATE)


def test_evenly_spaced_tones_will_do_and_a_swapped_pause_will_not() -> None:
    lengths = (0.15, 0.45, 0.15, 0.15)
    assert find_rhythm(morse(lengths, (0.15, 0.15, 0.15)), RATE)
    assert not find_rhythm(morse(lengths, (0.45, 0.15, 0.45)), RATE)


def test_neither_noise_nor_silence_nor_one_tone(noise: Sound, tone: Sound) -> None:
    for samples in (noise(5.0), np.zeros(RATE, np.float32), tone(5.0, hz=800), tone(0.05), tone(0.0)):
        assert heard(samples) is None


def test_two_pitches_are_no_rhythm() -> None:
    low = morse((0.15, 0.45), (0.15,), 500)
    high = morse((0.15, 0.15), (0.15,), 1500)
    assert not find_rhythm(np.concatenate([low, high]), RATE)
