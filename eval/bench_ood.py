"""What is said of music, noise, animals, silence, tones and whisper: undecided, and why, or wrongly decided.

    python -m earwitness.eval.bench_ood --sounds FOLDER --manifest heldout/manifest.tsv \\
        --out eval/results/ood.json --jobs 2

--sounds: folders of recordings, one a kind. --manifest: people whose speech is whispered (simulated:
prediction filters excited by noise) and laid over music. Music, noise, tones and silence are formulas.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from earwitness.errors import EarWitnessError
from earwitness.eval import facts, ood
from earwitness.eval.protocols import read_manifest
from earwitness.eval.scoring import EARWITNESS, Plan, identity

__all__ = ["main"]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="earwitness.eval.bench_ood",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--out", type=Path, required=True, help="result file (JSON)")
    parser.add_argument("--sounds", type=Path, help="folder with a folder of recordings a kind")
    parser.add_argument("--manifest", type=Path, help="list whose human clips are whispered")
    parser.add_argument("--count", type=int, default=40, help="sounds of each kind at most")
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--seed", type=int, default=0)
    return parser


def main(words: Sequence[str] | None = None) -> int:
    """Command-line entry; returns the exit code."""
    given = sys.argv[1:] if words is None else list(words)
    arguments = _parser().parse_args(given)
    os.environ.setdefault("EARWITNESS_THREADS", "1")  # sounds are short: a process a core is quicker
    try:
        items = ood.made(arguments.count, arguments.seed)
        if arguments.sounds is not None:
            items += ood.of_folders(arguments.sounds, arguments.count) + ood.of_joined(arguments.sounds)
        if arguments.manifest is not None:
            items += ood.of_speech(read_manifest(arguments.manifest), arguments.count, arguments.seed)
        kinds = ood.numbers(ood.ask(items, arguments.jobs))
    except EarWitnessError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    result = {
        "schema": ood.SCHEMA,
        "command": facts.command_line("earwitness.eval.bench_ood", given),
        **facts.commit(),
        "machine": facts.machine(),
        "seed": arguments.seed,
        "system": identity(EARWITNESS, Plan(seed=arguments.seed)),
        "speech": sorted(ood.SPEECH),
        "kinds": kinds,
    }
    facts.write_json(arguments.out, result)
    for kind, entry in kinds.items():
        rates = (entry[key]["rate"] for key in ("inconclusive", "called_synthetic", "likely_human"))
        print(f"{kind:20}", *(f"{100 * rate:5.0f} %" for rate in rates))
    return 0


if __name__ == "__main__":
    sys.exit(main())
