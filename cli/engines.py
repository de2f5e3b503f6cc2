"""``earwitness engines ...``: the speech generators that are told apart, and enrolling others."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from earwitness.cli.console import write_json

if TYPE_CHECKING:
    from earwitness.detector.attribution import Engine

__all__ = ["engines"]

HELP = """List the speech generators that a finding may be traced to, and enrol others from a few clips.

Examples:

- `earwitness engines list`
- `earwitness engines enrol vendor-x clips/` from then on, `check` and `scan` may name *vendor-x*
- `earwitness engines forget vendor-x`
"""
EPILOG = """
An enrolled engine is a file of some kilobytes in `EARWITNESS_ENGINES`, else in `earwitness/engines` in your
data folder (`XDG_DATA_HOME`); copy it to other machines. It holds no audio. Nothing is trained, and the
probability of synthetic speech stays what it was: enrolling changes only which engine is named.

**Exit codes**: 0 done, 2 an error.
"""

engines = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="markdown",
    add_completion=False,
    epilog=EPILOG,
    help=HELP,
)

AsJson = Annotated[bool, typer.Option("--json", help="JSON instead of text.")]


@engines.command("list")
def list_(json: AsJson = False) -> None:
    """List shipped and enrolled engines: name, family, clips.

    Example: `earwitness engines list --json | jq -r '.[].name'`
    """
    shipped, enrolled, stale = _known()
    rows = [(e.name, e.family, e.clips, "shipped") for e in shipped]
    rows += [(e.name, e.family, e.clips, "enrolled") for e in enrolled]
    rows += [(one, "", 0, "enrolled for another version of the detector: enrol it again") for one in stale]
    if json:
        write_json([dict(zip(("name", "family", "clips", "state"), row, strict=True)) for row in rows])
        return
    from rich.table import Table
    from rich.text import Text

    from earwitness.cli.console import PatientConsole
    from earwitness.wording import clean

    table = Table(box=None, padding=(0, 2, 0, 0))
    for heading in ("Name", "Family", "Clips", "State"):
        table.add_column(heading)
    for row in rows:
        table.add_row(*(Text(clean(str(value))) for value in row))
    PatientConsole().print(table)


@engines.command()
def enrol(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Lower-case letters, digits, dots, dashes.")],
    clips: Annotated[
        list[Path], typer.Argument(metavar="CLIPS", help="Recordings of its speech, or folders of them.")
    ],
    family: Annotated[
        str, typer.Option(metavar="FAMILY", help="Its kind: one of `engines list`, or a word of your own.")
    ] = "undisclosed",
    json: AsJson = False,
) -> None:
    """Learn to name an engine from clips of its speech: 5 at least, 20 or more are better.

    Example: `earwitness engines enrol vendor-x clips/ --family diffusion`
    """
    from earwitness.detector.card import read_card
    from earwitness.detector.enrolled import keep

    files = _files(clips)
    traces, left_out = _heard(files)
    path = keep(name, family, traces, read_card().sha256)
    if json:
        about = {"name": name, "family": family, "clips": len(traces)}
        write_json({**about, "left_out": left_out, "file": str(path)})
        return
    for file, why in left_out.items():
        typer.echo(f"Left out: {file}: {why}", err=True)
    typer.echo(f"Enrolled {name} from {len(traces)} clips, in {path}.")


@engines.command()
def forget(
    name: Annotated[str, typer.Argument(metavar="NAME", help="An enrolled engine.")],
) -> None:
    """Remove an enrolled engine.

    Example: `earwitness engines forget vendor-x`
    """
    from earwitness.detector.enrolled import enrolments
    from earwitness.detector.enrolled import forget as remove
    from earwitness.errors import UsageError

    if not remove(name):
        known = ", ".join(one.name for one in enrolments()) or "none"
        raise UsageError("no engine of that name is enrolled.", subject=name, hint=f"Enrolled: {known}.")
    typer.echo(f"Forgotten: {name}.")


def _known() -> tuple[tuple[Engine, ...], list[Engine], list[str]]:
    """Shipped engines, enrolled ones, and names of those that another detector heard."""
    from earwitness.detector.attribution import load_space
    from earwitness.detector.card import read_card
    from earwitness.detector.enrolled import enrolments, load_enrolled

    space, detector = load_space(), read_card().sha256
    stale = [one.name for one in enrolments() if one.detector != detector]
    return (space.engines, load_enrolled(space, detector), stale) if space else ((), [], stale)


def _files(places: list[Path]) -> list[Path]:
    found: list[Path] = []
    for place in places:
        found += sorted(p for p in place.rglob("*") if p.is_file()) if place.is_dir() else [place]
    return found


def _heard(files: list[Path]) -> tuple[list[tuple[float, ...]], dict[str, str]]:
    """Traces of each file, and why some have none."""
    from rich.progress import track

    from earwitness.cli.console import PatientConsole
    from earwitness.errors import AudioError
    from earwitness.examine import listen

    traces: list[tuple[float, ...]] = []
    left_out: dict[str, Any] = {}
    console = PatientConsole(stderr=True)
    for file in track(files, "Listening", console=console, transient=True, disable=not console.is_terminal):
        try:
            heard = [channel.traces for channel in listen(file) if channel.traces is not None]
        except AudioError as error:
            left_out[str(file)] = error.message
            continue
        traces += heard
        if not heard:
            left_out[str(file)] = "no speech that could be scored."
    return traces, left_out
