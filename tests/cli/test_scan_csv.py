"""The table: all columns, errors too, and nothing a spreadsheet would run."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest

from earwitness.cli.scan_csv import COLUMNS, write_csv
from earwitness.report import Report


def table(*records: dict[str, Any]) -> list[dict[str, str]]:
    out = io.StringIO(newline="")
    write_csv(records, out)
    return list(csv.DictReader(io.StringIO(out.getvalue(), newline="")))


def test_a_report_and_an_error(make_report: Callable[..., Report]) -> None:
    report = make_report("synthetic", 6.0, name='a, "b".wav', prior=0.01).to_dict()
    error = {"file": "bad.mp3", "error": {"type": "undecodable", "title": "T", "message": "Broken."}}
    first, second = table(report, error)
    assert tuple(first) == COLUMNS
    assert first["file"] == 'a, "b".wav'
    assert first["verdict"] == "synthetic"
    assert float(first["llr_synthetic"]) == 6.0
    assert float(first["p_synthetic"]) == report["p_synthetic"]
    assert first["prior"] == "0.01"
    assert first["sha256"] == report["file"]["sha256"]
    assert first["error"] == ""
    assert second["file"] == "bad.mp3"
    assert second["error"] == "undecodable: Broken."
    assert second["verdict"] == ""


@pytest.mark.parametrize("name", ["=cmd()", "+1", "-1", "@x"])
def test_a_name_is_never_a_formula(make_report: Callable[..., Report], name: str) -> None:
    (row,) = table(make_report("synthetic", 6.0, name=name).to_dict())
    assert row["file"] == "'" + name


def test_a_name_cannot_drive_a_terminal_or_break_a_row(make_report: Callable[..., Report]) -> None:
    name = "a\x1b[31m\nb\rc\u202e.wav"
    error = {"file": "\t=1", "error": {"type": "undecodable", "message": f"{name} is broken."}}
    out = io.StringIO(newline="")
    write_csv([make_report("synthetic", 6.0, name=name).to_dict(), error], out)
    assert len(out.getvalue().splitlines()) == 3
    assert "\x1b" not in out.getvalue()
    first, second = csv.DictReader(io.StringIO(out.getvalue(), newline=""))
    assert first["file"] == r"a\x1b[31m\x0ab\x0dc\u202e.wav"
    assert second["file"] == r"\x09=1"
    assert second["error"] == rf"undecodable: {first['file']} is broken."


def test_a_negative_number_stays_a_number(make_report: Callable[..., Report]) -> None:
    (row,) = table(make_report("likely_human", -4.0).to_dict())
    assert float(row["llr_synthetic"]) == -4.0
