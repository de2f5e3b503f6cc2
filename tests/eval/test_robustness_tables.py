"""Tables and section of the sweep: every number in its place."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

from earwitness.eval.intervals import share
from earwitness.eval.markdown import DASH
from earwitness.eval.robustness_tables import HEADS, robustness_section, robustness_tables


def point(name: str, value: float | None, rate: float | None) -> dict[str, Any]:
    return {
        "name": name,
        "value": value,
        "auc": 0.9,
        "eer": None if rate is None else {"rate": rate, "interval": {"low": 0.0, "high": 0.4}},
        "false_alarms": share(1, 50),
        "undecided_human": share(5, 50),
        "missed": share(2, 50),
        "undecided_synthetic": share(3, 50),
    }


RESULT: dict[str, Any] = {
    "command": "python -m x",
    "commit": "0123456789abcdef",
    "modified": False,
    "machine": {"cpu": "CPU", "cores": 2},
    "subset": {"human": 50, "synthetic": 50, "systems": 3, "target_human": 200},
    "clean": point("clean", None, 0.1),
    "axes": {
        "noise": {
            "title": "Noise",
            "unit": "dB",
            "kinds": {
                "white": [point("white=20", 20.0, 0.11), point("white=0", 0.0, 0.33)],
                "babble": [point("babble=20", 20.0, 0.12), point("babble=0", 0.0, None)],
            },
        },
        "telephone": {
            "title": "Telephone",
            "unit": "",
            "kinds": {"gsm": [point("gsm", None, 0.2)], "phone_call": [point("phone_call", None, 0.3)]},
        },
    },
    "target": {
        "limits": {"false_alarms": 0.02, "undecided": 0.15},
        "points": {
            "clean": {
                "label": "clean",
                "false_alarms": share(2, 200),
                "undecided": share(20, 200),
                "met": True,
            },
            "opus=16": {
                "label": "Opus 16k",
                "false_alarms": share(9, 200),
                "undecided": share(20, 200),
                "met": False,
            },
        },
    },
}


def test_the_target_has_a_row_a_point() -> None:
    lines = robustness_tables(RESULT).splitlines()
    assert f"| clean | clean | 1.0 % (0.1{DASH}3.6) | 10.0 % | met |" in lines
    assert any(line.startswith("| Opus 16k | opus=16 | 4.5 %") and "missed" in line for line in lines)
    assert "target 2 %" in lines[2]
    assert "target 15 %" in lines[2]
    assert "200 people" in lines[0]


def test_an_axis_has_a_row_a_kind() -> None:
    lines = robustness_tables(RESULT).splitlines()
    assert "| Noise | white | 20, 0 dB | 11, 33 | 2, 2 | 10, 10 |" in lines
    assert f"| Noise | babble | 20, 0 dB | 12, {DASH} | 2, 2 | 10, 10 |" in lines
    assert "| Telephone |  | gsm, phone call | 20, 30 | 2, 2 | 10, 10 |" in lines


def test_the_section_has_every_point_and_a_figure_an_axis() -> None:
    section = robustness_section(RESULT)
    assert [row[0] for row in section["rows"]] == [
        "clean", "white=20", "white=0", "babble=20", "babble=0", "gsm", "phone_call"
    ]  # fmt: skip
    assert all(len(row) == len(HEADS) for row in section["rows"])
    assert section["rows"][1][3:] == ("2.0 %", "10.0 %", "4.0 %", "6.0 %")
    assert [figure["title"] for figure in section["figures"]] == ["Noise", "Telephone"]
    for figure in section["figures"]:
        ElementTree.fromstring(figure["svg"])
    noise = section["figures"][0]["svg"]
    assert noise.index(">20</text>") < noise.index(">0</text>"), "mild is on the left"
    assert noise.count('class="limit"') == 2
