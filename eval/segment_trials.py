"""Recordings whose synthetic stretches are known, what the front door says of them, and memory of it."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import soundfile

import earwitness
from earwitness.audio import load_audio
from earwitness.contracts import Float32
from earwitness.detector.training.partial_set import HUMAN, PARTIAL, SYNTHETIC, Span, build
from earwitness.detector.training.partial_voices import read_voices
from earwitness.errors import AudioError, UsageError
from earwitness.eval import attacks, scoring
from earwitness.eval.accuracy import Progress
from earwitness.eval.datasets.partialspoof import PARTIALSPOOF, stretches
from earwitness.eval.kept import Kept
from earwitness.eval.score_cache import file_sha256
from earwitness.report import Report
from earwitness.vad import RATE

__all__ = ["Trial", "ask", "conditions_of", "of_pairs", "of_partialspoof"]

LABEL_STEP_S = 0.02


@dataclass(frozen=True, slots=True)
class Trial:
    """A recording and its truth. source: a file, or the bytes of one. kind: human, partial or synthetic."""

    source: Path | bytes
    sha256: str
    kind: str
    engine: str
    speaker: str
    truth: tuple[Span, ...]


def of_pairs(pairs: Path, real: Path | None, counts: Mapping[str, int], seed: int) -> list[Trial]:
    """Recordings that are made for it, see ``detector.training.partial_set``; errors as there."""
    trials = []
    for one in build(read_voices(pairs, real), counts, seed):
        content = _wav(one.samples)
        sha256 = hashlib.sha256(content).hexdigest()
        trials.append(Trial(content, sha256, one.kind, one.engine, one.speaker, one.truth))
    return trials


def of_partialspoof(folder: Path, split: str | None, limit: int = 0) -> list[Trial]:
    """Recordings of the public set, with its labels of 20 ms.

    limit: about so many of them, evenly spread; 0 for all. Raises SourceNotFoundError and UsageError, also
    for a recording without labels.
    """
    listing = PARTIALSPOOF.listing(folder, split)
    truths = stretches(folder, listing.split, LABEL_STEP_S)
    trials = []
    for clip in listing.clips[:: max(1, len(listing.clips) // limit) if limit else 1]:
        if clip.path.stem not in truths:
            raise UsageError("the label file does not name it.", subject=clip.path.stem)
        kind = {HUMAN: HUMAN, PARTIAL: PARTIAL}.get(clip.family, SYNTHETIC)
        truth = tuple(truths[clip.path.stem])
        trials.append(Trial(clip.path, file_sha256(clip.path), kind, clip.system, clip.cluster, truth))
    return trials


def conditions_of(text: str) -> list[str]:
    """Names from "clean,opus_16k", see ``attacks.parse``. Raises UsageError; babble needs other voices than
    these, and is refused."""
    names = attacks.parse(text)
    known = {attacks.CLEAN, *attacks.conditions()}
    for name in names:
        if name not in known:
            raise UsageError("it cannot be used here.", subject=name)
    return names


def ask(
    trials: Sequence[Trial],
    condition: str,
    *,
    cache: Path,
    seed: int = 0,
    jobs: int = 1,
    progress: Progress | None = None,
) -> list[Report | None]:
    """What ``earwitness.check`` says of each under a condition; None for what it cannot read.

    cache: folder of earlier answers; they count for the same code, weights, bytes and condition. jobs:
    processes; 1 works in this one. progress is called with (done, total).
    """
    kept, plan = Kept(cache), scoring.Plan(seed=seed)
    about = f"{scoring.identity(scoring.EARWITNESS, plan)}|{scoring.condition_key(condition, plan)}"
    waiting = [trial for trial in trials if not kept.holds(f"{about}|{trial.sha256}")]
    done = len(trials) - len(waiting)
    tell = progress or (lambda *_: None)
    tell(done, len(trials))
    for trial, answer in _run(waiting, condition, seed, jobs):
        kept.value(f"{about}|{trial.sha256}", partial(_same, answer))
        done += 1
        tell(done, len(trials))
    answers = [kept.value(f"{about}|{trial.sha256}", lambda: None) for trial in trials]
    return [None if answer is None else Report.model_validate(answer) for answer in answers]


def _run(trials: list[Trial], condition: str, seed: int, jobs: int) -> Iterator[tuple[Trial, Any]]:
    if jobs <= 1 or len(trials) < 2:
        for trial in trials:
            yield trial, _answer(trial, condition, seed)
        return
    # Spawned, not forked: onnxruntime keeps threads that a fork would leave behind.
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        answers = pool.map(_answer, trials, [condition] * len(trials), [seed] * len(trials), chunksize=4)
        yield from zip(trials, answers, strict=True)


def _same(answer: Any) -> Any:
    return answer


def _answer(trial: Trial, condition: str, seed: int) -> dict[str, Any] | None:
    """The report in JSON's types. The chance in a condition depends on seed, condition and bytes only."""
    source: Path | BinaryIO
    source = io.BytesIO(trial.source) if isinstance(trial.source, bytes) else trial.source
    try:
        if condition != attacks.CLEAN:
            samples = load_audio(source, rate=RATE, mono=True).samples[0]
            words = hashlib.sha256(f"{seed}/{condition}/{trial.sha256}".encode()).digest()
            rng = np.random.default_rng(np.frombuffer(words, np.uint32))
            source = io.BytesIO(_wav(attacks.conditions()[condition](samples, rng)))
        report = earwitness.check(source, name="recording.wav")
    except AudioError:
        return None
    return report.model_dump(mode="json", by_alias=True)


def _wav(samples: Float32) -> bytes:
    memory = io.BytesIO()
    soundfile.write(memory, samples, RATE, format="WAV", subtype="PCM_16")
    return memory.getvalue()
