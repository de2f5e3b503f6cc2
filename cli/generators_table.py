"""``earwitness generate --list``: the generators, what each can do here, and if nothing, why."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from earwitness.generation import GeneratorInfo

__all__ = ["show_generators"]

_MOST_VOICES = 6
_VERBS = {
    "synthesize": "texts",
    "resynthesize": "recordings",
    "convert": "other voices",
    "sample": "samples",
}


def show_generators(*, as_json: bool = False) -> None:
    """Print them: a table, or a JSON list."""
    from earwitness.cli.console import PatientConsole, write_json
    from earwitness.wording import clean

    found = _found()
    if as_json:
        write_json([_as_json(name, info, why) for name, info, why in found])
        return
    console = PatientConsole()
    if not found:
        console.print("No generator is installed.", markup=False)
        return
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, padding=(0, 2, 0, 0))
    for heading in ("Name", "Makes", "Languages", "Voices", "Licence"):
        table.add_column(heading, no_wrap=heading == "Name")
    absent = []
    for name, info, why in found:
        if info is None:
            absent.append((name, why))
            continue
        makes = ", ".join(word for ability, word in _VERBS.items() if ability in info.offers)
        row = (name, makes, _some(info.languages), _some(info.voices), info.licence)
        table.add_row(*(Text(clean(cell)) for cell in row))
    if table.row_count:
        console.print(table)
    for name, why in absent:
        console.print(f"{clean(name)}: not here. {clean(why or '')}", soft_wrap=True, markup=False)


def _found() -> list[tuple[str, GeneratorInfo | None, str | None]]:
    """Name, and what it is or why it cannot be used here."""
    from earwitness.generators.catalogue import catalogue

    return [(entry.name, entry.info, entry.why) for entry in catalogue()]


def _as_json(name: str, info: GeneratorInfo | None, why: str | None) -> dict[str, Any]:
    if info is None:
        return {"name": name, "available": False, "why_not": why}
    about = asdict(info)
    about["offers"] = sorted(str(one) for one in info.offers)
    return about | {"name": name, "available": True, "why_not": None}


def _some(names: tuple[str, ...]) -> str:
    more = len(names) - _MOST_VOICES
    return ", ".join(names[:_MOST_VOICES]) + (f" and {more} more" if more > 0 else "") or "-"
