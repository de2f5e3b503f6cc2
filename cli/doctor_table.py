"""The doctor's findings for people: problems last, where the eye ends up."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from earwitness.cli.console import PatientConsole
from earwitness.cli.doctor_run import Findings
from earwitness.wording import clean, file_size

__all__ = ["print_findings"]

STYLE = {"decodes": "green", "fails": "bold red", "not tested": "yellow"}


def print_findings(findings: Findings, console: Console | None = None) -> None:
    """Print all findings and a last line that says whether everything works."""
    console = console or PatientConsole()
    console.print(Text("System", style="bold"))
    console.print(_pairs({**findings.system, **findings.libraries}))
    console.print(Text("Packages", style="bold"))
    console.print(_pairs({name: version or "missing" for name, version in findings.versions.items()}))
    console.print(Text("Formats (a tone encoded and decoded in each)", style="bold"))
    console.print(_formats(findings))
    console.print(Text("Weights", style="bold"))
    console.print(Text(f"  {findings.weights_folder}", style="dim"), soft_wrap=True)
    for card in findings.weights:
        size = "missing" if card.size_bytes is None else file_size(card.size_bytes)
        state = (
            Text("sha256 matches its card", "green") if not card.problem else Text(card.problem, "bold red")
        )
        console.print(Text.assemble(f"  {clean(card.name)} {clean(card.version)}, {size}: ", state))
    console.print(Text("Watermark schemes", style="bold"))
    for name, reason in findings.schemes.items():
        state = Text("works", "green") if reason is None else Text(f"not here: {clean(reason)}", "yellow")
        console.print(Text.assemble(f"  {clean(name)}: ", state), soft_wrap=True)
    if findings.speed is not None:
        speed = findings.speed
        console.print(Text("Speed", style="bold"))
        console.print(
            f"  {speed.times_real_time:.0f} times real time: {speed.clip_s:.0f} s of sound in "
            f"{speed.check_s:.2f} s (first check, with loading: {speed.first_s:.2f} s)"
        )
        if findings.busy:
            console.print(
                f"  The machine is busy (load {findings.load}); idle, it is faster.", style="yellow"
            )
    console.print()
    for problem in findings.problems:
        console.print(Text.assemble(("Problem: ", "bold red"), clean(problem)))
    if not findings.problems:
        console.print(Text("Everything works.", style="bold green"))


def _pairs(values: dict[str, str]) -> Table:
    table = Table.grid(padding=(0, 2, 0, 2))
    table.add_column(no_wrap=True, style="dim")
    table.add_column(overflow="fold")
    for name, value in values.items():
        table.add_row(name, value)
    return table


def _formats(findings: Findings) -> Table:
    table = Table.grid(padding=(0, 2, 0, 2))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold", style="dim")
    for result in findings.codecs:
        table.add_row(result.label, Text(result.outcome, STYLE[result.outcome]), clean(result.detail))
    return table
