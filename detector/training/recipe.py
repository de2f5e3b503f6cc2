"""Retrain the shipped detector from recordings and engines to weights, with one command.

    python -m earwitness.detector.training.recipe WORK --sources SOURCES --engines ENGINES \
        --validate WILD/manifest.tsv [--weights WORK/weights] [--again] [--rehearse]

Runs the stages of ``recipe.toml`` in order, each in a process of its own. A stage that ended well leaves a
mark in ``WORK/done`` with its command and is not run again while that command stays the same; interrupted, it
goes on from what it had saved. Stops at the first stage that fails, with its exit code.

``--again`` begins with the networks that ship (or those in ``--shipped FOLDER``) instead of with nothing, and
goes on with fewer pairs and steps: what fits three hours on two cores. Every edition since the second was
made in this way.

``--rehearse`` runs every stage on a handful of recordings and for a few steps (the ``rehearse`` words of the
recipe come last and win): half an hour that shows whether everything is in place. Its weights are useless.
"""

from __future__ import annotations

import argparse
import shlex
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Mapping, Sequence
from importlib import resources
from pathlib import Path

from earwitness.detector.card import weights_folder
from earwitness.errors import EarWitnessError, UsageError

__all__ = ["add_options", "follow", "main", "run", "stages"]

Runner = Callable[[Sequence[str]], int]


def stages(
    places: Mapping[str, str], text: str | None = None, *, again: bool = False, rehearse: bool = False
) -> dict[str, list[str]]:
    """Stage to the words of its command (a module and its arguments), in order.

    places: what stands for each {name}. text: a recipe, by default ours. again: going on from what
    ships, and not anew. rehearse: in small.
    Raises UsageError for a place that is not given.
    """
    if text is None:
        text = resources.files("earwitness.detector.training").joinpath("recipe.toml").read_text("utf-8")
    way = "again" if again else "anew"
    keys = ["run"] + ["again"] * again + ["rehearse"] * rehearse
    try:
        return {
            name: [
                word.format_map(places) for word in shlex.split(" ".join(table.get(key, "") for key in keys))
            ]
            for name, table in tomllib.loads(text).items()
            if table.get("only", way) == way
        }
    except KeyError as error:
        raise UsageError(f"the recipe needs a place for {error}.") from error


def run(
    commands: Mapping[str, Sequence[str]], done: Path, only: Sequence[str] = (), runner: Runner | None = None
) -> int:
    """Run the stages that are not done yet; returns the first exit code that is not 0, else 0.

    done: folder of marks. only: stages to run, done or not; all that are not done by default. Raises
    UsageError for a stage that the recipe lacks.
    """
    unknown = sorted(set(only) - set(commands))
    if unknown:
        raise UsageError(f"no such stage: {', '.join(unknown)}.", hint=f"Stages: {', '.join(commands)}.")
    done.mkdir(parents=True, exist_ok=True)
    for name in only or commands:
        words = list(commands[name])
        mark, line = done / name, shlex.join(words) + "\n"
        if not only and mark.is_file() and mark.read_text(encoding="utf-8") == line:
            print(f"{name}: done before", flush=True)
            continue
        print(f"{name}: {line.strip()}", flush=True)
        begun = time.monotonic()
        code = (runner or _in_a_process)(words)
        if code:
            print(f"{name}: failed with exit code {code}", file=sys.stderr, flush=True)
            return code
        mark.write_text(line, encoding="utf-8")
        print(f"{name}: {(time.monotonic() - begun) / 60:.1f} min", flush=True)
    return 0


def _in_a_process(words: Sequence[str]) -> int:
    return subprocess.run([sys.executable, "-m", *words], check=False).returncode


def add_options(parser: argparse.ArgumentParser) -> None:
    """What every recipe asks for: work, sources, engines, and which stages; ``follow`` reads them."""
    parser.add_argument("work", type=Path, help="folder for everything that is made on the way")
    parser.add_argument("--sources", type=Path, required=True, help="fetched repositories and packages")
    parser.add_argument("--engines", type=Path, required=True, help="unpacked engines, see recipes.py")
    parser.add_argument("--only", nargs="+", default=[], metavar="STAGE")
    parser.add_argument("--list", action="store_true", help="print the stages and their commands")


def follow(args: argparse.Namespace, commands: Callable[[], Mapping[str, Sequence[str]]], out: Path) -> int:
    """Print or run the stages as ``args`` say; out: made before. Errors are told; returns the exit code."""
    try:
        found = commands()
        if args.list:
            for name, words in found.items():
                print(f"{name}: {shlex.join(words)}")
            return 0
        out.mkdir(parents=True, exist_ok=True)
        return run(found, args.work / "done", args.only)
    except EarWitnessError as error:
        print(error, file=sys.stderr)
        return error.exit_code


def main(argv: list[str] | None = None) -> int:
    """Command line."""
    parser = argparse.ArgumentParser(
        prog="earwitness.detector.training.recipe", description=__doc__.partition("\n")[0]
    )
    add_options(parser)
    parser.add_argument("--validate", type=Path, required=True, help="a list to watch, never trained on")
    parser.add_argument("--weights", type=Path, default=None, help="where weights go (default: WORK/weights)")
    parser.add_argument("--again", action="store_true", help="go on from the networks that ship")
    parser.add_argument("--shipped", type=Path, default=None, help="their folder (default: the package's)")
    parser.add_argument("--rehearse", action="store_true", help="everything in small, to see that it runs")
    args = parser.parse_args(argv)
    places = {name: str(getattr(args, name)) for name in ("work", "sources", "engines", "validate")}
    weights = args.weights or args.work / "weights"
    places |= {"weights": str(weights), "shipped": str(args.shipped or weights_folder())}
    return follow(args, lambda: stages(places, again=args.again, rehearse=args.rehearse), weights)


if __name__ == "__main__":
    sys.exit(main())
