"""``earwitness credentials FILE...``: what Content Credentials are there, and what are they worth?"""

from __future__ import annotations

from typing import Annotated

import typer

from earwitness.cli.options import Quiet
from earwitness.errors import UsageError

__all__ = ["credentials"]


def credentials(
    files: Annotated[
        list[str], typer.Argument(metavar="FILE...", help="Recordings or videos; - reads standard input.")
    ],
    sidecar: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="Use these credentials (.c2pa). Default: what the recording holds, else the .c2pa file "
            "beside it.",
        ),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object a file, a line each.")] = False,
    quiet: Quiet = False,
) -> None:
    """Read the Content Credentials (C2PA) of recordings: who says what, and whether it still holds.

    Credentials are statements by whoever signed them. Trusted: nothing changed, and an authority on your
    list (`earwitness trust`) vouches for the signer's name. Untrusted: nothing changed, but anybody can have
    signed. Nothing is fetched, whatever address a file names.

    Examples:

    - `earwitness credentials speech.mp3`
    - `earwitness credentials speech.mp3 --json | jq '.state, .digital_sources'`
    - `earwitness credentials speech.ogg --sidecar from-archive.c2pa`

    Exit codes: 0 no credentials, 1 trusted credentials, 2 an error, 3 credentials that cannot be relied on
    (untrusted, expired, revoked, tampered with, unreadable, elsewhere); with several files 2, then 1, then
    3, then 0.
    """
    if sidecar is not None and len(files) > 1:
        raise UsageError(
            "one side-car belongs to one recording.", subject="--sidecar", hint="Give one FILE with it."
        )
    from earwitness.cli.credentials_run import CredentialsRun

    raise typer.Exit(CredentialsRun(sidecar=sidecar, json=json, quiet=quiet).run(files))
