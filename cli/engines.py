"""``earwitness engines ...``: the speech generators that are told apart, and enrolling others."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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
    """Learn to name an engine from clips of its speech: 5 different ones at least, 20 or more are better.

    An engine that is enrolled under the name already is replaced.

    Example: `earwitness engines enrol vendor-x clips/ --family diffusion`
    """
    from earwitness.detector.card import read_card
    from earwitness.detector.enrolled import is_enrolled, keep

    replaced = is_enrolled(name)  # a bad name is refused before anything is heard
    heard = _heard(_files(clips))
    if not json:  # before it can fail: too few may be left
        for file, why in heard.left_out.items():
            typer.echo(f"Left out: {file}: {why}", err=True)
    path = keep(name, family, heard.traces, read_card().sha256)
    number = len(heard.traces)
    if json:
        about = {"name": name, "family": family, "clips": number, "human": heard.human, "replaced": replaced}
        write_json({**about, "left_out": heard.left_out, "file": str(path)})
        return
    if heard.human:
        typer.echo(
            f"Warning: {heard.human} of {number} clips sound human to the detector: an engine learnt from "
            "recordings of people is named for no reason. See `earwitness check` on the clips.",
            err=True,
        )
    instead = " in place of the earlier engine of that name" if replaced else ""
    typer.echo(f"Enrolled {name} from {number} clips{instead}, in {path}.")


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


@dataclass(slots=True)
class _Heard:
    """traces: of each clip. left_out: files and why they are. human: clips that sound more human than not."""

    traces: list[tuple[float, ...]] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)
    human: int = 0


def _heard(files: list[Path]) -> _Heard:
    """Traces of each file; a file of the same sound as another one teaches nothing more."""
    from rich.progress import track

    from earwitness.cli.console import PatientConsole
    from earwitness.errors import AudioError
    from earwitness.examine import listen

    heard = _Heard()
    sounds: dict[str, Path] = {}
    console = PatientConsole(stderr=True)
    for file in track(files, "Listening", console=console, transient=True, disable=not console.is_terminal):
        try:
            first = sounds.setdefault(_sound(file), file)
            if first is not file:
                heard.left_out[str(file)] = f"the same sound as {first}."
                continue
            clips = [channel for channel in listen(file) if channel.traces is not None]
        except AudioError as error:
            heard.left_out[str(file)] = error.message
            continue
        heard.traces += [clip.traces for clip in clips if clip.traces is not None]
        heard.human += sum(clip.llr is not None and clip.llr < 0 for clip in clips)
        if not clips:
            heard.left_out[str(file)] = "no speech that could be scored."
    return heard


def _sound(file: Path) -> str:
    """SHA-256 of the decoded samples: names, tags and lossless containers do not change it."""
    from earwitness.audio import open_audio

    digest = hashlib.sha256()
    with open_audio(file) as stream:
        digest.update(f"{stream.sample_rate} {stream.channels} ".encode())
        for block in stream.blocks():
            digest.update(block.samples.T.tobytes())
    return digest.hexdigest()
