"""``earwitness trace FILE``: everything that can be found out about where a recording comes from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from earwitness.cli.options import MaxSeconds

if TYPE_CHECKING:
    from earwitness.tracing import Trace

__all__ = ["trace"]


def trace(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A recording or film.")],
    registry: Annotated[
        str | None, typer.Option(metavar="PLACE", help="A registry: a file or a postgresql:// address.")
    ] = None,
    search: Annotated[
        str,
        typer.Option(metavar="HOW", help="Other speeds and pitches: none, hint (a cheap look) or full."),
    ] = "hint",
    sidecar: Annotated[
        str | None, typer.Option(metavar="FILE", help="Credentials that lie apart from the file (.c2pa).")
    ] = None,
    save_manifest: Annotated[
        Path | None,
        typer.Option(metavar="OUT", help="Write the credentials that the registry kept to this .c2pa file."),
    ] = None,
    resolve: Annotated[
        bool,
        typer.Option(
            "--resolve",
            help="Ask the resolvers in EARWITNESS_RESOLVERS for the credentials of its marks; they learn "
            "what a mark carries, never the sound.",
        ),
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="The whole story as one JSON object.")] = False,
    max_seconds: MaxSeconds = None,
) -> None:
    """Tell the whole story of a file: marks, credentials, labels, its record, and what is missing.

    A mark survives what strips everything else: it leads to the record in your registry, and the record
    brings the credentials back. The sound in hand is compared with the record's, so that a mark which was
    copied onto another recording is called out. Nothing is uploaded, and nobody is asked without --resolve.

    Examples:

    - `earwitness trace found-online.mp3`
    - `earwitness trace found-online.mp3 --save-manifest restored.c2pa`
    - `earwitness trace found-online.mp3 --json | jq '.origins[].comparison'`

    Exit codes: 0 nothing is known of it, 1 a record of this very sound was found, 2 an error, 3 something was
    found that settles nothing (a mark without a record, credentials that nobody vouches for, a transferred
    mark).
    """
    from earwitness.cli.exit_codes import ExitCode
    from earwitness.cli.outputs import refuse_beside
    from earwitness.cli.trace_view import save, show, standing
    from earwitness.credential_look import SIDECAR
    from earwitness.tracing import trace as find_out

    if save_manifest is not None:
        inputs = [file] if sidecar is None else [file, sidecar]
        refuse_beside(save_manifest, "--save-manifest", (SIDECAR,), inputs)
    found: Trace = find_out(
        file, registry=registry, search=search, sidecar=sidecar, resolve=resolve, max_seconds=max_seconds
    )
    if save_manifest is not None:
        save(found, save_manifest)
    show(file, found, as_json=json)
    raise typer.Exit(ExitCode(standing(found)))
