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
import sys
from collections.abc import Sequence
from importlib import resources
from pathlib import Path

from earwitness.detector.training.recipe import add_options, follow, stages

__all__ = ["commands", "main"]

GIVEN = ("work", "sources", "engines", "wild", "aasist")


def commands(places: dict[str, str]) -> dict[str, list[str]]:
    """Stage to the words of its command, in order. Raises UsageError for a place that is not given."""
    return stages(places, resources.files("earwitness.eval").joinpath("recipe.toml").read_text("utf-8"))


def main(argv: Sequence[str] | None = None) -> int:
    """Command line."""
    parser = argparse.ArgumentParser(prog="earwitness.eval.recipe", description=__doc__.partition("\n")[0])
    add_options(parser)
    parser.add_argument("--wild", type=Path, required=True, help="the list of clips from the wild")
    parser.add_argument("--aasist", type=Path, required=True, help="a checkout of clovaai/aasist")
    parser.add_argument("--results", type=Path, default=None, help="where they go (default: WORK/results)")
    args = parser.parse_args(argv)
    results = args.results or args.work / "results"
    places = {name: str(getattr(args, name)) for name in GIVEN} | {"results": str(results)}
    return follow(args, lambda: commands(places), results)


if __name__ == "__main__":
    sys.exit(main())
