"""``earwitness consent ...``: a speaker's signed consent to the use of their voice."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from earwitness.errors import ConsentError, UsageError

if TYPE_CHECKING:
    from earwitness.consent import Consent

__all__ = ["consent"]

HELP = """Make and check the consent of a person to the use of their voice.

`earwitness generate --to-voice REF` takes a voice from a recording only with the consent of the person who
speaks in it: a small JSON file that they signed.

Examples:

- `earwitness consent create ref.wav --speaker "Ada Example" --purpose marked_speech ada.json`
- `earwitness consent check ada.json ref.wav`
- `earwitness generate --from call.wav other.wav --to-voice ref.wav --consent ada.json`
"""
EPILOG = """
A consent file proves that whoever holds its key signed that statement, for those very recordings, and that
nothing was changed since. It cannot prove who holds the key, nor whose voice the recordings hold: ask the
speaker, another way, for the fingerprint of their key, and compare it with `--key`. The format:
docs/consent.md.

**Exit codes**: 0 done, 2 an error.
"""

consent = typer.Typer(
    no_args_is_help=True, rich_markup_mode="markdown", add_completion=False, epilog=EPILOG, help=HELP
)


@consent.command()
def create(
    files: Annotated[
        list[str],
        typer.Argument(metavar="REF... OUT", help="Recordings of your voice, then the .json file to write."),
    ],
    speaker: Annotated[str, typer.Option(metavar="NAME", help="Your name.")],
    purpose: Annotated[
        list[str],
        typer.Option(
            "--purpose",
            metavar="WHAT",
            help="marked_speech: speech with marks that say it is generated. attack_training: unmarked "
            "speech, to train detectors. May be repeated.",
        ),
    ],
    days: Annotated[int, typer.Option(metavar="N", help="Days that it is valid, 1 to 3650.")] = 365,
    key: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="Your private key (PEM, Ed25519); made where it does not exist. Default: OUT with .key.",
        ),
    ] = None,
    i_am_the_speaker: Annotated[
        bool,
        typer.Option("--i-am-the-speaker", help="You are; do not ask. Only the speaker may say so."),
    ] = False,
) -> None:
    """Sign that your voice may be taken from your recordings. Only you, the speaker, may do this.

    Keep the key file to yourself; give away the .json file.

    Example: `earwitness consent create ref.wav --speaker "Ada Example" --purpose marked_speech ada.json`
    """
    from earwitness.choices import chosen
    from earwitness.consent import CANNOT_TELL, Purpose
    from earwitness.consent_making import create_consent, statement_text

    *recordings, out = files
    if not recordings or Path(out).suffix.lower() != ".json":
        raise UsageError(
            "recordings and then a name that ends in .json are needed.",
            subject=out,
            hint="E.g. earwitness consent create ref.wav --speaker NAME --purpose marked_speech ada.json",
        )
    purposes = list(dict.fromkeys(chosen(Purpose, one, "purpose") for one in purpose))
    if not i_am_the_speaker:
        _ask(statement_text(speaker.strip(), purposes), speaker.strip(), days)
    key_file = key or str(Path(out).with_suffix(".key"))
    made = create_consent(recordings, out, speaker=speaker, purposes=purposes, key_file=key_file, days=days)
    typer.echo(f"{_shown(out)}: signed, for {len(made.recordings)} recording(s). {_summary(made)}")
    typer.echo(f"Your key is in {_shown(key_file)}: keep it to yourself. Its fingerprint: {made.public_key}")
    typer.echo(CANNOT_TELL)


@consent.command()
def check(
    file: Annotated[str, typer.Argument(metavar="FILE", help="The consent file.")],
    recording: Annotated[str, typer.Argument(metavar="REF", help="The recording whose voice is to be used.")],
    purpose: Annotated[
        str | None, typer.Option(metavar="WHAT", help="marked_speech or attack_training. Default: any.")
    ] = None,
    key: Annotated[
        str | None,
        typer.Option(metavar="FINGERPRINT", help="Refuse any key but this one, which the speaker told you."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="What it says as one JSON object.")] = False,
) -> None:
    """Say whether a consent was changed, is valid now, and is for this recording.

    Example: `earwitness consent check ada.json ref.wav`
    """
    from earwitness.choices import chosen
    from earwitness.consent import CANNOT_TELL, Purpose, read_consent
    from earwitness.reference import file_sha256

    wanted = None if purpose is None else chosen(Purpose, purpose, "purpose")
    found = read_consent(file)
    refusal = found.refusal(wanted, file_sha256(Path(recording)))
    if refusal is None and key is not None and key.strip().lower() != found.public_key:
        refusal = "another key signed it."
    if refusal is not None:
        raise ConsentError(f"this consent does not allow to use {_shown(recording)}: {refusal}", subject=file)
    if json:
        from earwitness.cli.console import write_json

        write_json(_as_json(found))
        return
    typer.echo(f"{_shown(file)}: fits {_shown(recording)}. {_summary(found)}")
    typer.echo(f'It says: "{_shown(found.statement)}"')
    typer.echo(f"Signed with the key {found.public_key}. {CANNOT_TELL}")


def _ask(statement: str, speaker: str, days: int) -> None:
    """Nobody signs by accident. UsageError where nobody can answer, ConsentError for another answer."""
    if not sys.stdin.isatty():
        raise UsageError(
            "only the speaker can sign, and nobody is there to ask.",
            hint="The speaker may give --i-am-the-speaker.",
        )
    typer.echo(f"You are about to sign, for {days} days:\n\n  {_shown(statement)}\n", err=True)
    answer = typer.prompt("If you are this person and agree, type your name", default="", err=True)
    if answer.strip() != speaker:
        raise ConsentError("nothing was signed.", hint="Only the speaker can give consent.")


def _summary(found: Consent) -> str:
    return (
        f"{_shown(found.speaker)} allows {' and '.join(found.purposes)} until "
        f"{found.valid_until:%Y-%m-%d %H:%M} UTC."
    )


def _as_json(found: Consent) -> dict[str, Any]:
    return {
        "speaker": found.speaker,
        "statement": found.statement,
        "purposes": [str(one) for one in found.purposes],
        "recordings": list(found.recordings),
        "valid_from": f"{found.valid_from:%Y-%m-%dT%H:%M:%SZ}",
        "valid_until": f"{found.valid_until:%Y-%m-%dT%H:%M:%SZ}",
        "public_key": found.public_key,
    }


def _shown(text: str) -> str:
    from earwitness.wording import clean

    return clean(text)
