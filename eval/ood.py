"""What is said of sounds that are no ordinary speech: is it left undecided, and for which reason?

Of sounds without speech every decided verdict is wrong. Of odd speech (whispered, over music, a crying child)
a human one is right and a synthetic one wrong.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

import earwitness
from earwitness.audio import load_audio
from earwitness.errors import SourceNotFoundError
from earwitness.eval import ood_material
from earwitness.eval.intervals import share
from earwitness.eval.protocols import Clip
from earwitness.report import Report, Verdict

__all__ = [
    "SCHEMA",
    "SPEECH",
    "Item",
    "Told",
    "ask",
    "made",
    "numbers",
    "of_folders",
    "of_joined",
    "of_speech",
    "reason",
]

SCHEMA = "earwitness.eval.ood/1"
SPEECH = {"whisper": ood_material.whisper, "speech_over_music": ood_material.mixed_with_music}
"""Kinds that are made of people's recordings."""
SUFFIXES = {".flac", ".wav", ".ogg", ".mp3"}


@dataclass(frozen=True, slots=True)
class Item:
    """One sound. path: a recording, as it is or to be treated as ``kind`` says; None for what is made.
    seed: of the chance in it. more: recordings that follow it without a pause."""

    kind: str
    path: Path | None
    seed: int
    more: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """reason: in plain words, no numbers. speech_s: seconds taken for speech. usable: fit to be judged."""

    kind: str
    verdict: Verdict
    reason: str
    speech_s: float
    usable: bool


def made(count: int, seed: int) -> list[Item]:
    """``count`` sounds of each kind that needs no recording."""
    return [Item(kind, None, seed + k) for kind in ood_material.MADE for k in range(count)]


def of_speech(clips: Sequence[Clip], count: int, seed: int) -> list[Item]:
    """``count`` human clips, evenly spread over the list, for each kind that is made of speech."""
    people = [clip for clip in clips if not clip.synthetic]
    taken = people[:: max(1, len(people) // count)][:count]
    return [Item(kind, clip.path, seed + k) for kind in SPEECH for k, clip in enumerate(taken)]


def of_folders(root: Path, count: int) -> list[Item]:
    """At most ``count`` recordings of each folder in ``root``, evenly spread; the folder's name is the kind.

    Raises SourceNotFoundError where there are none.
    """
    found = []
    for folder in sorted(path for path in root.glob("*") if path.is_dir()):
        files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)
        taken = files[:: max(1, len(files) // count)][:count]
        found += [Item(folder.name, path, 0) for path in taken]
    if not found:
        raise SourceNotFoundError("there is no folder of sounds in it.", subject=str(root))
    return found


def of_joined(root: Path, pieces: int = 12) -> list[Item]:
    """``pieces`` recordings of a folder end to end, as often as it holds so many: a minute of one kind.

    What a detector of voices takes for speech now and then adds up, and a gate in seconds of speech opens.
    """
    found = []
    for folder in sorted(path for path in root.glob("*") if path.is_dir()):
        files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)
        for start in range(0, len(files) - pieces + 1, pieces):
            group = files[start : start + pieces]
            found.append(Item(f"{folder.name}, joined", group[0], 0, tuple(group[1:])))
    return found


def ask(items: Sequence[Item], jobs: int = 1) -> list[Told]:
    """What the front door says of each."""
    if jobs <= 1:
        return [_ask(item) for item in items]
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        return list(pool.map(_ask, items, chunksize=4))


def _ask(item: Item) -> Told:
    if item.path is not None and item.kind not in SPEECH and not item.more:
        return _told(item.kind, earwitness.check(item.path))
    words = hashlib.sha256(f"{item.kind}/{item.seed}".encode()).digest()
    rng = np.random.default_rng(np.frombuffer(words, np.uint32))
    if item.more:
        samples = np.concatenate([_samples(path) for path in (item.path, *item.more) if path is not None])
    elif item.path is None:
        samples = ood_material.MADE[item.kind](rng)
    else:
        samples = SPEECH[item.kind](_samples(item.path), rng)
    memory = io.BytesIO()
    soundfile.write(memory, samples, ood_material.RATE, format="WAV", subtype="PCM_16")
    memory.seek(0)
    return _told(item.kind, earwitness.check(memory, name="sound.wav"))


def _samples(path: Path) -> ood_material.Float32:
    samples: ood_material.Float32 = load_audio(path, rate=ood_material.RATE, mono=True).samples[0]
    return samples


def _told(kind: str, report: Report) -> Told:
    return Told(kind, report.verdict, reason(report.reason), report.quality.speech_s, report.quality.usable)


def reason(text: str) -> str:
    """The first sentence of a reason, its numbers and what stands in brackets left out."""
    plain = re.sub(r"\s*\([^)]*\)", "", text)
    first = re.split(r"(?<=[a-z.])[.;:]\s", plain, maxsplit=1)[0]
    return re.sub(r"\d[\d.,:-]*\d|\d", "#", first).strip(" .")


def numbers(told: Sequence[Told]) -> dict[str, Any]:
    """Shares of the verdicts of each kind, why it was undecided, and how much was taken for speech."""
    kinds: dict[str, list[Told]] = {}
    for one in told:
        kinds.setdefault(one.kind, []).append(one)
    return {kind: _numbers(each) for kind, each in kinds.items()}


def _numbers(told: Sequence[Told]) -> dict[str, Any]:
    n = len(told)
    undecided = [one for one in told if one.verdict == Verdict.INCONCLUSIVE]
    return {
        "inconclusive": share(len(undecided), n),
        "called_synthetic": share(sum(one.verdict.is_finding for one in told), n),
        "likely_human": share(sum(one.verdict == Verdict.LIKELY_HUMAN for one in told), n),
        "unfit": share(sum(not one.usable for one in told), n),
        "speech_s": float(np.mean([one.speech_s for one in told])),
        "reasons": dict(Counter(one.reason for one in undecided).most_common()),
    }
