"""``earwitness trust ...``: whose Content Credentials count as trusted."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["trust"]

HELP = """Manage the authorities whose signers' Content Credentials count as "trusted".

Examples:

- `earwitness trust add C2PA-TRUST-LIST.pem --name c2pa`
- `earwitness trust add studio-root.pem`
- `earwitness trust list`
- `earwitness trust remove studio-root`
"""
EPILOG = """
The list starts empty, so that everything is "untrusted" until you decide. The official list is published by
the C2PA as a PEM file: download it yourself and add it; nothing is fetched. Authorities for time stamps are
added the same way.

Entries lie as PEM files in the folder `trust` beside the key file (`EARWITNESS_KEYS`).

**Exit codes**: 0 done, 2 an error.
"""

trust = typer.Typer(
    no_args_is_help=True, rich_markup_mode="markdown", add_completion=False, epilog=EPILOG, help=HELP
)


@trust.command()
def add(
    file: Annotated[str, typer.Argument(metavar="FILE", help="PEM file with one authority or many.")],
    name: Annotated[
        str | None, typer.Option(metavar="NAME", help="What to call the entry. Default: from FILE's name.")
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Take the place of the entry of this name.")
    ] = False,
) -> None:
    """Trust the authorities in a file.

    Example: `earwitness trust add C2PA-TRUST-LIST.pem --name c2pa`
    """
    from earwitness.provenance.identities import read_pem
    from earwitness.provenance.trust import open_trust_list
    from earwitness.wording import clean

    entry = open_trust_list().add(
        name or Path(file).stem.lower().replace(" ", "-"), read_pem(file), source=file, replace=replace
    )
    count = len(entry.authorities)
    who = clean(entry.authorities[0].name) if count == 1 else f"{count} authorities"
    typer.echo(f"Trusted from now on: {who} (entry {entry.name}).")


@trust.command("list")
def list_(json: Annotated[bool, typer.Option("--json", help="JSON instead of text.")] = False) -> None:
    """List the authorities that are trusted, with their SHA-256 fingerprints.

    Example: `earwitness trust list --json | jq '.[].sha256'`
    """
    from dataclasses import asdict

    from earwitness.cli.console import PatientConsole, write_json
    from earwitness.provenance.trust import open_trust_list

    rows = [(entry.name, info) for entry in open_trust_list().list() for info in entry.authorities]
    if json:
        write_json([{"entry": name, **asdict(info)} for name, info in rows])
        return
    if not rows:
        typer.echo("The trust list is empty: every signer is untrusted. See earwitness trust add --help")
        return
    from rich.table import Table
    from rich.text import Text

    from earwitness.wording import clean

    table = Table(box=None, padding=(0, 2, 0, 0))
    for heading in ("Entry", "Authority", "Organization", "Until", "SHA-256"):
        table.add_column(heading)
    for name, info in rows:
        cells = (name, info.name, info.organization or "", info.ends[:10], f"{info.sha256[:16]}…")
        table.add_row(*(Text(clean(cell)) for cell in cells))
    PatientConsole().print(table)


@trust.command()
def remove(name: Annotated[str, typer.Argument(metavar="NAME", help="Entry to remove.")]) -> None:
    """Trust an entry's authorities no longer.

    Example: `earwitness trust remove studio-root`
    """
    from earwitness.provenance.trust import open_trust_list

    open_trust_list().remove(name)
    typer.echo(f"Removed: {name}. Its authorities are no longer trusted, unless another entry has them.")
