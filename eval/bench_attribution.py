"""How well generators are told apart, on clips that the engine space was not learnt from.

    python -m earwitness.eval.bench_attribution --pairs pairs_known pairs_held --manifest clips.tsv \\
        --systems piper "Gemini speech" --out eval/results/attribution.json --jobs 2

--pairs: folders of ``detector.training.copysynth`` run with ``--role heldout``. Which engines are known and
which are not is read from the shipped space. Attribution is by traces, whatever the verdict (a report names a
generator only where it is a finding: "reported").
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from earwitness.detector.attribution import load_space
from earwitness.errors import EarWitnessError, UsageError
from earwitness.eval import facts
from earwitness.eval.attribution import (
    SCHEMA,
    Sample,
    enrolment,
    hear,
    known_numbers,
    of_clips,
    of_pairs,
    open_set,
)
from earwitness.eval.protocols import read_manifest
from earwitness.eval.scoring import EARWITNESS, Plan, identity

__all__ = ["main"]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="earwitness.eval.bench_attribution",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--pairs", type=Path, nargs="*", default=[], help="folders of held-out copies")
    parser.add_argument("--manifest", type=Path, help="list with clips of more systems")
    parser.add_argument("--systems", nargs="*", default=[], help="systems of that list to take")
    parser.add_argument("--out", type=Path, required=True, help="result file (JSON)")
    parser.add_argument("--limit", type=int, default=0, help="clips of each engine at most; 0 for all")
    parser.add_argument("--enrol", type=int, default=20, help="clips that an engine is enrolled from")
    parser.add_argument("--draws", type=int, default=5, help="times that these clips are drawn")
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--seed", type=int, default=0)
    return parser


def _samples(arguments: argparse.Namespace) -> list[Sample]:
    found = [sample for folder in arguments.pairs for sample in of_pairs(folder)]
    if arguments.manifest is not None:
        found += of_clips(read_manifest(arguments.manifest), arguments.systems)
    if not found:
        raise UsageError(
            "there is no synthetic clip to attribute.", hint="Give --pairs, or --systems of a list."
        )
    if not arguments.limit:
        return found
    taken: dict[str, list[Sample]] = {}
    for sample in found:
        taken.setdefault(sample.engine, []).append(sample)
    return [sample for name in sorted(taken) for sample in taken[name][: arguments.limit]]


def main(words: Sequence[str] | None = None) -> int:
    """Command-line entry; returns the exit code."""
    given = sys.argv[1:] if words is None else list(words)
    arguments = _parser().parse_args(given)
    os.environ.setdefault("EARWITNESS_THREADS", "1")  # clips are short: a process a core is quicker
    try:
        space = load_space()
        if space is None:
            raise UsageError("no engines ship with this detector.")
        heard = hear(_samples(arguments), arguments.jobs)
    except EarWitnessError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    names = {engine.name for engine in space.engines}
    known = [h for h in heard if h.sample.engine in names]
    unknown = [h for h in heard if h.sample.engine not in names]
    options = {"clips": arguments.enrol, "draws": arguments.draws, "seed": arguments.seed}
    result = {
        "schema": SCHEMA,
        "command": facts.command_line("earwitness.eval.bench_attribution", given),
        **facts.commit(),
        "machine": facts.machine(),
        "seed": arguments.seed,
        "system": identity(EARWITNESS, Plan(seed=arguments.seed)),
        "note": "by traces, whatever the verdict; reports name a generator only where they are a finding",
        "engines": len(names),
        "without_traces": sum(h.traces is None for h in heard),
        "known": known_numbers(known, space),
        "unknown": open_set(known, unknown, space),
        "enrolled": {
            name: found
            for name in sorted({h.sample.engine for h in unknown})
            if (found := enrolment(heard, name, space, **options)) is not None
        },
    }
    facts.write_json(arguments.out, result)
    print(f"{len(known)} clips of known engines, {len(unknown)} of unknown ones")
    return 0


if __name__ == "__main__":
    sys.exit(main())
