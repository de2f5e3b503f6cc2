"""What the sweep measures: the list it is run on, and the numbers of each point and of the target."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from earwitness.errors import UsageError
from earwitness.eval import attacks, scoring, sweep, sweep_lengths
from earwitness.eval.accuracy import VOICES
from earwitness.eval.intervals import share
from earwitness.eval.protocols import Clip, Outcome, evaluate
from earwitness.eval.score_cache import default_cache_dir, file_sha256

__all__ = ["LIMITS", "SCHEMA", "TARGETS", "Request", "measure", "numbers", "subset"]

SCHEMA = "earwitness.eval.robustness/1"
TARGETS = {
    attacks.CLEAN: "clean",
    "phone_call": "phone",
    "opus=16": "Opus 16k",
    "mp3=32": "MP3 32k",
    "white=10": "noise 10 dB",
    "pink=10": "noise 10 dB",
    "babble=10": "noise 10 dB",
    "recorded=10": "noise 10 dB",
}
"""Points that have a target, and what it calls them: of the noises each is held to it."""
LIMITS = {"false_alarms": 0.02, "undecided": 0.15}
"""The target: shares of human clips, all clips counted."""
HUMAN_SHARE = 0.6  # of a subset: false alarms are rarer than misses, and the target is on them
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """clips, described: the list. limit: clips of the sweep; 0 for all. target_limit: human clips that the
    target is measured on; 0 for all. noises: recordings of noise, unheard in training; () leaves recorded
    noise out. jobs: processes. rounds: of the bootstrap behind EER intervals."""

    clips: Sequence[Clip]
    described: dict[str, Any]
    limit: int = 160
    target_limit: int = 300
    noises: tuple[Path, ...] = ()
    jobs: int = 1
    cache: Path = field(default_factory=default_cache_dir)
    rounds: int = 200
    seed: int = 0


def subset(clips: Sequence[Clip], limit: int) -> list[Clip]:
    """About ``limit`` clips (0: all), 60 % human where there are enough; each corpus (of synthetic clips:
    each system) has the share it has in the list."""
    human = _ordered([clip for clip in clips if not clip.synthetic])
    fakes = _ordered([clip for clip in clips if clip.synthetic])
    if not limit or len(clips) <= limit:
        return human + fakes
    people = min(len(human), max(round(limit * HUMAN_SHARE), limit - len(fakes)))
    return _spread(human, people) + _spread(fakes, min(len(fakes), limit - people))


def _ordered(clips: list[Clip]) -> list[Clip]:
    return sorted(clips, key=lambda c: (c.system if c.synthetic else c.corpus, c.speaker, c.path.name))


def _spread(clips: list[Clip], count: int) -> list[Clip]:
    if count >= len(clips):
        return clips
    return [clips[int(k)] for k in np.linspace(0, len(clips) - 1, count).round()] if count else []


def numbers(clips: Sequence[Clip], outcomes: Sequence[Outcome], rounds: int, seed: int) -> dict[str, Any]:
    """EER, AUC and what the shipped verdicts do at one point; shares are those of ``intervals.share``.

    false_alarms: people called synthetic, of all; false_alarms_decided: of those that were decided.
    missed: synthetic clips called human, of all (the undecided are counted apart); caught: called synthetic.
    """
    found = evaluate(clips, outcomes, rounds=rounds, seed=seed)
    told = found.get("verdicts", {}).get("all")
    result = {key: found.get(key) for key in ("auc", "missed_at_2_percent", "without_score", "errors")}
    eer = found.get("eer")
    result["eer"] = None if eer is None else {"rate": eer["rate"], "interval": eer["interval"]}
    if told:
        human, fakes = told["human"], told["synthetic"]
        result |= {
            "false_alarms": share(told["human_flagged"], human),
            "false_alarms_decided": share(told["human_flagged"], told["human_decided"]),
            "undecided_human": share(human - told["human_decided"], human),
            "missed": share(told["synthetic_decided"] - told["synthetic_flagged"], fakes),
            "caught": share(told["synthetic_flagged"], fakes),
            "undecided_synthetic": share(fakes - told["synthetic_decided"], fakes),
        }
    return result


def measure(request: Request, progress: Progress | None = None) -> dict[str, Any]:
    """Score everything and compute the result, without the command line and commit.

    What was scored before is read from the cache, so that an interrupted run goes on. Raises UsageError for a
    list without people or without synthetic clips.
    """
    clips = subset(request.clips, request.limit)
    people = [clip for clip in request.clips if not clip.synthetic]
    if not people or len(people) == len(request.clips):
        raise UsageError("a sweep needs human and synthetic clips.")
    voices = tuple(clip.path for clip in _spread(_ordered(people), VOICES))
    plan = scoring.Plan(seed=request.seed, voices=voices, noises=request.noises)
    names = sweep.available(voices=len(voices), noises=len(request.noises))
    wanted = [name for name in TARGETS if name == attacks.CLEAN or name in names]
    aimed = _spread(_ordered(people), request.target_limit or len(people))
    lengths = {
        seconds: sweep_lengths.pieces(request.clips, seconds, request.cache / "lengths", len(clips) // 2)
        for seconds in sweep_lengths.SECONDS
    }
    lists = [(name, clips) for name in (attacks.CLEAN, *names)] + [(name, aimed) for name in wanted]
    lists += [(attacks.CLEAN, made) for made in lengths.values()]
    outcomes = _scored(lists, plan, request, progress)
    counted = [
        numbers(list_, found, request.rounds, request.seed)
        for (_, list_), found in zip(lists, outcomes, strict=True)
    ]
    first, second = 1 + len(names), 1 + len(names) + len(wanted)
    return {
        "schema": SCHEMA,
        "seed": request.seed,
        "manifest": request.described | _counts(request.clips),
        "subset": _counts(clips) | {"target_human": len(aimed), "noises": len(request.noises)},
        "clean": counted[0],
        "axes": _axes(names, counted[1:first]) | {sweep.LENGTH: _length_axis(lengths, counted[second:])},
        "target": _target(wanted, outcomes[first:second]),
    }


def _scored(
    lists: list[tuple[str, list[Clip]]], plan: scoring.Plan, request: Request, progress: Progress | None
) -> list[list[Outcome]]:
    """Outcomes of each list of clips under its condition."""
    hashes = {clip.path: "" for _, clips in lists for clip in clips}
    hashes = {path: file_sha256(path) for path in hashes}
    jobs = {
        (hashes[clip.path], name): scoring.Job(scoring.EARWITNESS, clip.path, hashes[clip.path], name)
        for name, clips in lists
        for clip in clips
    }
    found = scoring.score_all(
        list(jobs.values()), plan, cache_dir=request.cache, workers=request.jobs, progress=progress
    )
    return [[found[scoring.EARWITNESS, hashes[clip.path], name] for clip in clips] for name, clips in lists]


def _axes(names: Sequence[str], counted: Sequence[dict[str, Any]]) -> dict[str, Any]:
    table: dict[str, Any] = {}
    for name, entry in zip(names, counted, strict=True):
        point = sweep.POINTS[name]
        axis = sweep.AXES[point.axis]
        kinds = table.setdefault(axis.name, {"title": axis.title, "unit": axis.unit, "kinds": {}})["kinds"]
        kinds.setdefault(point.kind, []).append({"name": name, "value": point.value, **entry})
    return table


def _length_axis(lengths: dict[int, list[Clip]], counted: Sequence[dict[str, Any]]) -> dict[str, Any]:
    axis = sweep.AXES[sweep.LENGTH]
    points = [
        {"name": f"length={seconds}", "value": float(seconds), **entry}
        for seconds, entry in zip(lengths, counted, strict=True)
    ]
    return {"title": axis.title, "unit": axis.unit, "kinds": {axis.name: points}}


def _target(names: Sequence[str], outcomes: Sequence[list[Outcome]]) -> dict[str, Any]:
    """What people are told at the points that have a target, all clips counted."""
    points = {}
    for name, found in zip(names, outcomes, strict=True):
        alarms = sum(outcome.flagged for outcome in found)
        open_ = sum(outcome.undecided for outcome in found)
        entry = {"false_alarms": share(alarms, len(found)), "undecided": share(open_, len(found))}
        met = all(entry[key]["rate"] <= limit for key, limit in LIMITS.items())
        points[name] = {"label": TARGETS[name], **entry, "met": met}
    return {"limits": dict(LIMITS), "points": points}


def _counts(clips: Sequence[Clip]) -> dict[str, int]:
    return {
        "clips": len(clips),
        "human": sum(not clip.synthetic for clip in clips),
        "synthetic": sum(clip.synthetic for clip in clips),
        "systems": len({clip.system for clip in clips if clip.synthetic}),
    }
