"""core/json_lines.py: a list that survives a kill, and leaves files of others alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from earwitness.errors import TargetError
from earwitness.json_lines import JsonLines

FIELDS = frozenset({"file"})


def test_what_was_added_is_there_the_next_time(tmp_path: Path) -> None:
    path = tmp_path / "new" / "list.jsonl"
    with JsonLines(path, FIELDS, "things") as lines:
        lines.add({"file": "ä.wav", "n": 1})
        assert path.read_text() == '{"file": "ä.wav", "n": 1}\n'
    with JsonLines(path, FIELDS, "things") as lines:
        assert lines.entries == [{"file": "ä.wav", "n": 1}]
        lines.add({"file": "b"})
    assert len(path.read_text().splitlines()) == 2


@pytest.mark.parametrize("torn", ['{"file": "b', '{"file": "b"}', "{", "\x00"])
def test_a_torn_line_is_cut_off(tmp_path: Path, torn: str) -> None:
    path = tmp_path / "list.jsonl"
    path.write_text('{"file": "ä"}\n' + torn)
    with JsonLines(path, FIELDS, "things") as lines:
        assert lines.entries == [{"file": "ä"}]
        lines.add({"file": "c"})
    assert path.read_text() == '{"file": "ä"}\n{"file": "c"}\n'


@pytest.mark.parametrize("content", [b"my diary\n", b'{"other": 1}\n', b"[]\n", b"\xff\xfe\n", b"1\n"])
def test_other_files_stay_as_they_are(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "list.jsonl"
    path.write_bytes(content)
    with pytest.raises(TargetError, match="no list of things"):
        JsonLines(path, FIELDS, "things")
    assert path.read_bytes() == content


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(TargetError):
        JsonLines(tmp_path / "file" / "list.jsonl", FIELDS, "things")
