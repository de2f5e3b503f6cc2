"""How often Perth's reader takes unmarked speech for marked, and marked speech for unmarked.

    python -m earwitness.eval.perth_null --out watermark/perth_null.json --recordings 600 speech_folder

Up to five seconds of every recording, clean and under some conditions of ``earwitness.eval.attacks``, are
scored without a mark, and some of them with one. For a score s the file holds the share of unmarked
recordings that reach it, as the upper end of a one-sided 95 % Clopper-Pearson interval, of the condition in
which they are most. That bound is what the reader reports: Perth itself gives no probability.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from earwitness.audio import load_audio
from earwitness.detector.training import channels
from earwitness.errors import EarWitnessError, UsageError
from earwitness.eval import attacks
from earwitness.eval.facts import command_line, commit, machine, write_json
from earwitness.samples import resample
from earwitness.watermark import perth_net

__all__ = ["main", "summary", "upper_bound"]

Float32 = npt.NDArray[np.float32]
SCHEMA = "earwitness.eval.perth_null/1"
RATE = 16_000
SECONDS = 5.0
SHORTEST_S = 1.0
SUFFIXES = {".flac", ".wav", ".ogg", ".mp3", ".opus", ".m4a"}
CONDITIONS = (
    "clean",
    "opus_16k",
    "mp3_32k",
    "gsm",
    "narrowband",
    "white_20db",
    "white_10db",
    "small_room",
    "hall",
)
SCORES = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 1.0)
CONFIDENCE = 0.95


def upper_bound(hits: int, trials: int, confidence: float = CONFIDENCE) -> float:
    """Upper end of the one-sided Clopper-Pearson interval of a share: hits of trials, 0..1."""
    if not 0 <= hits <= trials or not trials:
        raise ValueError(f"{hits} of {trials} is no share")
    if hits == trials:
        return 1.0
    low, high = hits / trials, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        if _at_most(hits, trials, middle) > 1 - confidence:
            low = middle
        else:
            high = middle
    return high


def _at_most(hits: int, trials: int, p: float) -> float:
    """Probability of at most so many hits."""
    logs = (
        math.lgamma(trials + 1) - math.lgamma(k + 1) - math.lgamma(trials - k + 1)
        + k * math.log(p) + (trials - k) * math.log1p(-p)
        for k in range(hits + 1)
    )  # fmt: skip
    return math.fsum(math.exp(value) for value in logs)


def summary(unmarked: dict[str, list[float]], marked: dict[str, list[float]]) -> dict[str, Any]:
    """Bounds and counts from the scores a condition."""
    bounds = {
        str(s): round(max(upper_bound(_reach(scores, s), len(scores)) for scores in unmarked.values()), 5)
        for s in SCORES
    }
    return {
        "false_alarm_bound": bounds,
        "unmarked": {name: _counts(scores) for name, scores in unmarked.items()},
        "marked": {name: _counts(scores) for name, scores in marked.items() if scores},
    }


def _reach(scores: Sequence[float], s: float) -> int:
    return sum(score >= s for score in scores)


def _counts(scores: Sequence[float]) -> dict[str, Any]:
    return {
        "trials": len(scores),
        "largest": round(max(scores), 4),
        "reach": {str(s): _reach(scores, s) for s in SCORES},
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and write; the exit code."""
    parser = argparse.ArgumentParser(prog="earwitness.eval.perth_null", description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path, help="unmarked recordings of speech")
    parser.add_argument("--out", required=True, type=Path)
    parser.add_argument("--recordings", type=int, default=600, help="of all folders together")
    parser.add_argument("--marked", type=int, default=100, help="of them that are also scored with a mark")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(arguments)
    try:
        result = _measure(given)
    except EarWitnessError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    words = list(arguments) if arguments is not None else sys.argv[1:]
    command = command_line("earwitness.eval.perth_null", words)
    write_json(given.out, {**result, "command": command, "commit": commit(), "machine": machine()})
    return 0


def _measure(given: argparse.Namespace) -> dict[str, Any]:
    random = np.random.default_rng(given.seed)
    files = sorted(p for folder in given.folders for p in folder.rglob("*") if p.suffix.lower() in SUFFIXES)
    known = attacks.conditions() | {
        attacks.CLEAN: lambda x, _: x,
        "hall": lambda x, rng: channels.room(x, rng, rt60=1.0, direct_db=-3.0),
    }
    unmarked: dict[str, list[float]] = {name: [] for name in CONDITIONS}
    marked: dict[str, list[float]] = {name: [] for name in CONDITIONS}
    done = 0
    for index in random.permutation(len(files)):
        if done == given.recordings:
            break
        sound = load_audio(files[int(index)], rate=RATE, mono=True).mono()[: int(SECONDS * RATE)]
        if len(sound) < SHORTEST_S * RATE or not np.any(sound):
            continue
        done += 1
        kinds = [(unmarked, sound)]
        if done <= given.marked:
            wide = perth_net.marked(resample(sound, RATE, perth_net.RATE)[None])[0]
            kinds.append((marked, resample(wide, perth_net.RATE, RATE)))
        for scores, heard in kinds:
            for name in CONDITIONS:
                treated = known[name](heard, random)
                scores[name].append(perth_net.score(resample(treated, RATE, perth_net.RATE)))
    if not done:
        raise UsageError("no recordings were found.", hint=f"Folders hold {', '.join(sorted(SUFFIXES))}.")
    return {"schema": SCHEMA, "scheme": "perth-1", "seconds": SECONDS, **summary(unmarked, marked)}


if __name__ == "__main__":
    sys.exit(main())
