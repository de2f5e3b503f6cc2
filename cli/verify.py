"""``earwitness verify FILE...``: is there a mark, whose, and which record?"""

from __future__ import annotations

from typing import Annotated

import typer

from earwitness.cli.options import MaxSeconds, Quiet
from earwitness.errors import UsageError

__all__ = ["verify"]

SEARCHES = ("none", "hint", "full")


def verify(
    files: Annotated[
        list[str], typer.Argument(metavar="FILE...", help="Recordings or videos; - reads standard input.")
    ],
    key: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Look only for marks of this key (all its generations)."),
    ] = None,
    scheme: Annotated[
        list[str] | None,
        typer.Option(
            metavar="SCHEME",
            help="Watermark scheme to look for: default (ours), perth, audioseal or a plug-in; may be "
            "repeated. `earwitness doctor` says which ones work here.",
        ),
    ] = None,
    search: Annotated[
        str,
        typer.Option(
            metavar="DEPTH",
            help="How far to look for audio that was sped up, stretched or shifted in pitch: none, hint "
            "(only where a cheap look hints at it) or full (slower).",
        ),
    ] = "hint",
    json: Annotated[
        bool,
        typer.Option(
            "--json",
            help="One JSON object a file, a line each: marked, verified, scheme, key, "
            "payload, p_value, spans and more.",
        ),
    ] = False,
    expect: Annotated[
        bool,
        typer.Option(
            "--expect",
            help="Turn the exit code round: 0 when every file carries a verified mark, 1 when not.",
        ),
    ] = False,
    max_seconds: MaxSeconds = None,
    quiet: Quiet = False,
) -> None:
    """Read the marks in recordings: whose they are, which record they name, where they are.

    All keys of your ring are tried, retired and revoked ones too, and the published signpost. A verified
    mark of a private key is proof; a signpost mark is a claim that anybody can make; no mark says nothing.

    Examples:

    - `earwitness verify speech.mp3`
    - `earwitness verify speech.mp3 --key studio --json | jq .payload`
    - `earwitness verify --search full clip.wav`
    - `earwitness verify --scheme default --scheme perth clip.wav`
    - `earwitness verify --expect --key studio release/*.mp3 && echo "all carry our mark"`

    Marks of other schemes (Resemble's Perth, Meta's AudioSeal) prove nothing: their readers are networks that
    take some unmarked recordings for marked, and anybody can make such marks.

    Exit codes: 0 no mark found, 1 a verified mark found, 2 an error, 3 a mark that nothing verifies (traces
    of ours, or a mark of another scheme); with several files 2, then 1, then 3, then 0.
    """
    if search not in SEARCHES:
        raise UsageError(
            f"{search!r} is not known.", subject="--search", hint=f"Choose from {', '.join(SEARCHES)}."
        )
    from earwitness.cli.mark_records import recordings_of
    from earwitness.cli.verify_run import VerifyRun

    schemes = tuple(dict.fromkeys(scheme or ["default"]))
    run = VerifyRun(key=key, search=search, schemes=schemes, max_seconds=max_seconds, json=json, quiet=quiet)
    raise typer.Exit(run.run(recordings_of(files, quiet=quiet), expect=expect))
