"""How often EarWitness errs on a list of clips, beside AASIST on the same clips.

    python -m earwitness.eval.bench_accuracy --manifest clips.tsv --out eval/results/clips.json \\
        --conditions clean,channels --compare aasist=FOLDER_OF_THE_CHECKOUT --jobs 2

Interrupted, it goes on where it stopped. The result file carries the command, the commit, the
seed and the machine; ``python -m earwitness.eval.report`` makes tables of it.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from earwitness.errors import EarWitnessError
from earwitness.eval import attacks, facts
from earwitness.eval.accuracy import MANY_ROUNDS, Request, measure, of_manifest, show_progress
from earwitness.eval.met import unmet
from earwitness.eval.score_cache import default_cache_dir

__all__ = ["main"]

_OURS = ("manifest", "out", "unmet")  # the rest is what the measurement asks for


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="earwitness.eval.bench_accuracy", description=__doc__.partition("\n")[0]
    )
    parser.add_argument("--manifest", type=Path, required=True, help="tab-separated list of clips")
    parser.add_argument("--out", type=Path, required=True, help="result file (JSON)")
    parser.add_argument("--conditions", default=attacks.CLEAN, help="comma-separated conditions or groups")
    parser.add_argument("--compare", help="aasist=FOLDER: score a checkout of clovaai/aasist beside ours")
    parser.add_argument(
        "--threshold-from", type=Path, help="result whose EER thresholds are held against this list"
    )
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument(
        "--cache", type=Path, default=default_cache_dir(), help="folder of scores already computed"
    )
    parser.add_argument("--rounds", type=int, default=MANY_ROUNDS, help="bootstrap rounds")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--unmet", action="store_true", help="leave out systems whose engine was trained on (met.toml)"
    )
    parser.add_argument(
        "--limit", type=int, default=0, help="use about so many clips, evenly spread (a quick look)"
    )
    return parser


def main(words: Sequence[str] | None = None) -> int:
    """Command-line entry; returns the exit code."""
    given = sys.argv[1:] if words is None else list(words)
    arguments = _parser().parse_args(given)
    try:
        clips, described = of_manifest(arguments.manifest)
        if arguments.unmet:
            clips, left_out = unmet(clips)
            described |= left_out
        options = {name: value for name, value in vars(arguments).items() if name not in _OURS}
        result = measure(Request(clips=clips, described=described, **options), show_progress)
    except EarWitnessError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    command = facts.command_line("earwitness.eval.bench_accuracy", given)
    facts.write_json(
        arguments.out, {"command": command, **facts.commit(), "machine": facts.machine(), **result}
    )
    for system, entry in result["systems"].items():
        for name, numbers in entry["conditions"].items():
            if "eer" in numbers:
                print(f"{system:12} {name:18} EER {100 * numbers['eer']['rate']:.1f} %")
    return 0


if __name__ == "__main__":
    sys.exit(main())
