"""The work of the watermark bench: mark a clip, attack it, read it, in worker processes."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from earwitness.errors import EarWitnessError
from earwitness.eval import mark_quality
from earwitness.eval.attack_types import Attack, Material
from earwitness.eval.mark_cache import MarkCache
from earwitness.eval.mark_schemes import RATE, Scheme, load_scheme
from earwitness.eval.watermark_attacks import attacks, fingerprint, generator
from earwitness.eval.watermark_material import Recording, samples_of

Float32 = npt.NDArray[np.float32]
Kind = Literal["marked", "unmarked", "quality"]
Results = dict[str, dict[str, Any]]

__all__ = ["Job", "Kind", "Plan", "run_all", "what_is_asked", "work"]

QUALITY: Literal["quality"] = "quality"


@dataclass(frozen=True, slots=True)
class Plan:
    """What every worker must know. noise, music, others: what attacks mix in, one drawn for each clip."""

    seed: int
    cache: Path
    noise: tuple[Path, ...] = ()
    music: tuple[Path, ...] = ()
    others: tuple[Path, ...] = ()
    engines: Path | None = None
    prototype: Path | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """One clip, marked by one scheme (or left alone), under some attacks."""

    scheme: str
    kind: Kind
    clip: Recording
    attacks: tuple[str, ...]


def what_is_asked(job: Job, plan: Plan) -> str:
    """Everything but clip and attack that a result depends on."""
    identity = load_scheme(job.scheme, plan.prototype).identity()
    if job.kind == QUALITY:
        source = Path(str(mark_quality.__file__)).read_bytes()
        return f"{job.kind}/{identity}/{plan.seed}/{hashlib.sha256(source).hexdigest()}"
    pools = "".join(path.name for pool in (plan.noise, plan.music, plan.others) for path in pool)
    return f"{job.kind}/{identity}/{plan.seed}/{fingerprint()}/{pools}"


def work(job: Job, plan: Plan) -> Results:
    """The results of a job, by attack; an attack that cannot be run here gives {"skipped": why}."""
    scheme = load_scheme(job.scheme, plan.prototype)
    original = samples_of(job.clip.path)
    identity = f"{plan.seed}/{job.clip.sha256}"
    if job.kind == QUALITY:
        return {QUALITY: mark_quality.measure(original, _marked(scheme, original, identity, plan))}
    sound = original
    if job.kind == "marked":
        sound = _marked(scheme, original, identity, plan)
    material = _material(scheme, identity, job.clip, plan)
    table = attacks()
    return {
        name: _one(scheme, sound, identity, table[name], material, job, plan.seed) for name in job.attacks
    }


def _one(
    scheme: Scheme, sound: Float32, identity: str, attack: Attack, material: Material, job: Job, seed: int
) -> dict[str, Any]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of librosa and torch: they say nothing about the result
            attacked = attack.run(sound, material, generator(seed, attack.name, job.clip.sha256))
            answer = scheme.read(attacked, identity, wrong=job.kind == "unmarked")
    except EarWitnessError as error:
        return {"skipped": str(error.message)}
    return asdict(answer)


def _marked(scheme: Scheme, original: Float32, identity: str, plan: Plan) -> Float32:
    """The marked clip; kept on disk, since some schemes take a minute for it."""
    words = f"{scheme.identity()}/{identity}"
    target = plan.cache / "marked" / f"{hashlib.sha256(words.encode()).hexdigest()[:24]}.npy"
    if target.exists():
        kept: Float32 = np.load(target)
        return kept
    marked = scheme.embed(original, identity)
    target.parent.mkdir(parents=True, exist_ok=True)
    partial_file = target.with_suffix(f".{np.random.default_rng().integers(2**32)}.part.npy")
    np.save(partial_file, marked)
    partial_file.replace(target)
    return marked


def _material(scheme: Scheme, identity: str, clip: Recording, plan: Plan) -> Material:
    rng = generator(plan.seed, "material", clip.sha256)

    def drawn(pool: Sequence[Path]) -> Float32:
        allowed = [path for path in pool if path != clip.path]
        return samples_of(allowed[int(rng.integers(len(allowed)))]) if allowed else np.zeros(RATE, np.float32)

    again: Callable[[Float32], Float32] | None = None
    if scheme.keyed:
        again = partial(_again, scheme, f"{identity}/again")
    return Material(drawn(plan.noise), drawn(plan.music), drawn(plan.others), again, plan.engines)


def _again(scheme: Scheme, identity: str, samples: Float32) -> Float32:
    return scheme.embed(samples, identity)


def run_all(
    jobs: Sequence[Job], plan: Plan, *, workers: int = 1, progress: Callable[[int, int], None] | None = None
) -> dict[tuple[str, Kind, str], Results]:
    """Results by (scheme, kind, clip's hash); those known are read from the cache.

    progress is called with trials done and all trials, as clips are finished.
    """
    cache = MarkCache(plan.cache)
    found: dict[tuple[str, Kind, str], Results] = {}
    waiting: list[Job] = []
    # Asked once: the code may change while the workers run the old one.
    asked: dict[tuple[str, Kind], str] = {}
    for job in jobs:
        if (job.scheme, job.kind) not in asked:
            asked[job.scheme, job.kind] = what_is_asked(job, plan)
        known = cache.of_clip(asked[job.scheme, job.kind], job.clip.sha256)
        found[job.scheme, job.kind, job.clip.sha256] = {n: known[n] for n in job.attacks if n in known}
        missing = tuple(name for name in job.attacks if name not in known)
        if missing:
            waiting.append(Job(job.scheme, job.kind, job.clip, missing))
    total = sum(len(job.attacks) for job in jobs)
    done = total - sum(len(job.attacks) for job in waiting)
    tell = progress or (lambda *_: None)
    tell(done, total)
    try:
        for job, results in _run(waiting, plan, workers):
            kept = {name: result for name, result in results.items() if "skipped" not in result}
            cache.put(asked[job.scheme, job.kind], job.clip.sha256, kept)
            found[job.scheme, job.kind, job.clip.sha256] |= results
            done += len(job.attacks)
            tell(done, total)
    finally:
        cache.close()
    return found


def _run(jobs: list[Job], plan: Plan, workers: int) -> Iterator[tuple[Job, Results]]:
    if workers <= 1 or len(jobs) < 2:
        for job in jobs:
            yield job, work(job, plan)
        return
    # Spawned, not forked: torch and soxr keep threads that a fork would leave behind.
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        running = {pool.submit(work, job, plan): job for job in jobs}
        try:
            for future in as_completed(running):
                yield running[future], future.result()
        finally:
            pool.shutdown(cancel_futures=True)
