"""Runs systems over clips under conditions, in worker processes, remembering what was done.

EarWitness is asked through its front door (``earwitness.check``) and believed only as far as
its report says; AASIST hears the same samples.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile

import earwitness
import earwitness.detector
from earwitness.audio import load_audio
from earwitness.errors import AudioError
from earwitness.eval import attacks, sweep
from earwitness.eval.aasist import Aasist
from earwitness.eval.protocols import Outcome
from earwitness.eval.score_cache import ScoreCache, file_sha256

Float32 = npt.NDArray[np.float32]

__all__ = ["AASIST", "EARWITNESS", "Job", "Plan", "identity", "score_all", "score_clip"]

EARWITNESS = "earwitness"
AASIST = "aasist"
RATE = 16_000


@dataclass(frozen=True, slots=True)
class Plan:
    """What every worker must know. voices: recordings that babble noise is mixed from. noises: of noise."""

    seed: int
    voices: tuple[Path, ...] = ()
    aasist: Path | None = None
    noises: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Job:
    """One clip under one condition for one system."""

    system: str
    path: Path
    sha256: str
    condition: str


def identity(system: str, plan: Plan) -> str:
    """A string that changes whenever the system could answer differently: code and weights."""
    digest = hashlib.sha256()
    if system == AASIST:
        assert plan.aasist is not None
        files = [plan.aasist / "models" / "AASIST.py", plan.aasist / "models" / "weights" / "AASIST.pth"]
    else:
        core, detector = (Path(str(m.__file__)).parent for m in (earwitness, earwitness.detector))
        files = [*core.glob("*.py"), *detector.glob("*.py"), *(detector / "weights").rglob("*")]
    for path in sorted(files):
        if path.is_file():
            digest.update(f"{path.name}:{file_sha256(path)}\n".encode())
    return f"{system}:{digest.hexdigest()}"


def condition_key(condition: str, plan: Plan) -> str:
    """Names the condition with the code and the seed behind it."""
    if condition == attacks.CLEAN:
        return condition
    voices = hashlib.sha256("".join(file_sha256(v) for v in plan.voices).encode()).hexdigest()[:8]
    if not _swept(condition):
        return f"{condition}/{plan.seed}/{attacks.fingerprint()}/{voices}"
    noises = hashlib.sha256("".join(file_sha256(n) for n in plan.noises).encode()).hexdigest()[:8]
    return f"{condition}/{plan.seed}/{sweep.fingerprint()}/{voices}/{noises}"


def _swept(condition: str) -> bool:
    """Is it a point of the sweep? Conditions that it shares with ``attacks`` keep the scores they have."""
    return condition in sweep.POINTS and condition not in attacks.GROUPS["all"]


def score_clip(job: Job, plan: Plan) -> Outcome:
    """One system's answer. What makes the clip unjudgeable becomes ``Outcome.error``."""
    try:
        return _aasist(job, plan) if job.system == AASIST else _earwitness(job, plan)
    except AudioError as error:
        return Outcome(score=None, error=error.message)


def _earwitness(job: Job, plan: Plan) -> Outcome:
    if job.condition == attacks.CLEAN:
        report = earwitness.check(job.path)
    else:
        memory = io.BytesIO()
        soundfile.write(memory, _treated(job, plan), RATE, format="WAV", subtype="PCM_16")
        memory.seek(0)
        report = earwitness.check(memory, name=f"{job.path.stem}.wav")
    return Outcome(report.llr_synthetic, str(report.verdict), report.p_synthetic)


def _aasist(job: Job, plan: Plan) -> Outcome:
    assert plan.aasist is not None
    samples = _samples(job.path) if job.condition == attacks.CLEAN else _treated(job, plan)
    return Outcome(_load_aasist(plan.aasist).score(samples))


def _treated(job: Job, plan: Plan) -> Float32:
    """The clip after its condition; the chance in it depends on seed, condition and bytes only."""
    words = hashlib.sha256(f"{plan.seed}/{job.condition}/{job.sha256}".encode()).digest()
    rng = np.random.default_rng(np.frombuffer(words, np.uint32))
    voices = [_samples(path) for path in plan.voices if path != job.path]
    if _swept(job.condition):
        noise = _samples(plan.noises[int(rng.integers(len(plan.noises)))]) if plan.noises else None
        return sweep.treat(job.condition, _samples(job.path), rng, sweep.Sounds(voices, noise))
    return attacks.conditions(voices)[job.condition](_samples(job.path), rng)


@lru_cache(maxsize=16)
def _samples(path: Path) -> Float32:
    samples: Float32 = load_audio(path, rate=RATE, mono=True).samples[0]
    return samples


@lru_cache(maxsize=1)
def _load_aasist(checkout: Path) -> Aasist:
    return Aasist(checkout)


def score_all(
    jobs: Sequence[Job],
    plan: Plan,
    *,
    cache_dir: Path,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> dict[tuple[str, str, str], Outcome]:
    """Outcomes by (system, sha256, condition); those known are read from the cache.

    workers: processes; 1 works in this one. progress is called with (done, total) as they come in.
    """
    caches = {
        system: ScoreCache(cache_dir, identity(system, plan)) for system in {job.system for job in jobs}
    }
    keys = {condition: condition_key(condition, plan) for condition in {job.condition for job in jobs}}
    results: dict[tuple[str, str, str], Outcome] = {}
    waiting: dict[tuple[str, str, str], Job] = {}
    for job in jobs:
        slot = (job.system, job.sha256, job.condition)
        known = caches[job.system].get(job.sha256, keys[job.condition])
        if known is not None:
            results[slot] = known
        else:
            waiting[slot] = job
    tell = progress or (lambda *_: None)
    total = len(results) + len(waiting)
    tell(len(results), total)
    try:
        for job, outcome in _run(list(waiting.values()), plan, workers):
            caches[job.system].put(job.sha256, keys[job.condition], outcome)
            results[job.system, job.sha256, job.condition] = outcome
            tell(len(results), total)
    finally:
        for cache in caches.values():
            cache.close()
    return results


def _run(jobs: list[Job], plan: Plan, workers: int) -> Iterator[tuple[Job, Outcome]]:
    if workers <= 1 or len(jobs) < 2:
        for job in jobs:
            yield job, score_clip(job, plan)
        return
    # Spawned, not forked: onnxruntime and torch keep threads that a fork would leave behind.
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        answers = pool.map(score_clip, jobs, [plan] * len(jobs), chunksize=4)
        yield from zip(jobs, answers, strict=True)
