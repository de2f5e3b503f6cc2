"""core/marked_before.py: what stands already is named, with its record where that can be read."""

from __future__ import annotations

from earwitness.marked_before import marked_before
from earwitness.marks import Reading


def reading(payload: int | None, *, marked: bool = True) -> Reading:
    found = payload is not None
    return Reading(
        "s-1", "studio", "0000abcd", False, marked, 1e-9, found, payload, 1e-9 if found else None, ()
    )


def test_nothing_there_nothing_said() -> None:
    assert marked_before([reading(None, marked=False)], 1) == []


def test_the_record_is_named() -> None:
    [sentence] = marked_before([reading(42)], 1)
    assert '"studio" (0000abcd), record 0x0000002a (42)' in sentence
    [sentence] = marked_before([reading(42)], 42)
    assert "this very record" in sentence
    [sentence] = marked_before([reading(None)], 42)
    assert "too faint" in sentence


def test_each_mark_has_its_sentence() -> None:
    assert len(marked_before([reading(1), reading(None, marked=False), reading(2)], 3)) == 2
