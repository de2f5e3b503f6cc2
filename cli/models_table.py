"""The models as a table a model, with the numbers its card states."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from earwitness.api.cards import Card
from earwitness.cli.console import PatientConsole
from earwitness.wording import clean, file_size

__all__ = ["print_cards"]

MOST_NUMBERS = 24


def print_cards(cards: Sequence[Card], console: Console | None = None) -> None:
    """Print each card: identity first, then its measured numbers."""
    console = console or PatientConsole()
    if not cards:
        console.print(Text("No model is installed: reinstall earwitness.", style="bold red"))
    for card in cards:
        console.print(Text(f"{clean(card.name)} {clean(card.version)}", style="bold"))
        console.print(_identity(card))
        if card.measured:
            console.print(Text("Measured (as the card states)", style="dim"))
            console.print(_numbers(card))
        console.print()


def _identity(card: Card) -> Table:
    table = Table.grid(padding=(0, 2, 0, 2))
    table.add_column(no_wrap=True, style="dim")
    table.add_column(overflow="fold")
    table.add_row("Kind", clean(card.kind))
    table.add_row("Size", "missing" if card.size_bytes is None else file_size(card.size_bytes))
    table.add_row("Licence", clean(card.licence))
    table.add_row("SHA-256", card.sha256 or "not stated")
    state = Text("matches the card", "green") if card.problem is None else Text(card.problem, "bold red")
    table.add_row("File", Text.assemble(f"{clean(card.file)}: ", state))
    return table


def _numbers(card: Card) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 2), show_header=False)
    table.add_column(overflow="fold")
    table.add_column(justify="right", no_wrap=True)
    for name, value in list(card.measured.items())[:MOST_NUMBERS]:
        table.add_row(clean(name), f"{value:g}" if isinstance(value, float) else clean(str(value)))
    if len(card.measured) > MOST_NUMBERS:
        table.add_row(f"and {len(card.measured) - MOST_NUMBERS} more: earwitness models --json", "")
    return table
