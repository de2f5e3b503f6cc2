"""README tables of who made it: known engines named, unknown ones told apart, enrolled ones found."""

from __future__ import annotations

from typing import Any

from earwitness.eval.attribution import SCHEMA
from earwitness.eval.markdown import DASH, number, percent, table

__all__ = ["SCHEMA", "attribution_tables"]


def attribution_tables(content: dict[str, Any]) -> str:
    """Two tables: clips of known engines; and a row each unknown engine, all of them together first."""
    known, unknown = content["known"]["all"], content["unknown"]
    engines = len(content["known"]["engines"])
    title = f"Which generator: {known['clips']} clips of {engines} engines that are known"
    shares = (
        ("named (others: unknown)", _named(known)),
        ("family right, of the named", _told(known["named_family"])),
        ("engine right, of the named", _told(known["named_engine"])),
        ("nearest engine right, of all", _told(known["engine"])),
    )
    rows = [("all", unknown["all"], None)]
    rows += [(name, entry, content["enrolled"].get(name)) for name, entry in unknown["engines"].items()]
    head = (
        "engine that is not known",
        "clips",
        "AUROC against known ones",
        "called unknown (95 %)",
        "once enrolled: named",
        "others called so",
    )
    return "\n\n".join(
        (
            title,
            table(("what", "share (95 %)"), shares),
            "Which generator: engines that are not known, and the same once enrolled from 20 clips",
            table(head, (_row(*row) for row in rows)),
        )
    )


def _named(known: dict[str, Any]) -> str:
    """The share that is not called unknown, with the interval of the one that is, turned round."""
    share = known["called_unknown"]
    return percent(1 - share["rate"], {"low": 1 - share["high"], "high": 1 - share["low"]})


def _told(share: dict[str, Any]) -> str:
    return percent(share["rate"], share)


def _row(name: str, entry: dict[str, Any], enrolled: dict[str, Any] | None) -> tuple[str, ...]:
    return (
        name,
        str(entry["n"]),
        number(entry["auroc"]),
        _told(entry["flagged"]),
        percent(enrolled["named"]["rate"]) if enrolled else DASH,
        percent(enrolled["wrongly_given"]["rate"]) if enrolled else DASH,
    )
