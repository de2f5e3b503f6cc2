"""cli/mark_records.py: a marked folder's records are no recording, and no error either."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from earwitness.cli.mark_records import recordings_of

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def marked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, earwitness: Call, speech_like: Callable[..., np.ndarray],
    write_wav: Callable[..., Path], fake_scheme: None,  # noqa: ARG001
) -> Path:  # fmt: skip
    """A folder that ``earwitness mark`` filled: one recording and its records."""
    monkeypatch.setenv("EARWITNESS_KEYS", str(tmp_path / "keys.json"))
    (tmp_path / "in").mkdir()
    write_wav(speech_like(4.0, level=0.3), name="in/a.wav")
    assert earwitness("mark", "-q", tmp_path / "in", tmp_path / "out")[0] == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["a.wav", "marks.jsonl"]
    return tmp_path / "out"


def test_verify_all_of_a_marked_folder(earwitness: Call, marked: Path) -> None:
    code, out, err = earwitness("verify", "--json", *sorted(marked.iterdir()))
    assert (code, json.loads(out)["verified"]) == (1, True)
    assert "marks.jsonl: left out" in err
    assert earwitness("verify", "-q", "--expect", *sorted(marked.iterdir())) == (0, "", "")


@pytest.mark.usefixtures("fake_examine")
def test_check_all_of_a_marked_folder(earwitness: Call, marked: Path) -> None:
    (marked / "a.wav").write_text("likely_human -2.0")
    assert earwitness("check", "-q", *sorted(marked.iterdir())) == (0, "", "")


def test_alone_it_is_the_mistake(earwitness: Call, marked: Path) -> None:
    code, _, err = earwitness("verify", marked / "marks.jsonl")
    assert code == 2
    assert "marks.jsonl" in err


def test_only_a_file_of_that_name_and_content(marked: Path, tmp_path: Path) -> None:
    records, sound = str(marked / "marks.jsonl"), str(marked / "a.wav")
    assert recordings_of([records, sound, "-", "none/marks.jsonl"]) == [sound, "-", "none/marks.jsonl"]
    for content in (b"RIFF....WAVE", b"[1, 2]\n", b'{"file": 1}\n', b"\xff\xfe"):
        (tmp_path / "marks.jsonl").write_bytes(content)
        mine = str(tmp_path / "marks.jsonl")
        assert recordings_of([mine, sound]) == [mine, sound]
    (tmp_path / "marks.jsonl").write_bytes(b"")
    assert recordings_of([str(tmp_path / "marks.jsonl"), sound]) == [sound]
