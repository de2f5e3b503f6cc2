"""Tables of who made it: what is named, what is called unknown, what is enrolled."""

from __future__ import annotations

import json
from typing import Any

from earwitness.eval.attribution_tables import SCHEMA, attribution_tables
from earwitness.eval.intervals import share
from earwitness.eval.markdown import DASH
from earwitness.eval.report import RESULTS

UNKNOWN: dict[str, Any] = {"n": 10, "auroc": 0.8351, "flagged": share(7, 10)}
CONTENT: dict[str, Any] = {
    "known": {
        "all": {
            "clips": 20,
            "called_unknown": share(5, 20),
            "named_family": share(12, 15),
            "named_engine": share(9, 15),
            "engine": share(11, 20),
        },
        "engines": {"A": {}, "B": {}},
    },
    "unknown": {"all": UNKNOWN, "engines": {"X": UNKNOWN, "Y": UNKNOWN | {"auroc": None}}},
    "enrolled": {"X": {"named": share(3, 4), "wrongly_given": share(1, 100)}, "Y": None},
}


def test_a_row_a_share_and_an_unknown_engine() -> None:
    lines = attribution_tables(CONTENT).splitlines()
    assert "Which generator: 20 clips of 2 engines that are known" in lines
    unknown = share(5, 20)
    low, high = 100 * (1 - unknown["high"]), 100 * (1 - unknown["low"])
    assert f"| named (others: unknown) | 75.0 % ({low:.1f}{DASH}{high:.1f}) |" in lines
    assert any(line.startswith("| family right, of the named | 80.0 % (") for line in lines)
    assert any(line.startswith("| engine right, of the named | 60.0 % (") for line in lines)
    assert any(line.startswith("| nearest engine right, of all | 55.0 % (") for line in lines)
    flagged = f"70.0 % (34.8{DASH}93.3)"
    assert f"| all | 10 | 0.84 | {flagged} | {DASH} | {DASH} |" in lines
    assert f"| X | 10 | 0.84 | {flagged} | 75.0 % | 1.0 % |" in lines
    assert f"| Y | 10 | {DASH} | {flagged} | {DASH} | {DASH} |" in lines


def test_what_was_measured_can_be_shown() -> None:
    content = json.loads((RESULTS / "attribution.json").read_text("utf-8"))
    assert content["schema"] == SCHEMA
    lines = attribution_tables(content).splitlines()
    assert sum(line.startswith("| ") for line in lines) == 7 + len(content["unknown"]["engines"])
