"""Options that mean the same in several commands, and what is wrong with a prior that is none."""

from __future__ import annotations

from typing import Annotated

import typer

from earwitness.errors import UsageError

__all__ = ["MaxSeconds", "Quiet", "check_prior"]

MaxSeconds = Annotated[
    float | None,
    typer.Option("--max-seconds", metavar="S", min=0.1, help="Refuse recordings longer than this."),
]
Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", help="Print nothing on success; the exit code is the answer.")
]


def check_prior(prior: float) -> None:
    """Raise UsageError unless the chance of synthetic speech before looking lies between 0 and 1."""
    if not 0 < prior < 1:
        raise UsageError(
            "must lie between 0 and 1, both excluded.", subject="--prior", hint="Equal odds are 0.5."
        )
