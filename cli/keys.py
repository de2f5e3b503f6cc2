"""``earwitness keys ...``: make, list, show, rotate and revoke mark keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from earwitness.cli.certificate import certificate
from earwitness.cli.console import write_json

if TYPE_CHECKING:
    from earwitness.key_rings import KeyInfo
    from earwitness.provenance.keys import KeyRing

__all__ = ["keys"]

HELP = """Make and manage the keys that marks are made and read with, and certificates for credentials.

Examples:

- `earwitness keys create studio`, then `earwitness mark IN OUT --key studio`
- `earwitness keys list`
- `earwitness keys rotate studio`
- `earwitness keys revoke studio --reason "laptop stolen"`
- `earwitness keys certificate create studio --organization "Demo Lab"`
"""
EPILOG = """
Keys lie in a file that only you can read: `EARWITNESS_KEYS`, else `earwitness/keys.json` in your settings
folder (`XDG_CONFIG_HOME`). A key may also come from the environment, for a container or a job:
`EARWITNESS_KEY_STUDIO=<64 hex digits>` is the key *studio*. Secrets are never printed and never taken from
the command line. Keep a copy of the file: without its key a mark cannot be read.

**Exit codes**: 0 done, 2 an error.
"""

keys = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="markdown",
    add_completion=False,
    epilog=EPILOG,
    help=HELP,
)
keys.add_typer(certificate, name="certificate")

Name = Annotated[str, typer.Argument(metavar="NAME", help="Lower-case letters, digits, dots, dashes.")]
AsJson = Annotated[bool, typer.Option("--json", help="JSON instead of text.")]


@keys.command()
def create(
    name: Name,
    signpost: Annotated[
        bool,
        typer.Option(
            "--signpost",
            help="The key is meant to be published: everybody can read its marks and anybody can forge them.",
        ),
    ] = False,
    json: AsJson = False,
) -> None:
    """Make a key and keep it in the key file.

    Example: `earwitness keys create studio`
    """
    ring = _ring()
    info = ring.create(name, signpost=signpost)
    _done(info, f"Key {info.name} ({info.key_id}) is in {ring.path}. Keep a copy of that file.", json)


@keys.command("list")
def list_(json: AsJson = False) -> None:
    """List all keys: name, id, state, never a secret.

    Example: `earwitness keys list --json | jq '.[].key_id'`
    """
    infos = _ring().list()
    if json:
        write_json([_as_json(info) for info in infos])
        return
    from rich.table import Table
    from rich.text import Text

    from earwitness.cli.console import PatientConsole
    from earwitness.wording import clean

    table = Table(box=None, padding=(0, 2, 0, 0))
    for heading in ("Name", "Id", "State", "Made", "Kept in"):
        table.add_column(heading)
    for info in infos:
        state = info.state.value + (f": {clean(info.reason)}" if info.reason else "")
        row = (info.name, info.key_id, state, info.created or "", info.source)
        table.add_row(*(Text(value) for value in row))
    PatientConsole().print(table)


@keys.command()
def show(name: Name) -> None:
    """Print the public description of a key as JSON: to publish, or to keep with records.

    Example: `earwitness keys show studio > studio.public.json`
    """
    write_json(_ring().export_public(name))


@keys.command()
def rotate(name: Name, json: AsJson = False) -> None:
    """Replace a key by a new one; the old one goes on reading what it marked.

    Example: `earwitness keys rotate studio`
    """
    info = _ring().rotate(name)
    _done(info, f"Key {info.name} is now {info.key_id}; the one before it still reads.", json)


@keys.command()
def revoke(
    name: Name,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why; shown to whoever reads a mark.")] = "",
    key_id: Annotated[
        str | None, typer.Option("--key-id", metavar="ID", help="Only the key with this id.")
    ] = None,
    json: AsJson = False,
) -> None:
    """Trust a key no longer: it marks nothing any more, and its marks read as "revoked" and prove nothing.

    Example: `earwitness keys revoke studio --reason "laptop stolen 3 May"`
    """
    infos = _ring().revoke(name, reason, key_id=key_id)
    if json:
        write_json([_as_json(info) for info in infos])
        return
    ids = ", ".join(info.key_id for info in infos)
    typer.echo(f"Revoked: {name} ({ids})." if infos else f"{name}: it was revoked before.")


def _ring() -> KeyRing:
    from earwitness.provenance.keys import open_ring

    return open_ring()


def _done(info: KeyInfo, sentence: str, as_json: bool) -> None:
    if as_json:
        write_json(_as_json(info))
    else:
        typer.echo(sentence)


def _as_json(info: KeyInfo) -> dict[str, Any]:
    import dataclasses

    return {**dataclasses.asdict(info), "state": info.state.value}
