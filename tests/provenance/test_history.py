"""provenance/history.py: the chain, and what breaks it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from earwitness.errors import RegistryError
from earwitness.provenance.history import MOST_PROBLEMS, Auditor, link
from earwitness.records import Entry, Record, RegistryAudit

Make = Callable[..., Record]


@pytest.fixture
def history(make_record: Make) -> list[Entry]:
    entries: list[Entry] = []
    chain = ""
    for number in range(1, 6):
        record = make_record(number)
        chain = link(chain, number, record)
        entries.append(Entry(number, record, chain))
    return entries


def audit(
    entries: list[Entry | RegistryError], head: Entry, known: dict[int, str] | None = None
) -> RegistryAudit:
    auditor = Auditor(known or {})
    assert all(isinstance(entry, Entry) for entry in auditor.take(entries))
    return auditor.finish(head.number, head.chain)


def test_an_untouched_history_is_clean(history: list[Entry]) -> None:
    assert audit([*history], history[-1]) == RegistryAudit(5, history[-1].chain)
    assert Auditor().finish(0, "").clean


def test_every_field_and_the_number_count(make_record: Make) -> None:
    record = make_record(1, payload=1, key_ids=("00112233",), labels={"a": "b"})
    links = {
        link("", 1, record),
        link("x", 1, record),
        link("", 2, record),
        link("", 1, replace(record, payload=2)),
        link("", 1, replace(record, labels={"a": "c"})),
        link("", 1, replace(record, manifest=b"")),
        link("", 1, replace(record, created="2026-01-01T00:00:00Z")),
    }
    assert len(links) == 7


def test_one_change_is_one_problem(history: list[Entry]) -> None:
    changed = [*history]
    changed[1] = replace(changed[1], record=replace(changed[1].record, generator="x"))
    (problem,) = audit(changed, history[-1]).problems
    assert problem.startswith("Entry 2 ")


def test_a_new_chain_for_a_changed_entry_breaks_the_next(history: list[Entry]) -> None:
    record = replace(history[1].record, generator="x")
    changed = [*history]
    changed[1] = Entry(2, record, link(history[0].chain, 2, record))
    (problem,) = audit(changed, history[-1]).problems
    assert problem.startswith("Entry 3 ")


def test_what_is_missing_or_doubled(history: list[Entry]) -> None:
    assert "Entries 2 to 3 are missing." in audit([history[0], *history[3:]], history[-1]).problems
    assert "Numbers repeat." in audit([*history, history[-1]], history[-1]).problems
    assert "last entry is number 4" in audit([*history[:4]], history[-1]).problems[0]
    broken: list[Entry | RegistryError] = [*history[:2], RegistryError("bits"), *history[3:]]
    assert audit(broken, history[-1]).problems[0] == "An entry cannot be read: bits"


def test_noted_chains_are_compared(history: list[Entry]) -> None:
    assert audit([*history], history[-1], {3: history[2].chain}).clean
    found = audit([*history], history[-1], {3: history[1].chain, 8: history[1].chain})
    assert [problem[:7] for problem in found.problems] == ["Entry 3", "Entry 8"]


def test_very_many_problems_are_counted(history: list[Entry]) -> None:
    found = audit([RegistryError("x")] * (MOST_PROBLEMS + 5), history[0])
    assert len(found.problems) == MOST_PROBLEMS + 1
    assert found.problems[-1] == "And 6 more."
