"""Recordings of chosen lengths for the speed benchmark, made by joining clips of speech."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile

from earwitness.audio import load_audio, resample

Float32 = npt.NDArray[np.float32]

__all__ = ["RATE", "folder_of_clips", "join"]

RATE = 16_000
CD_RATE = 44_100
GAP = np.zeros(RATE // 5, np.float32)  # 0.2 s between clips
CHUNK = RATE * 10


def _endless(clips: Sequence[Path]) -> Iterator[Float32]:
    """Speech at 16 kHz, clip after clip with short gaps, round and round."""
    for path in itertools.cycle(clips):
        yield load_audio(path, rate=RATE, mono=True).samples[0]
        yield GAP


def join(clips: Sequence[Path], seconds: float, out: Path) -> Path:
    """Write ``seconds`` of joined clips to ``out``: .wav (16 kHz, 16 bit) or .mp3 (44.1 kHz).

    Written as it is read, so an hour needs little memory.
    """
    mp3 = out.suffix == ".mp3"
    with soundfile.SoundFile(out, "w", CD_RATE if mp3 else RATE, 1) as sound:
        left = round(seconds * RATE)
        pending: list[Float32] = []
        for piece in _endless(clips):
            pending.append(piece[:left])
            left -= pending[-1].size
            if left == 0 or sum(part.size for part in pending) >= CHUNK:
                block = np.concatenate(pending)
                sound.write(resample(block, RATE, CD_RATE) if mp3 else block)
                pending = []
            if left == 0:
                return out
    raise AssertionError("endless clips ended")


def folder_of_clips(clips: Sequence[Path], files: int, seconds: float, out: Path) -> Path:
    """A folder of ``files`` different WAV files of ``seconds`` each, for scanning."""
    out.mkdir()
    for index in range(files):
        start = index * 3 % len(clips)
        join([*clips[start:], *clips[:start]], seconds, out / f"{index:04d}.wav")
    return out
