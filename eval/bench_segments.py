"""How well partly synthetic recordings are found, and the synthetic stretches in them bounded.

    python -m earwitness.eval.bench_segments --pairs FOLDER --real real.tsv \\
        --out eval/results/segments.json --channels clean,opus_16k,g711_mulaw --jobs 2
    python -m earwitness.eval.bench_segments --partialspoof FOLDER --out eval/results/partialspoof.json

Recordings are made of pairs (``detector.training.partial_set``), or are those of PartialSpoof. Interrupted,
it goes on where it stopped. The result file carries the command, the commit, the seed and the machine;
``python -m earwitness.eval.report`` makes tables of it.
"""

from __future__ import annotations

import argparse
import hashlib
import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from earwitness.detector.training.partial_set import COUNTS, HUMAN, PARTIAL
from earwitness.errors import EarWitnessError
from earwitness.eval import attacks, facts
from earwitness.eval.accuracy import MANY_ROUNDS, show_progress
from earwitness.eval.datasets.partialspoof import PARTIALSPOOF
from earwitness.eval.score_cache import default_cache_dir
from earwitness.eval.segment_metrics import hear, summary
from earwitness.eval.segment_tables import SCHEMA, segment_table
from earwitness.eval.segment_trials import Trial, ask, conditions_of, of_pairs, of_partialspoof
from earwitness.report import Report

__all__ = ["main"]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="earwitness.eval.bench_segments", description=__doc__.partition("\n")[0]
    )
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--pairs", type=Path, help="folder that copysynth wrote: recordings are made of it")
    source.add_argument("--partialspoof", type=Path, help="folder of the public set")
    parser.add_argument("--real", type=Path, help="with --pairs: list of more clips of the same people")
    parser.add_argument("--split", choices=PARTIALSPOOF.splits, help="with --partialspoof")
    parser.add_argument("--out", type=Path, required=True, help="result file (JSON)")
    parser.add_argument("--channels", default=attacks.CLEAN, help="comma-separated conditions or groups")
    parser.add_argument(
        "--threshold",
        type=float,
        help="LLR of the time line from which time counts as called (default: what the verdict names)",
    )
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument(
        "--cache", type=Path, default=default_cache_dir() / "segments", help="folder of earlier answers"
    )
    parser.add_argument("--rounds", type=int, default=MANY_ROUNDS, help="bootstrap rounds")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--limit", type=int, default=0, help="about so many recordings (a quick look)")
    for kind, count in COUNTS.items():
        parser.add_argument(f"--{kind}", type=int, default=count, help=f"with --pairs (default: {count})")
    return parser


def _trials(given: argparse.Namespace) -> list[Trial]:
    if given.partialspoof is not None:
        return of_partialspoof(given.partialspoof, given.split, given.limit)
    counts = {kind: vars(given)[kind] for kind in COUNTS}
    if given.limit:
        share = min(1.0, given.limit / max(1, sum(counts.values())))
        counts = {kind: math.ceil(count * share) for kind, count in counts.items()}
    return of_pairs(given.pairs, given.real, counts, given.seed)


def _measure(given: argparse.Namespace) -> dict[str, Any]:
    """The result without command, commit and machine."""
    names = conditions_of(given.channels)
    trials = _trials(given)
    models: dict[str, Any] = {}
    conditions = {}
    for name in names:
        print(f"{name}: {len(trials)} recordings", file=sys.stderr)
        reports = ask(
            trials, name, cache=given.cache, seed=given.seed, jobs=given.jobs, progress=show_progress
        )
        told = [(trial, report) for trial, report in zip(trials, reports, strict=True) if report is not None]
        models |= {model.name: model.model_dump(mode="json") for _, r in told for model in r.models}
        conditions[name] = {"unread": len(trials) - len(told), **_numbers(told, given)}
    return {
        "schema": SCHEMA,
        "seed": given.seed,
        "set": _described(trials, given.pairs or given.partialspoof),
        "models": models,
        "threshold": given.threshold,
        "threshold_from": "the verdict" if given.threshold is None else "the command",
        "conditions": conditions,
    }


def _numbers(told: Sequence[tuple[Trial, Report]], given: argparse.Namespace) -> dict[str, Any]:
    heard = [
        hear(
            report,
            kind=trial.kind,
            engine=trial.engine,
            cluster=trial.speaker,
            truth=trial.truth,
            threshold=given.threshold,
        )
        for trial, report in told
    ]
    return summary(heard, rounds=given.rounds, seed=given.seed)


def _described(trials: Sequence[Trial], folder: Path) -> dict[str, Any]:
    """sha256: of all recordings, in order: the same set has the same."""
    return {
        "name": folder.name,
        "sha256": hashlib.sha256("".join(trial.sha256 for trial in trials).encode()).hexdigest(),
        **{kind: sum(trial.kind == kind for trial in trials) for kind in COUNTS},
        "stretches": sum(len(trial.truth) for trial in trials if trial.kind == PARTIAL),
        "speakers": len({trial.speaker for trial in trials}),
        "engines": sorted({trial.engine for trial in trials if trial.kind != HUMAN}),
    }


def main(words: Sequence[str] | None = None) -> int:
    """Command-line entry; returns the exit code."""
    given = sys.argv[1:] if words is None else list(words)
    arguments = _parser().parse_args(given)
    try:
        result = _measure(arguments)
    except EarWitnessError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    command = facts.command_line("earwitness.eval.bench_segments", given)
    facts.write_json(
        arguments.out, {"command": command, **facts.commit(), "machine": facts.machine(), **result}
    )
    print(segment_table(arguments.out.stem, result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
