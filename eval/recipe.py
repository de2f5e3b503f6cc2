"""Measure the shipped detector again, from recordings and engines to every result file, with one command.

    python -m earwitness.eval.recipe WORK --sources SOURCES --engines ENGINES --wild WILD/manifest.tsv \\
        --aasist AASIST [--results WORK/results] [--only STAGE ...] [--list]

Runs the stages of ``eval/recipe.toml`` in order, as ``detector.training.recipe`` runs those of training:
recordings and copies that no training has met are put together, and then measured on. What is done is not
done again while its command stays the same; interrupted, it goes on. WORK may be the folder that the
detector was trained in: both begin with the same recordings.
"""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Sequence
from importlib import resources
from pathlib import Path

from earwitness.detector.training.recipe import run, stages
from earwitness.errors import EarWitnessError

__all__ = ["commands", "main"]

GIVEN = ("work", "sources", "engines", "wild", "aasist")


def commands(places: dict[str, str]) -> dict[str, list[str]]:
    """Stage to the words of its command, in order. Raises UsageError for a place that is not given."""
    return stages(places, resources.files("earwitness.eval").joinpath("recipe.toml").read_text("utf-8"))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="earwitness.eval.recipe", description=__doc__.partition("\n")[0])
    parser.add_argument("work", type=Path, help="folder for everything that is made on the way")
    parser.add_argument("--sources", type=Path, required=True, help="fetched repositories and packages")
    parser.add_argument("--engines", type=Path, required=True, help="unpacked engines, see recipes.py")
    parser.add_argument("--wild", type=Path, required=True, help="the list of clips from the wild")
    parser.add_argument("--aasist", type=Path, required=True, help="a checkout of clovaai/aasist")
    parser.add_argument("--results", type=Path, default=None, help="where they go (default: WORK/results)")
    parser.add_argument("--only", nargs="+", default=[], metavar="STAGE")
    parser.add_argument("--list", action="store_true", help="print the stages and their commands")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Command line."""
    args = _parser().parse_args(argv)
    places = {name: str(getattr(args, name)) for name in GIVEN}
    results = args.results or args.work / "results"
    try:
        found = commands({**places, "results": str(results)})
        if args.list:
            for name, words in found.items():
                print(f"{name}: {shlex.join(words)}")
            return 0
        results.mkdir(parents=True, exist_ok=True)
        return run(found, args.work / "done", args.only)
    except EarWitnessError as error:
        print(error, file=sys.stderr)
        return error.exit_code


if __name__ == "__main__":
    sys.exit(main())
