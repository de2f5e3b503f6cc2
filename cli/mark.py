"""``earwitness mark IN OUT``: put a mark that says "generated" into a recording, or into a folder of them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from earwitness.cli.options import MaxSeconds, Quiet
from earwitness.errors import UsageError

__all__ = ["mark"]


def mark(
    source: Annotated[
        str, typer.Argument(metavar="IN", help="A recording or film, or a folder of them.")
    ] = "",
    out: Annotated[
        str, typer.Argument(metavar="OUT", help="The marked file; for a folder the folder to fill.")
    ] = "",
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
    record: Annotated[
        bool | None,
        typer.Option(
            "--record/--no-record",
            help="Keep a record in the registry, to which the mark leads back. Default: for private keys.",
        ),
    ] = None,
    registry: Annotated[
        str | None, typer.Option(metavar="PLACE", help="A registry: a file or a postgresql:// address.")
    ] = None,
    credentials: Annotated[
        bool | None,
        typer.Option(
            "--credentials/--no-credentials",
            help="Sign with Content Credentials that name the mark. Default: if there is one certificate.",
        ),
    ] = None,
    certificate: Annotated[
        str | None, typer.Option(metavar="NAME", help="Sign with this certificate.")
    ] = None,
    tsa: Annotated[
        str | None,
        typer.Option(
            metavar="URL", envvar="EARWITNESS_TSA", help="Time-stamp authority (RFC 3161) for the signature."
        ),
    ] = None,
    source_type: Annotated[
        str, typer.Option(metavar="WHAT", help="What the sound is; see `earwitness sign --help`.")
    ] = "generated",
    generator: Annotated[
        str | None, typer.Option(metavar="TEXT", help='What made the sound, e.g. "Piper 1.2".')
    ] = None,
    label: Annotated[
        list[str] | None,
        typer.Option(
            "--label",
            metavar="REGIME",
            help="Write metadata labels for eu, california or china; may be repeated. Needs --producer.",
        ),
    ] = None,
    producer: Annotated[
        str | None, typer.Option(metavar="NAME", help="Who made it, as labels say (China: the code).")
    ] = None,
    disclose: Annotated[
        str | None,
        typer.Option(
            metavar="tone|FILE",
            help='Begin with an audible notice: the rhythm "AI" in Morse code, or a sound file.',
        ),
    ] = None,
    recover: Annotated[
        bool, typer.Option("--recover", help="Only finish or undo what crashed runs left behind.")
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

    One act: the mark, and with the extra `provenance` also signed Content Credentials, a record in your
    registry and labels; `earwitness trace OUT` shows all of it. Container, codec, bit rate, tags, pictures
    and film stay as far as OUT's ending allows. Everything is read back before OUT takes its place: OUT is
    whole and verified, or is not touched at all (an older OUT is replaced, IN never). In a folder, what was
    marked before and did not change is skipped, so the same command goes on after an interruption;
    `marks.jsonl` in OUT holds what was done.

    Somebody with a reader and time can remove any mark: no scheme is tamper-proof.

    Examples:

    - `earwitness mark speech.wav marked.wav` puts in the signpost
    - `earwitness mark speech.mp3 marked.mp3 --key studio --signpost`
    - `earwitness mark speech.wav marked.flac --key studio --id 0x2a --strength strong`
    - `earwitness mark generated/ marked/ --key studio --json`
    - `earwitness mark speech.wav out.wav --key studio --label california --producer "Acme Voices"`

    Exit codes: 0 marked and read back, 2 an error (of any file).
    """
    if recover:
        _recover()
        return
    if not source or not out:
        raise UsageError("IN and OUT are needed.", hint="See earwitness mark --help.")
    number = None if record_id is None else _number(record_id)
    if number is not None and Path(source).is_dir():
        raise UsageError(
            "one record id for a whole folder names nothing.", subject="--id", hint="Leave it out."
        )
    from earwitness.cli.mark_run import MarkRun
    from earwitness.digital_source import DigitalSource
    from earwitness.labels import Regime
    from earwitness.publish_steps import Steps

    steps = Steps(
        record=record,
        registry=registry,
        credentials=credentials,
        certificate=certificate,
        time_stamps=tsa,
        source=DigitalSource.parse(source_type),
        generator=generator,
        labels=tuple(dict.fromkeys(Regime.parse(text) for text in label or ())),
        producer=producer,
        disclose=disclose,
    )
    run = MarkRun(
        steps=steps,
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
    raise typer.Exit(run.run(source, Path(out), restart=restart))


def _recover() -> None:
    from earwitness.publishing import recover

    done = recover()
    for one in done:
        typer.echo(f"{one.target}: {'finished' if one.finished else 'undone'}")
    if not done:
        typer.echo("Nothing was left behind.")


def _number(text: str) -> int:
    try:
        return int(text, 0)
    except ValueError:
        raise UsageError(
            f"{text!r} is no number.", subject="--id", hint="Give e.g. 42 or 0x0000002a."
        ) from None
