"""``earwitness comply FILE...``: which requirements of a law on generated sound does a file meet?"""

from __future__ import annotations

from typing import Annotated

import typer

from earwitness.cli.options import MaxSeconds, Quiet
from earwitness.errors import UsageError

__all__ = ["comply"]


def comply(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Recordings or videos.")],
    regime: Annotated[
        str,
        typer.Option(
            metavar="LAW",
            help="eu (AI Act, Article 50), california (AI Transparency Act) or china (GB 45438-2025).",
        ),
    ],
    json: Annotated[bool, typer.Option("--json", help="One JSON object a file, a line each.")] = False,
    max_seconds: MaxSeconds = None,
    quiet: Quiet = False,
) -> None:
    """Compare the marks, credentials and labels of generated sound with what a law asks.

    Each requirement is met, not met, or not checkable from the file alone, with what was found and the
    article it comes from. This is no legal advice: it is taken for granted that the sound is generated and
    that the law applies to you. Nothing is fetched.

    Examples:

    - `earwitness comply speech.mp3 --regime eu`
    - `earwitness comply release/*.wav --regime china --quiet && echo "nothing is missing"`
    - `earwitness comply speech.wav --regime california --json | jq '.findings[] | [.name, .outcome]'`

    Exit codes: 0 every requirement that can be checked is met, 1 at least one is not, 2 an error. What is
    only encouraged, and what cannot be checked, has no part in it. With several files 2, then 1, then 0.
    """
    if "-" in files:
        raise UsageError("comply needs a file, not a stream.", subject="-", hint="Save it as a file.")
    from earwitness.cli.comply_run import ComplyRun

    raise typer.Exit(ComplyRun(regime=regime, max_seconds=max_seconds, json=json, quiet=quiet).run(files))
