"""How often EarWitness errs on clips whose truth is known, beside AASIST on the same clips.

What ``earwitness eval`` and ``eval.bench_accuracy`` share: clips in, all numbers out.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from earwitness.detector.base import Detector
from earwitness.errors import SourceNotFoundError, UsageError
from earwitness.eval import attacks, scoring
from earwitness.eval.datasets.base import Listing
from earwitness.eval.generators_found import generators_found
from earwitness.eval.groups import groups
from earwitness.eval.protocols import Clip, Outcome, evaluate, read_manifest
from earwitness.eval.score_cache import default_cache_dir, file_sha256
from earwitness.eval.shortcuts import shortcuts
from earwitness.plugins import load

__all__ = ["SCHEMA", "Request", "measure", "of_listing", "of_manifest", "show_progress"]

SCHEMA = "earwitness.eval.accuracy/1"
VOICES = 8
MANY_ROUNDS, FEW_ROUNDS = 1000, 200
_PLAIN_EVERY = 500  # scores
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is to be measured. clips, described: whose, and what the result says of them. conditions: names or
    groups of ``eval.attacks``, comma-separated. compare: "aasist=FOLDER" of a checkout. threshold_from: a
    result whose equal-error thresholds are held against these clips. jobs: processes. limit: about so many
    clips, evenly spread; 0 for all. rounds: of the bootstrap."""

    clips: list[Clip]
    described: dict[str, Any]
    conditions: str = attacks.CLEAN
    compare: str | None = None
    threshold_from: Path | None = None
    jobs: int = 1
    cache: Path = field(default_factory=default_cache_dir)
    rounds: int = MANY_ROUNDS
    seed: int = 0
    limit: int = 0


def show_progress(done: int, total: int) -> None:
    """On standard error: a line that is written over in a terminal, and now and then a line elsewhere."""
    last, terminal = done == total, sys.stderr.isatty()
    if terminal or last or done % _PLAIN_EVERY == 0:
        end = "\n" if last or not terminal else ""
        print(f"\r{done:,} of {total:,} scores", end=end, file=sys.stderr, flush=True)


def of_manifest(path: Path) -> tuple[list[Clip], dict[str, Any]]:
    """The clips of a manifest and what they are. Raises as ``read_manifest``."""
    name = f"{path.parent.name}/{path.name}"
    return read_manifest(path), {"name": name, "sha256": file_sha256(path)}


def of_listing(listing: Listing) -> tuple[list[Clip], dict[str, Any]]:
    """The clips of a public set and what they are."""
    made = listing.dataset
    described = {
        "name": f"{made.name}/{listing.split}",
        "title": made.title,
        "licence": made.licence,
        "absent": listing.absent,
    }
    return listing.clips, described


def measure(request: Request, progress: Progress | None = None) -> dict[str, Any]:
    """Score everything and compute the result, without the command line and commit.

    What was scored before is read from the cache, so that an interrupted run goes on. Raises UsageError and
    SourceNotFoundError for what is wrong with the request.
    """
    clips = request.clips
    if request.limit:
        clips = clips[:: max(1, len(clips) // request.limit)]
    names = attacks.parse(request.conditions)
    plan = scoring.Plan(seed=request.seed, voices=_voices(clips), aasist=_compared(request.compare))
    if len(plan.voices) <= 3:
        names = [name for name in names if not name.startswith("babble")]
    systems = [scoring.EARWITNESS] + ([scoring.AASIST] if plan.aasist else [])
    fixed = _fixed_thresholds(request.threshold_from)
    hashes = [file_sha256(clip.path) for clip in clips]
    jobs = [
        scoring.Job(system, clip.path, sha256, name)
        for name in names
        for clip, sha256 in zip(clips, hashes, strict=True)
        for system in systems
    ]
    found = scoring.score_all(jobs, plan, cache_dir=request.cache, workers=request.jobs, progress=progress)
    outcomes = {
        (system, name): [found[system, sha256, name] for sha256 in hashes]
        for system in systems
        for name in names
    }
    return {
        "schema": SCHEMA,
        "seed": request.seed,
        "manifest": request.described | _counted(clips),
        "shortcuts": shortcuts(clips),
        "models": {scoring.EARWITNESS: _load_detector().info.model_dump(mode="json")}
        | ({scoring.AASIST: {"identity": scoring.identity(scoring.AASIST, plan)}} if plan.aasist else {}),
        "thresholds_from": request.threshold_from.name if request.threshold_from else None,
        "systems": {
            system: {
                "conditions": {
                    name: _evaluated(clips, outcomes, system, name, fixed.get(system), request)
                    for name in names
                }
            }
            for system in systems
        },
    }


def _load_detector() -> Detector:
    """The shipped detector, as the front door finds it."""
    factory = load("earwitness.detectors")
    assert callable(factory)
    detector: Detector = factory()
    return detector


def _evaluated(
    clips: list[Clip],
    outcomes: dict[tuple[str, str], list[Outcome]],
    system: str,
    name: str,
    threshold: float | None,
    request: Request,
) -> dict[str, Any]:
    """The numbers of one system; scores count where *every* compared system has one."""
    columns = [column for (_, condition), column in outcomes.items() if condition == name]
    everywhere = np.array([all(o.score is not None for o in row) for row in zip(*columns, strict=True)])
    numbers = evaluate(
        clips,
        outcomes[system, name],
        threshold=threshold,
        calibrated=system == scoring.EARWITNESS,
        include=everywhere,
        rounds=request.rounds if name == attacks.CLEAN else min(request.rounds, FEW_ROUNDS),
        seed=request.seed,
    )
    if system == scoring.EARWITNESS:
        numbers["groups"] = groups(clips, outcomes[system, name])
        if name == attacks.CLEAN:
            numbers["generators"] = generators_found(clips, outcomes[system, name])
    return numbers


def _voices(clips: Sequence[Clip]) -> tuple[Path, ...]:
    """Human clips for babble, spread over the list."""
    human = [clip.path for clip in clips if not clip.synthetic]
    return tuple(human[:: max(1, len(human) // VOICES)][:VOICES])


def _counted(clips: Sequence[Clip]) -> dict[str, Any]:
    return {
        "clips": len(clips),
        "human": sum(not clip.synthetic for clip in clips),
        "synthetic": sum(clip.synthetic for clip in clips),
        "corpora": len({clip.corpus for clip in clips}),
        "systems": len({clip.system for clip in clips if clip.synthetic}),
        "languages": len({clip.language for clip in clips if clip.language}),
    }


def _compared(text: str | None) -> Path | None:
    if text is None:
        return None
    system, _, folder = text.partition("=")
    if system != scoring.AASIST or not folder:
        raise UsageError(f"cannot compare with {text!r}.", hint="Give --compare aasist=FOLDER.")
    return Path(folder)


def _fixed_thresholds(path: Path | None) -> dict[str, float]:
    """The equal-error thresholds of another result file, by system."""
    if path is None:
        return {}
    if not path.is_file():
        raise SourceNotFoundError("there is no such result file.", subject=str(path))
    systems = json.loads(path.read_text(encoding="utf-8"))["systems"]
    return {name: entry["conditions"][attacks.CLEAN]["eer"]["threshold"] for name, entry in systems.items()}
