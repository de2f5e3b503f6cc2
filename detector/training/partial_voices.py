"""People with recordings and machine-made copies of them, and their clips joined to one long recording.

From folders of pairs (``detector.training.copysynth``): FLAC of two channels at 16 kHz, a human clip and the
copy that an engine made of it, the same words at the same time. Clips are 1.6 to 3.2 s long, so that a
recording is several of one person, joined; where that is too little, clips of the same person without a copy
lengthen it, resampled as the copies' human twins were.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile

from earwitness.contracts import Float32
from earwitness.detector.training.channels import resample_through, speech_level
from earwitness.detector.training.logs import PAIRS, logged
from earwitness.detector.training.recipes import chain_rate
from earwitness.errors import SourceNotFoundError
from earwitness.vad import RATE

__all__ = ["Take", "Tracks", "Voice", "join", "read_voices"]

LEVEL = 0.05  # RMS of the speech in every clip: a jump in loudness at a joint would draw attention to it
PAUSE_S = (0.08, 0.3)
EDGE = 80  # samples (5 ms) over which a clip begins and ends: many are cut in the middle of a word
QUIETEST = 5  # percentile of the frames' levels that the pauses take after
FRAME = 320  # samples, 20 ms


@dataclass(frozen=True, slots=True)
class Take:
    """A clip of a person. engine: what made the copy in its second channel; "" where there is none."""

    path: Path
    engine: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Voice:
    """A person with all clips there are."""

    speaker: str
    corpus: str
    language: str
    takes: tuple[Take, ...]

    def of(self, engine: str) -> list[Take]:
        """The clips that an engine copied."""
        return [take for take in self.takes if take.engine == engine]

    def others(self, engine: str) -> list[Take]:
        """The clips that it did not copy."""
        return [take for take in self.takes if take.engine != engine]


@dataclass(frozen=True, slots=True)
class Tracks:
    """The same recording twice, each (n,) at 16 kHz: human, and copied where ``copied`` (n,) says so; the
    copy is 0 elsewhere."""

    human: Float32
    copy: Float32
    copied: npt.NDArray[np.bool_]


def read_voices(pairs: Path, real: Path | None = None) -> list[Voice]:
    """Everybody in a folder of pairs, by name.

    real: the list of recordings (``eval.corpora``) that the pairs were made of: clips of the same people are
    added. The log does not say which of them a pair was cut from, so that a sentence may come twice.
    Raises SourceNotFoundError.
    """
    rows = logged(pairs, PAIRS) if pairs.is_dir() else []
    if not rows:
        raise SourceNotFoundError("no pairs are logged there.", subject=str(pairs))
    takes: dict[str, list[Take]] = {}
    about = {}
    for row in rows:
        about[row["speaker"]] = (row["corpus"], row["language"])
        takes.setdefault(row["speaker"], []).append(_take(pairs / row["path"], row["method"]))
    for row in _recordings(real):
        if row["speaker"] in takes and row["label"] == "human":
            assert real is not None
            takes[row["speaker"]].append(_take(real.parent / row["path"], ""))
    return [Voice(speaker, *about[speaker], tuple(takes[speaker])) for speaker in sorted(takes)]


def _recordings(real: Path | None) -> list[dict[str, str]]:
    if real is None:
        return []
    if not real.is_file():
        raise SourceNotFoundError("there is no such list of recordings.", subject=str(real))
    with real.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t"))


def _take(path: Path, engine: str) -> Take:
    if not path.is_file():
        raise SourceNotFoundError("a clip that is listed is not there.", subject=str(path))
    return Take(path, engine, float(soundfile.info(path).duration))


def join(takes: Sequence[Take], engine: str, rng: np.random.Generator) -> Tracks:
    """One clip after the other, all equally loud, with pauses of 0.08 to 0.3 s between them.

    engine: whose copies make up the copied track; of all other clips only the human side is taken. The
    pauses hold noise as soft as the clip before them, the same in both tracks, and belong to the copy where
    the clips on both sides do.
    """
    human: list[Float32] = []
    copy: list[Float32] = []
    copied: list[npt.NDArray[np.bool_]] = []
    for index, take in enumerate(takes):
        clip, double = _sides(take, engine)
        if index:
            quiet = _pause(human[-1], rng)
            human.append(quiet)
            both = double is not None and bool(copied[-1][-1])
            copy.append(quiet if both else np.zeros_like(quiet))
            copied.append(np.full(len(quiet), both))
        human.append(clip)
        copy.append(np.zeros_like(clip) if double is None else double)
        copied.append(np.full(len(clip), double is not None))
    return Tracks(np.concatenate(human), np.concatenate(copy), np.concatenate(copied))


def _sides(take: Take, engine: str) -> tuple[Float32, Float32 | None]:
    """The human clip at the common level, and its copy by ``engine`` if that is whose copy it has."""
    both, _ = soundfile.read(take.path, dtype="float32", always_2d=True)
    human = np.ascontiguousarray(both[:, 0])
    if not take.engine and chain_rate(engine) != RATE:
        human = resample_through(human, chain_rate(engine))  # else its band edge would mark it
    ours = bool(take.engine) and take.engine == engine
    return _levelled(human), _levelled(np.ascontiguousarray(both[:, 1])) if ours else None


def _levelled(x: Float32) -> Float32:
    y = x * np.float32(LEVEL / (speech_level(x) + 1e-9))
    edge = min(EDGE, len(y) // 2)
    ramp = np.linspace(0, 1, edge, dtype=np.float32)
    y[:edge] *= ramp
    y[len(y) - edge :] *= ramp[::-1]
    return np.asarray(y, dtype=np.float32)


def _pause(before: Float32, rng: np.random.Generator) -> Float32:
    n = int(rng.uniform(*PAUSE_S) * RATE)
    frames = before[: len(before) // FRAME * FRAME].reshape(-1, FRAME)
    levels = np.sqrt(np.mean(np.square(frames), axis=1)) if len(frames) else np.zeros(1)
    quiet = float(np.percentile(levels, QUIETEST))
    return (quiet * rng.standard_normal(n)).astype(np.float32)
