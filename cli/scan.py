"""``earwitness scan FOLDER...``: check every recording below, as fast as the machine allows."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from earwitness.cli.exit_codes import parse_fail_on
from earwitness.cli.options import MaxSeconds, check_prior
from earwitness.errors import UsageError

__all__ = ["scan"]


def scan(
    paths: Annotated[
        list[str], typer.Argument(metavar="FOLDER...", help="Folders (searched recursively) or files.")
    ],
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            metavar="RESULTS.jsonl",
            help="Append one line of JSON a file as the scan goes; run the same command again to go on after "
            "an interruption. - writes the lines to standard output.",
        ),
    ] = None,
    csv: Annotated[
        Path | None,
        typer.Option(
            "--csv",
            metavar="OUT.csv",
            help="Write a table, most suspicious first; - writes it to standard output.",
        ),
    ] = None,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="OUT.html", help="Write a page, most suspicious first.")
    ] = None,
    jobs: Annotated[
        int | None,
        typer.Option("--jobs", "-j", metavar="N", min=1, help="Files checked at once. Default: CPUs."),
    ] = None,
    prior: Annotated[
        float,
        typer.Option(
            metavar="P",
            help="Chance of synthetic speech before looking, between 0 and 1. It moves probabilities and "
            "verdicts.",
        ),
    ] = 0.5,
    fail_on: Annotated[
        list[str] | None,
        typer.Option(metavar="NAMES", help="Outcomes that make the exit code other than 0, as in `check`."),
    ] = None,
    max_seconds: MaxSeconds = None,
    timeout: Annotated[
        float, typer.Option(metavar="S", min=0, help="Give up on a file after this many seconds; 0: never.")
    ] = 3600.0,
    restart: Annotated[
        bool, typer.Option("--restart", help="Throw the results in RESULTS.jsonl away and begin anew.")
    ] = False,
    retry_errors: Annotated[
        bool, typer.Option("--retry-errors", help="Examine again the files whose result is an error.")
    ] = False,
    sort: Annotated[
        bool, typer.Option("--sort", help="At the end, sort RESULTS.jsonl by file name.")
    ] = False,
    all_files: Annotated[
        bool, typer.Option("--all-files", help="Try every file, also those that look like no audio or video.")
    ] = False,
    hidden: Annotated[bool, typer.Option("--hidden", help="Include names that start with a dot.")] = False,
    follow_links: Annotated[
        bool, typer.Option("--follow-links", help="Enter folders that are symbolic links (each once).")
    ] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="No progress and no summary; the exit code is the answer.")
    ] = False,
) -> None:
    """Check all recordings in folders; resume where an interrupted scan stopped.

    What is audio or video is told from the content, not only from the name; other files are
    counted and left alone. A file that cannot be judged gives an error line and the scan goes on.
    Files are named as the folder was given plus the path below it (as `grep -r` does); that name
    is `file.name` in the results. Lines come in the order files are finished; their content does
    not depend on `--jobs`, and `--sort` makes the order the same too. RESULTS.jsonl.index beside the
    results remembers what is done; it is built again when it is missing.

    Examples:

    - `earwitness scan recordings/`
    - `earwitness scan recordings/ -o results.jsonl --html summary.html --csv table.csv`
    - `earwitness scan recordings/ -o results.jsonl` again: only what is new, changed or unfinished
    - `earwitness scan calls/ voicemail/ --jobs 8 --fail-on finding`
    - `earwitness scan recordings/ -o - --quiet | jq 'select(.p_synthetic > 0.9) | .file.name'`

    Exit codes: 0 nothing found, 1 a synthetic finding, 2 an error, 3 inconclusive; the gravest of all
    files in the results counts: 2, then 1, then 3, then 0.
    """
    check_prior(prior)
    outcomes = parse_fail_on(fail_on)
    if output in (None, "-") and (restart or retry_errors or sort):
        raise UsageError(
            "--restart, --retry-errors and --sort work on a results file.", hint="Name one with --output."
        )
    from earwitness.cli.mark_records import recordings_of
    from earwitness.cli.scan_command import ScanCommand

    command = ScanCommand(
        paths=tuple(recordings_of(paths, quiet=quiet)),
        output=output,
        csv=csv,
        html=html,
        jobs=jobs,
        prior=prior,
        max_seconds=max_seconds,
        timeout_s=timeout or None,
        restart=restart,
        retry_errors=retry_errors,
        sort=sort,
        all_files=all_files,
        hidden=hidden,
        follow_links=follow_links,
        quiet=quiet,
    )
    raise typer.Exit(command.run(outcomes))
