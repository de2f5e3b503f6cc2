"""``earwitness mark IN OUT``: put a mark that says "generated" into a recording, or into a folder of them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from earwitness.cli.options import MaxSeconds, Quiet
from earwitness.errors import UsageError

__all__ = ["mark"]


def mark(
    source: Annotated[str, typer.Argument(metavar="IN", help="A recording or film, or a folder of them.")],
    out: Annotated[
        Path, typer.Argument(metavar="OUT", help="The marked file; for a folder the folder to fill.")
    ],
    key: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Mark with this private key (earwitness keys create NAME)."),
    ] = None,
    signpost: Annotated[
        bool | None,
        typer.Option(
            "--signpost/--no-signpost",
            help='Also put in the published mark that says "AI-generated" to every reader, and that '
            "anybody can forge. Default: only when no --key is given.",
        ),
    ] = None,
    record_id: Annotated[
        str | None,
        typer.Option(
            "--id",
            "--payload",
            metavar="N",
            help="Record id to carry, 0 to 4294967295, also as 0x hex. Default: drawn at random.",
        ),
    ] = None,
    scheme: Annotated[
        str,
        typer.Option(
            metavar="SCHEME",
            help="Watermark scheme: default (ours), perth, audioseal or a plug-in. Those of others take no "
            "key and no or shorter record ids. `earwitness doctor` says which ones work here.",
        ),
    ] = "default",
    strength: Annotated[
        str,
        typer.Option(metavar="S", help="soft, default or strong: the stronger, the more the mark survives."),
    ] = "default",
    require: Annotated[
        bool,
        typer.Option(
            "--require",
            help="Refuse audio whose mark would be weak, or that carries one of this key, instead of "
            "warning.",
        ),
    ] = False,
    json: Annotated[
        bool, typer.Option("--json", help="The record as one JSON object a file, a line each.")
    ] = False,
    restart: Annotated[
        bool, typer.Option("--restart", help="A folder: mark also what was marked before.")
    ] = False,
    max_seconds: MaxSeconds = None,
    quiet: Quiet = False,
) -> None:
    """Mark a recording so that `earwitness verify` finds the mark again, also after most processing.

    Container, codec, bit rate, tags, pictures and film stay as far as OUT's ending allows. The file is read
    back before it takes its place: OUT is whole and verified, or is not touched at all (an older OUT is
    replaced, IN never). In a folder, what was
    marked before and did not change is skipped, so the same command goes on after an interruption;
    `marks.jsonl` in OUT holds the records.

    Somebody with a reader and time can remove any mark: no scheme is tamper-proof.

    Examples:

    - `earwitness mark speech.wav marked.wav` puts in the signpost
    - `earwitness mark speech.mp3 marked.mp3 --key studio --signpost`
    - `earwitness mark speech.wav marked.flac --key studio --id 0x2a --strength strong`
    - `earwitness mark generated/ marked/ --key studio --json`

    Exit codes: 0 marked and read back, 2 an error (of any file).
    """
    number = None if record_id is None else _number(record_id)
    if number is not None and Path(source).is_dir():
        raise UsageError(
            "one record id for a whole folder names nothing.", subject="--id", hint="Leave it out."
        )
    from earwitness.cli.mark_run import MarkRun

    run = MarkRun(
        key=key,
        signpost=signpost,
        payload=number,
        scheme=scheme,
        strength=strength,
        require=require,
        max_seconds=max_seconds,
        json=json,
        quiet=quiet,
    )
    raise typer.Exit(run.run(source, out, restart=restart))


def _number(text: str) -> int:
    try:
        return int(text, 0)
    except ValueError:
        raise UsageError(
            f"{text!r} is no number.", subject="--id", hint="Give e.g. 42 or 0x0000002a."
        ) from None
