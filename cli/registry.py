"""``earwitness registry ...``: look into the registry, check its history, carry it elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from earwitness.cli.exit_codes import ExitCode

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from earwitness.provenance.store import SqlRegistry

__all__ = ["registry"]

HELP = """Look into the registry of what was marked, check its history, carry it elsewhere.

Examples:

- `earwitness registry list`, `earwitness registry show 2790235144`
- `earwitness registry audit`
- `earwitness registry export > records.jsonl`
- `earwitness registry import records.jsonl --registry postgresql://user@host/database`
"""
EPILOG = """
The registry lies in a file: `EARWITNESS_REGISTRY`, else `earwitness/registry.db` in your data folder
(`XDG_DATA_HOME`); or on a PostgreSQL server, when that names one. Records are only ever added. It needs the
extra: `pip install 'earwitness[provenance]'`.

**Exit codes**: 0 done (audit: nothing was changed), 1 audit: history was changed, 2 an error.
"""

registry = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="markdown",
    add_completion=False,
    epilog=EPILOG,
    help=HELP,
)

Place = Annotated[
    str | None, typer.Option("--registry", metavar="PLACE", help="A file or a postgresql:// address.")
]
AsJson = Annotated[bool, typer.Option("--json", help="JSON instead of text.")]


@registry.command("list")
def list_(
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="At most so many, the newest.")] = 50,
    place: Place = None,
    json: AsJson = False,
) -> None:
    """List records, the newest first.

    Example: `earwitness registry list -n 10`
    """
    from itertools import islice

    from earwitness.cli import registry_view

    with _open(place) as opened:
        registry_view.show_list(list(islice(opened.entries(newest_first=True), limit)), as_json=json)


@registry.command()
def show(
    record: Annotated[
        str, typer.Argument(metavar="ID", help="A record's id, a mark's payload, or a file's SHA-256.")
    ],
    place: Place = None,
    json: AsJson = False,
) -> None:
    """Show a record: by its id, by the payload that `verify` reads from a mark, or by a file's SHA-256.

    Example: `earwitness registry show 2790235144`
    """
    from earwitness.cli import registry_view

    with _open(place) as opened:
        registry_view.show_entries(registry_view.find(opened, record), as_json=json)


@registry.command()
def audit(
    expect: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NUMBER:CHAIN",
            help="An entry's number and chain that were noted earlier, elsewhere. May be repeated.",
        ),
    ] = None,
    place: Place = None,
    json: AsJson = False,
) -> None:
    """Recompute the whole history: was a record changed, removed or slipped in?

    Note the last line somewhere else: with it, even a registry that was rewritten as a whole shows.

    Example: `earwitness registry audit --expect 1204:9f2c...`
    """
    from earwitness.cli import registry_view

    known = registry_view.parse_heads(expect or ())
    with _open(place) as opened:
        found = opened.audit(known)
        registry_view.show_audit(found, opened.place, as_json=json)
    if not found.clean:
        raise typer.Exit(ExitCode.FINDING)


@registry.command("export")
def export_(place: Place = None) -> None:
    """Write all records to standard output, one line of JSON each, oldest first.

    Example: `earwitness registry export > records.jsonl`
    """
    from earwitness.cli.console import write_line
    from earwitness.provenance.transfer import export_lines

    with _open(place) as opened:
        for line in export_lines(opened):
            write_line(line)


@registry.command("import")
def import_(
    file: Annotated[str, typer.Argument(metavar="FILE", help="An export; - for standard input.")],
    place: Place = None,
) -> None:
    """Add the records of an export that are not there yet.

    Example: `earwitness registry import records.jsonl`
    """
    from earwitness.cli import registry_view
    from earwitness.provenance.transfer import import_lines

    with registry_view.open_lines(file) as lines, _open(place, create=True) as opened:
        done = import_lines(opened, lines, name="standard input" if file == "-" else file)
        typer.echo(f"{done.read} records read, {done.added} added to {opened.place}.")


def _open(place: str | None, *, create: bool = False) -> AbstractContextManager[SqlRegistry]:
    from earwitness.provenance.store import open_registry

    return open_registry(place, create=create)
