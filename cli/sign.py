"""``earwitness sign IN OUT``: attach Content Credentials (C2PA) to a recording."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from earwitness.cli.options import Quiet

if TYPE_CHECKING:
    from earwitness.credentials import SignedFile, SoftBinding

__all__ = ["sign"]


def sign(
    source: Annotated[str, typer.Argument(metavar="IN", help="A recording or film.")],
    out: Annotated[str, typer.Argument(metavar="OUT", help="The signed file, of the same format as IN.")],
    source_type: Annotated[
        str,
        typer.Option(
            metavar="WHAT",
            help="What the sound is: generated, partly-generated, mixed-with-generated, by-rule, captured, "
            "processed-capture, enhanced, human-edits, composed, created, or an IPTC code.",
        ),
    ],
    certificate: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Sign with this certificate. Default: the only one there is."),
    ] = None,
    tsa: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            envvar="EARWITNESS_TSA",
            help="Time-stamp authority (RFC 3161) to ask. It learns a hash, not the recording.",
        ),
    ] = None,
    agent: Annotated[
        str | None, typer.Option(metavar="TEXT", help='The program that made the sound, e.g. "Piper 1.2".')
    ] = None,
    title: Annotated[
        str | None, typer.Option(metavar="TEXT", help="A title for viewers. Default: none.")
    ] = None,
    bind_marks: Annotated[
        bool,
        typer.Option(
            "--bind-marks",
            help="Read the watermarks of your keys in IN and name them, so that the credentials can be found "
            "again by the mark when they were stripped.",
        ),
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="What was written as one JSON object.")] = False,
    quiet: Quiet = False,
) -> None:
    """Sign a recording with Content Credentials: who says what about it, tied to exactly this sound.

    Not a sample of the sound changes. Credentials that IN brings along are kept as its origin. OGG, Opus,
    AAC, AIFF and others that cannot carry them get a side-car file, OUT with the ending .c2pa. OUT is read
    back before it takes its place.

    Credentials are easily stripped (many platforms do): use `earwitness mark` first, then --bind-marks.

    Examples:

    - `earwitness keys certificate create studio --organization "Demo Lab"` once
    - `earwitness sign speech.wav signed.wav --source-type generated --agent "Piper 1.2"`
    - `earwitness sign marked.mp3 signed.mp3 --source-type generated --bind-marks --tsa http://tsa.example`
    - `earwitness sign talk.m4a signed.m4a --source-type captured --certificate press`

    Exit codes: 0 signed and read back, 2 an error.
    """
    from earwitness.credentials import Claim, load_credentials
    from earwitness.digital_source import DigitalSource

    what = DigitalSource.parse(source_type)
    credentials = load_credentials()
    bindings = _marks(source) if bind_marks else ()
    claim = Claim(what, title=title, agent=agent, soft_bindings=bindings)
    signed = credentials.sign(source, out, claim, certificate=certificate, time_stamps=tsa)
    _show(out, signed, as_json=json, quiet=quiet)


def _marks(source: str) -> tuple[SoftBinding, ...]:
    from earwitness.errors import UsageError
    from earwitness.soft_bindings import bindings_of
    from earwitness.verifying import verify

    found = bindings_of(verify(source))
    if not found:
        raise UsageError(
            "no mark of your keys was read whose record could be verified.",
            subject=source,
            hint="Mark it first: earwitness mark IN OUT --key NAME, or leave --bind-marks out.",
        )
    return found


def _show(out: str, signed: SignedFile, *, as_json: bool, quiet: bool) -> None:
    from rich.text import Text

    from earwitness.cli.console import PatientConsole, write_json
    from earwitness.wording import clean

    if as_json:
        sidecar = None if signed.sidecar is None else str(signed.sidecar)
        told = {**signed.report.to_dict(), "sidecar": sidecar, "warnings": list(signed.warnings)}
        write_json(told, one_line=True)
    elif not quiet:
        lines = [f"{clean(out)}: signed. {clean(signed.report.sentence)}"]
        if signed.sidecar is not None:
            lines.append(
                f"   Its credentials lie beside it, in {clean(str(signed.sidecar))}: keep them together."
            )
        for line in lines:
            PatientConsole().print(Text(line), soft_wrap=True)
    if not quiet:
        for warning in signed.warnings:
            PatientConsole(stderr=True).print(Text(f"{clean(out)}: {clean(warning)}"), soft_wrap=True)
