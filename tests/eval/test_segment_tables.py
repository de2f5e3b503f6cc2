"""Tables of partly synthetic recordings: a row a condition, a length and an engine."""

from __future__ import annotations

from typing import Any

from earwitness.eval.intervals import share
from earwitness.eval.markdown import DASH
from earwitness.eval.segment_tables import HEAD, condition_rows, segment_table

RATE = {"rate": 0.5, "interval": {"low": 0.4, "high": 0.6}}
NONE = {"rate": None, "interval": None}
TIME = {"precision": RATE, "recall": NONE, "f1": RATE}
EER = {"eer": RATE}
STRETCH: dict[str, Any] = {
    "n": 3,
    "files": share(9, 10),
    "located": share(2, 3),
    "recall": RATE,
    "border_error_s": {"median": 0.051, "p90": 0.2},
}
NUMBERS: dict[str, Any] = {
    "files": {"partial": share(9, 10), "human": share(0, 10), "synthetic": share(0, 0)},
    "time": TIME,
    "time_partial": TIME | {"f1": {"rate": 0.75, "interval": None}},
    "frames": EER,
    "stretches": {
        "all": STRETCH,
        "1-2 s": STRETCH | {"files": share(0, 0), "border_error_s": {"median": None, "p90": None}},
    },
    "engines": {engine: {"files": share(1, 2), "time": TIME, "frames": EER} for engine in ("a", "b")},
}
CONTENT: dict[str, Any] = {
    "set": {"partial": 10, "human": 10, "stretches": 3, "engines": ["a", "b"]},
    "conditions": {"clean": NUMBERS, "gsm": NUMBERS},
}


def test_a_row_a_condition_a_length_and_an_engine() -> None:
    lines = segment_table("segments", CONTENT).splitlines()
    assert "segments: 10 partly synthetic recordings (3 stretches, a, b) beside 10 human ones" in lines
    found = f"90.0 % (55.5{DASH}99.7)"
    half = f"50.0 % (40.0{DASH}60.0)"
    assert (
        f"| gsm | {found} | 0.0 % (0.0{DASH}30.8) | 50.0 % | {DASH} | 0.50 (0.40{DASH}0.60) | 0.75 | {half} |"
        in lines
    )
    assert f"| any length | 3 | {found} | 66.7 % | {half} | 0.05 s (9 in 10 under 0.20 s) |" in lines
    assert f"| 1-2 s | 3 | {DASH} | 66.7 % | {half} | {DASH} |" in lines
    assert f"| b | 50.0 % (1.3{DASH}98.7) | 0.50 (0.40{DASH}0.60) | 50.0 % |" in lines


def test_one_engine_needs_no_table_of_engines() -> None:
    numbers = NUMBERS | {"engines": {"a": NUMBERS["engines"]["a"]}}
    text = segment_table("segments", CONTENT | {"conditions": {"clean": numbers}})
    assert "by engine" not in text


def test_rows_fit_their_head() -> None:
    assert {len(row) for row in condition_rows(CONTENT)} == {len(HEAD)}
