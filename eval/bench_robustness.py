"""How errors grow with what a recording went through: codecs, noise, rooms, bands, speed, level, length.

    python -m earwitness.eval.bench_robustness --manifest clips.tsv --out eval/results/robustness.json \\
        --noise FOLDER --jobs 2

Interrupted, it goes on where it stopped. ``eval.report`` and ``eval.page`` make a table and curves of it.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from earwitness.errors import EarWitnessError, SourceNotFoundError
from earwitness.eval import facts, scoring
from earwitness.eval.accuracy import of_manifest, show_progress
from earwitness.eval.robustness import Request, measure
from earwitness.eval.score_cache import default_cache_dir

__all__ = ["main", "noise_files"]

SUFFIXES = {".flac", ".wav", ".ogg"}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="earwitness.eval.bench_robustness", description=__doc__.partition("\n")[0]
    )
    parser.add_argument("--manifest", type=Path, required=True, help="tab-separated list of clips")
    parser.add_argument("--out", type=Path, required=True, help="result file (JSON)")
    parser.add_argument("--limit", type=int, default=160, help="clips of the sweep, spread; 0 for all")
    parser.add_argument("--target-limit", type=int, default=300, help="human clips for the target; 0 for all")
    parser.add_argument("--noise", type=Path, help="folder of recorded noise (none: that kind is left out)")
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument(
        "--cache", type=Path, default=default_cache_dir(), help="folder of scores already computed"
    )
    parser.add_argument("--rounds", type=int, default=200, help="bootstrap rounds")
    parser.add_argument("--seed", type=int, default=0)
    return parser


def noise_files(folder: Path | None) -> tuple[Path, ...]:
    """Sound files below a folder, sorted. Raises SourceNotFoundError for a folder without any."""
    if folder is None:
        return ()
    found = tuple(sorted(path for path in folder.rglob("*") if path.suffix in SUFFIXES))
    if not found:
        raise SourceNotFoundError("there is no sound file in this folder.", subject=str(folder))
    return found


def main(words: Sequence[str] | None = None) -> int:
    """Command-line entry; returns the exit code."""
    given = sys.argv[1:] if words is None else list(words)
    arguments = _parser().parse_args(given)
    # Clips are short: two workers on one thread each get through twice as many as two on two threads.
    os.environ.setdefault("EARWITNESS_THREADS", "1")
    began = time.monotonic()
    try:
        clips, described = of_manifest(arguments.manifest)
        options = {
            name: value for name, value in vars(arguments).items() if name not in ("manifest", "out", "noise")
        }
        request = Request(clips=clips, described=described, noises=noise_files(arguments.noise), **options)
        result = measure(request, show_progress)
    except EarWitnessError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    about = {
        "command": facts.command_line("earwitness.eval.bench_robustness", given),
        **facts.commit(),
        "machine": facts.machine(),
        "system": scoring.identity(scoring.EARWITNESS, scoring.Plan(seed=arguments.seed)),
        "wall_s": time.monotonic() - began,
    }
    facts.write_json(arguments.out, {**about, **result})
    for name, entry in result["target"]["points"].items():
        alarms, undecided = entry["false_alarms"]["rate"], entry["undecided"]["rate"]
        print(f"{name:14} false alarms {100 * alarms:.1f} %, undecided {100 * undecided:.1f} %")
    return 0


if __name__ == "__main__":
    sys.exit(main())
