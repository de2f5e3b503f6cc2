"""README tables of groups: a row a group, the gap below, nothing where nothing was measured."""

from __future__ import annotations

from typing import Any

from earwitness.eval.group_tables import group_table, has_groups
from earwitness.eval.intervals import share


def result(groups: dict[str, Any]) -> dict[str, Any]:
    return {"systems": {"earwitness": {"conditions": {"clean": {"groups": groups}}}}}


def test_a_row_a_group_and_the_gap() -> None:
    rated = {
        "f": {"flagged": share(2, 20), "undecided": share(5, 20)},
        "m": {"flagged": share(0, 40), "undecided": share(4, 40)},
    }
    content = result({"sex": {"groups": rated, "gap_flagged": 0.1, "gap_undecided": 0.15}})
    assert has_groups(content)
    lines = group_table("heldout", content).splitlines()
    assert lines[0] == "heldout: what people of each group are told"
    assert lines[4].startswith("| sex | f | 20 | 10.0 % (1.2")
    assert lines[5].startswith("| sex | m | 40 | 0.0 % (0.0")
    assert lines[6] == "| sex | largest gap |  | 10.0 % | 15.0 % |"


def test_older_results_have_none() -> None:
    assert not has_groups(result({}))
    assert not has_groups({"systems": {"aasist": {"conditions": {}}}})
    assert not has_groups({"systems": {"earwitness": {"conditions": {"gsm": {}}}}})
