"""Recordings of given lengths, made of the clips of a list: short ones cut, long ones joined.

A test list holds clips of a few seconds. Longer recordings are what follows when the clips of one system (of
one corpus, for people) are laid end to end, sorted by speaker, and cut into pieces of the wanted length: no
sound is in two pieces, and a piece may hold several speakers. Seams fade over 10 ms; both classes have them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile

from earwitness.audio import load_audio
from earwitness.eval.protocols import Clip
from earwitness.eval.score_cache import file_sha256

Float32 = npt.NDArray[np.float32]

__all__ = ["SECONDS", "pieces"]

SECONDS = (30, 15, 8, 5, 3, 2, 1)
RATE = 16_000
FADE = RATE // 100


def pieces(clips: Sequence[Clip], seconds: float, folder: Path, limit: int = 0) -> list[Clip]:
    """Clips of exactly ``seconds`` each, as WAV files (16 kHz, 16 bit, mono) in ``folder``.

    limit: at most so many of each class, evenly spread; 0 for all. A piece is entered under the first of its
    clips (corpus, speaker, …). Systems with less sound than one piece are left out. Files that are there
    already are used again: their names hold what they are made of.
    """
    folder.mkdir(parents=True, exist_ok=True)
    plans = [plan for group in _groups(clips) for plan in _plans(group, round(seconds * RATE))]
    chosen = [
        plan
        for synthetic in (False, True)
        for plan in _spread([p for p in plans if p[0][0].synthetic == synthetic], limit)
    ]
    return [replace(plan[0][0], path=_written(plan, folder)) for plan in chosen]


Plan = list[tuple[Clip, int, int]]  # clips in order, first and last sample of each


def _groups(clips: Sequence[Clip]) -> list[list[Clip]]:
    groups: dict[tuple[bool, str], list[Clip]] = {}
    for clip in sorted(clips, key=lambda c: (c.corpus, c.speaker, c.path.name)):
        groups.setdefault((clip.synthetic, clip.system if clip.synthetic else clip.corpus), []).append(clip)
    return [groups[key] for key in sorted(groups)]


def _plans(group: Sequence[Clip], size: int) -> list[Plan]:
    """Which samples of which clips make a piece of ``size`` samples; what is left over makes none."""
    found: list[Plan] = []
    plan: Plan = []
    missing = size
    for clip in group:
        start, length = 0, _length(clip.path)
        while start < length:
            stop = min(length, start + missing)
            plan.append((clip, start, stop))
            missing -= stop - start
            start = stop
            if missing == 0:
                found.append(plan)
                plan, missing = [], size
                # What is left of the clip makes no piece of its own: the next starts with a clip.
                if length - start < size:
                    break
    return found


def _length(path: Path) -> int:
    info = soundfile.info(path)
    return int(info.frames * RATE / info.samplerate)


def _spread(plans: list[Plan], limit: int) -> list[Plan]:
    if not limit or len(plans) <= limit:
        return plans
    return [plans[int(k)] for k in np.linspace(0, len(plans) - 1, limit).round()]


def _written(plan: Plan, folder: Path) -> Path:
    words = "".join(f"{file_sha256(clip.path)}:{start}:{stop}\n" for clip, start, stop in plan)
    path = folder / f"{hashlib.sha256(words.encode()).hexdigest()[:24]}.wav"
    if not path.exists():
        parts = [_faded(_samples(clip.path)[start:stop]) for clip, start, stop in plan]
        aside = path.with_suffix(".part")
        soundfile.write(aside, np.concatenate(parts), RATE, format="WAV", subtype="PCM_16")
        aside.replace(path)
    return path


def _samples(path: Path) -> Float32:
    samples: Float32 = load_audio(path, rate=RATE, mono=True).samples[0]
    return samples


def _faded(x: Float32) -> Float32:
    """With 10 ms in and out, so that a seam is no click."""
    n = min(FADE, x.size // 2)
    out = x.copy()
    ramp = np.linspace(0, 1, n, dtype=np.float32)
    out[:n] *= ramp
    out[x.size - n :] *= ramp[::-1]
    return out
