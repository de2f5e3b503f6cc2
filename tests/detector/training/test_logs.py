"""Logs are read whole: every file of a folder in the order of names, every line."""

from __future__ import annotations

from pathlib import Path

from earwitness.detector.training.logs import PAIRS, SPEECH, logged


def test_all_lines_of_all_logs_in_order(tmp_path: Path) -> None:
    (tmp_path / "pairs-1.jsonl").write_text('{"id": 3}\n', encoding="utf-8")
    (tmp_path / "pairs-0.jsonl").write_text('{"id": 1}\n{"id": 2}\n', encoding="utf-8")
    (tmp_path / "speak.jsonl").write_text('{"id": 9}\n', encoding="utf-8")
    assert [row["id"] for row in logged(tmp_path, PAIRS)] == [1, 2, 3]
    assert [row["id"] for row in logged(tmp_path, SPEECH)] == [9]
    assert logged(tmp_path / "absent", PAIRS) == []
