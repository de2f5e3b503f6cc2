"""``earwitness eval``: how often the shipped detector errs on recordings whose truth is known."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from earwitness.cli.options import Quiet
from earwitness.errors import UsageError

__all__ = ["evaluate"]


def evaluate(
    protocol: Annotated[
        str,
        typer.Argument(
            metavar="PROTOCOL", help="A public set by its name (see --list), or a table of your own (.tsv)."
        ),
    ] = "",
    folder: Annotated[
        Path | None, typer.Argument(metavar="FOLDER", help="Where the public set lies on your disk.")
    ] = None,
    split: Annotated[
        str | None, typer.Option(metavar="NAME", help="Of a public set. Default: its evaluation part.")
    ] = None,
    conditions: Annotated[
        str,
        typer.Option(
            metavar="LIST", help="What is done to the recordings first, e.g. clean,channels. Default: clean."
        ),
    ] = "clean",
    compare: Annotated[
        str | None,
        typer.Option(metavar="aasist=FOLDER", help="Score a checkout of clovaai/aasist on the same clips."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Also write all numbers, and how they were made.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print all numbers as one JSON object.")] = False,
    limit: Annotated[
        int, typer.Option(metavar="N", min=0, help="About so many clips, evenly spread. Default: all.")
    ] = 0,
    jobs: Annotated[int, typer.Option(metavar="N", min=1, help="Processes.")] = 1,
    rounds: Annotated[int, typer.Option(metavar="N", min=1, help="Of the bootstrap.")] = 1000,
    seed: Annotated[int, typer.Option(metavar="N", min=0, help="Of conditions and bootstrap.")] = 0,
    list_: Annotated[
        bool, typer.Option("--list", help="Show the public sets and how they must lie.")
    ] = False,
    quiet: Quiet = False,
) -> None:
    """Measure the detector on recordings whose truth is known: a public set, or a table of your own.

    The table is tab-separated, a recording a line, with the columns path (from the table's folder) and label
    (human or synthetic), and if known corpus, family, system, speaker, language. Shown are the equal error
    rate with its 95 % interval over speakers, and what the verdicts did: false alarms and misses among what
    was decided, and how much was left inconclusive. Interrupted, the same command goes on where it stopped.

    Public sets are not fetched; bring what you have. Mind what a set's speech was made with: a detector is
    only tested by what it has not seen.

    Examples:

    - `earwitness eval --list`
    - `earwitness eval in-the-wild ~/sets/release_in_the_wild`
    - `earwitness eval asvspoof2021-df ~/sets/asvspoof --limit 2000 --jobs 4 --out df.json`
    - `earwitness eval calls.tsv --conditions clean,telephone --json`

    Exit codes: 0 measured, 2 an error.
    """
    from earwitness.cli import evaluate_run

    if list_:
        evaluate_run.show_sets(as_json=json)
        return
    if not protocol:
        raise UsageError("PROTOCOL is needed.", hint="See earwitness eval --list.")
    wish = evaluate_run.Wish(
        protocol=protocol, folder=folder, split=split, conditions=conditions, compare=compare, out=out,
        as_json=json, limit=limit, jobs=jobs, rounds=rounds, seed=seed, quiet=quiet,
    )  # fmt: skip
    evaluate_run.run(wish)
