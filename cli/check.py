"""``earwitness check FILE...``: judge recordings and say why."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from earwitness.cli.exit_codes import parse_fail_on
from earwitness.cli.options import MaxSeconds, Quiet, check_prior

__all__ = ["check"]


def check(
    files: Annotated[
        list[str], typer.Argument(metavar="FILE...", help="Recordings or videos; - reads standard input.")
    ],
    json: Annotated[
        bool, typer.Option("--json", help="One JSON object a file, a line each, instead of the panel.")
    ] = False,
    html: Annotated[
        Path | None,
        typer.Option(
            "--html",
            metavar="OUT",
            help="Also write a page: a file name for one recording, a folder for several.",
        ),
    ] = None,
    prior: Annotated[
        float,
        typer.Option(
            metavar="P",
            help="Chance of synthetic speech before looking, between 0 and 1. It moves the probability, the "
            "thresholds and so the verdict, never the log-likelihood ratio.",
        ),
    ] = 0.5,
    fail_on: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAMES",
            help="Outcomes that make the exit code other than 0: finding, synthetic, likely_synthetic, "
            "partly_synthetic, inconclusive, error, never. Repeat or separate by commas. "
            "Default: finding,inconclusive,error.",
        ),
    ] = None,
    explain: Annotated[
        bool | None,
        typer.Option(
            "--explain/--no-explain",
            help="Also find out which bands of frequency the detector reacted to. It takes about a second. "
            "Default: only for the page of a single recording.",
            show_default=False,
        ),
    ] = None,
    max_seconds: MaxSeconds = None,
    quiet: Quiet = False,
) -> None:
    """Judge recordings: verdict, probability, time line, reasons.

    Examples:

    - `earwitness check call.wav`
    - `earwitness check call.wav --html call.html`
    - `earwitness check call.wav --explain`
    - `earwitness check *.mp3 --html reports/`
    - `earwitness check --json call.wav | jq .verdict`
    - `cat call.ogg | earwitness check -`
    - `earwitness check --fail-on finding,error *.wav && echo "nothing found"`

    Exit codes: 0 nothing found, 1 a synthetic finding, 2 an error, 3 inconclusive.
    """
    check_prior(prior)
    outcomes = parse_fail_on(fail_on)
    from earwitness.cli.check_run import CheckRun
    from earwitness.cli.mark_records import recordings_of

    names = recordings_of(files, quiet=quiet)
    explain = explain if explain is not None else html is not None and len(names) == 1
    run = CheckRun(prior=prior, max_seconds=max_seconds, json=json, html=html, quiet=quiet, explain=explain)
    raise typer.Exit(run.check_all(names, outcomes))
