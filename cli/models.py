"""``earwitness models``: what judges and speaks, how large, under which licence, and how well by measure."""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = ["models"]


def models(
    json: Annotated[
        bool, typer.Option("--json", help="One JSON array, with each whole weights card.")
    ] = False,
) -> None:
    """List the models: version, size, hash, licence, measured numbers.

    Examples:

    - `earwitness models`
    - `earwitness models --json | jq '.[].sha256'`

    Exit codes: 0 all weights match their cards, 2 some are missing or altered.
    """
    from earwitness.api.cards import generator_cards, read_cards
    from earwitness.cli.exit_codes import ExitCode

    judges = read_cards()
    cards = judges + generator_cards()
    if json:
        import dataclasses
        from json import dumps

        from earwitness.cli.console import write_line

        write_line(dumps([dataclasses.asdict(card) for card in cards], indent=2, ensure_ascii=False))
    else:
        from earwitness.cli.models_table import print_cards

        print_cards(cards)
    healthy = bool(judges) and not any(card.problem for card in cards)
    raise typer.Exit(ExitCode.NOTHING_FOUND if healthy else ExitCode.ERROR)
