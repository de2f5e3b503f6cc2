"""Saying aloud that sound is generated: a notice before the first sample of a recording.

Two kinds. "tone" is the rhythm short-long short-short, "AI" in Morse code, which China's GB 45438-2025 (5.3)
takes as an audible label; it is made here by rule. A file of the user's own is a spoken notice: the EU's code
of practice wants a short sentence in plain language, in the language of the recording or in English, and
no tone does for that. This package ships no voice.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

import numpy as np

from earwitness.audio import load_audio
from earwitness.errors import InputTooLongError, UsageError
from earwitness.samples import Float32

__all__ = ["MORSE_AI", "TONE", "announced", "notice", "rhythm"]

TONE = "tone"
"""What stands for the built-in rhythm where a file name could stand."""
MORSE_AI = (1, 3, 1, 1)
"""Lengths of the four tones of "AI" (.- ..), in units of the short one."""
MAX_NOTICE_S = 20.0
_MIN_NOTICE_S = 0.3

_UNIT_S = 0.15  # 8 words a minute: slow enough for those who never learned Morse to hear a rhythm
_GAPS = (1, 3, 1)  # units of silence between the tones; three between the letters
_HZ = 800.0  # telephones carry it
_LEVEL = 0.2  # peak; as loud as speech at -17 dBFS RMS
_RAMP_S = 0.008  # against clicks
_REST_S = 0.6  # silence before the recording begins


def rhythm(rate: int) -> Float32:
    """The tones of "AI" without what follows, shape (n,), full scale ±1. rate: Hz."""
    pieces: list[Float32] = []
    for index, units in enumerate(MORSE_AI):
        count = round(units * _UNIT_S * rate)
        ramp = max(1, round(_RAMP_S * rate))
        shape = np.minimum(1.0, np.minimum(np.arange(count), np.arange(count)[::-1]) / ramp)
        smooth = 0.5 - 0.5 * np.cos(np.pi * shape)
        sine = np.sin(2 * np.pi * _HZ / rate * np.arange(count))
        pieces.append((_LEVEL * smooth * sine).astype(np.float32))
        if index < len(_GAPS):
            pieces.append(np.zeros(round(_GAPS[index] * _UNIT_S * rate), dtype=np.float32))
    return np.concatenate(pieces)


def notice(choice: str | os.PathLike[str], rate: int, channels: int) -> Float32:
    """What is to be heard first, with the silence after it; shape (channels, n), full scale ±1.

    choice: "tone", or a sound file. rate: Hz, and channels: of the recording that it goes before. A file in
    stereo is mixed down, so that every channel says it. Not for the sound of a film, which would then run
    late behind its picture. Raises UsageError for a file that is no notice
    (silent, or shorter than 0.3 s), InputTooLongError past 20 s, and what opening a file raises.
    """
    said = rhythm(rate) if choice == TONE else _from_file(choice, rate)
    whole = np.concatenate([said, np.zeros(round(_REST_S * rate), dtype=np.float32)])
    return np.ascontiguousarray(np.broadcast_to(whole, (channels, whole.size)))


def announced(blocks: Iterable[Float32], first: Float32) -> Iterator[Float32]:
    """The notice, then the blocks as they come; all of shape (channels, n)."""
    yield first
    yield from blocks


def _from_file(path: str | os.PathLike[str], rate: int) -> Float32:
    try:
        said: Float32 = load_audio(path, rate=rate, mono=True, max_seconds=MAX_NOTICE_S).samples[0]
    except InputTooLongError as error:
        raise InputTooLongError(
            f"a notice is {MAX_NOTICE_S:.0f} s long at most.", subject=os.fspath(path), hint="Shorten it."
        ) from error
    if said.size < _MIN_NOTICE_S * rate or float(np.abs(said).max(initial=0.0)) < 0.01:
        raise UsageError(
            "nothing can be heard in it.", subject=os.fspath(path), hint="Record one spoken sentence."
        )
    return said
