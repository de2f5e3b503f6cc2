"""Logs are read whole: every file of a folder in the order of names, every line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from earwitness.detector.training.logs import PAIRS, SPEECH, hours, logged


def test_all_lines_of_all_logs_in_order(tmp_path: Path) -> None:
    (tmp_path / "pairs-1.jsonl").write_text('{"id": 3}\n', encoding="utf-8")
    (tmp_path / "pairs-0.jsonl").write_text('{"id": 1}\n{"id": 2}\n', encoding="utf-8")
    (tmp_path / "speak.jsonl").write_text('{"id": 9}\n', encoding="utf-8")
    assert [row["id"] for row in logged(tmp_path, PAIRS)] == [1, 2, 3]
    assert [row["id"] for row in logged(tmp_path, SPEECH)] == [9]
    assert logged(tmp_path / "absent", PAIRS) == []


def test_hours_are_those_of_all_clips(tmp_path: Path) -> None:
    for name, seconds in (("a", 9), ("b", 27)):
        soundfile.write(tmp_path / f"{name}.flac", np.zeros(seconds * 8_000, np.float32), 8_000)
    assert hours([tmp_path / "a.flac", tmp_path / "b.flac"]) == pytest.approx(0.01)
    assert hours([]) == 0
