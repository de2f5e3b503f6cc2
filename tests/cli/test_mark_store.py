"""cli/mark_store.py: done is what was marked in this way, from this file, and is still there."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from earwitness.cli.mark_store import MarkStore
from earwitness.cli.scan_walk import Candidate
from earwitness.errors import TargetError
from earwitness.mark_report import MarkRecord
from earwitness.report import FileFacts

SETTINGS: dict[str, object] = {"key": "studio"}


@pytest.fixture
def candidate(tmp_path: Path) -> Candidate:
    return Candidate(str(tmp_path / "in" / "deep" / "a.wav"), "in/deep/a.wav", 10, 77)


@pytest.fixture
def record(tmp_path: Path) -> MarkRecord:
    """The record of a file of 5 bytes, which lies at its place."""
    target = tmp_path / "out" / "deep" / "a.wav"
    target.parent.mkdir(parents=True)
    target.write_bytes(b"12345")
    facts = FileFacts(
        name="a.wav", sha256="0" * 64, size_bytes=5, duration_s=1.0, container="wav", codec="pcm_s16le",
        sample_rate=16000, channels=1,
    )  # fmt: skip
    return MarkRecord(source=facts, file=facts, marks=())


def done(tmp_path: Path, candidate: Candidate, settings: dict[str, object] = SETTINGS) -> bool:
    with MarkStore(tmp_path / "out", settings) as store:
        return store.is_done(candidate, tmp_path / "in")


def test_what_was_added_is_done(tmp_path: Path, candidate: Candidate, record: MarkRecord) -> None:
    with MarkStore(tmp_path / "out", SETTINGS) as store:
        assert not store.is_done(candidate, tmp_path / "in")
        store.add(candidate, tmp_path / "in", record)
        assert store.is_done(candidate, tmp_path / "in")
    assert done(tmp_path, candidate)
    assert not done(tmp_path, candidate, {"key": "other"})
    assert not done(tmp_path, dataclasses.replace(candidate, mtime_ns=78))
    assert not done(tmp_path, dataclasses.replace(candidate, size=11))
    (tmp_path / "out" / "deep" / "a.wav").write_bytes(b"1234")
    assert not done(tmp_path, candidate)


@pytest.mark.parametrize("cut", [1, 2, 30])
def test_a_torn_line_is_cut_off_and_the_rest_kept(
    tmp_path: Path, candidate: Candidate, record: MarkRecord, cut: int
) -> None:
    other = dataclasses.replace(candidate, path=str(tmp_path / "in" / "ü.wav"))
    with MarkStore(tmp_path / "out", SETTINGS) as store:
        store.add(candidate, tmp_path / "in", record)
        store.add(other, tmp_path / "in", record)
    path = tmp_path / "out" / "marks.jsonl"
    path.write_bytes(path.read_bytes()[:-cut])
    assert done(tmp_path, candidate)
    with MarkStore(tmp_path / "out", SETTINGS) as store:
        store.add(other, tmp_path / "in", record)
    assert len(path.read_text(encoding="utf-8").splitlines()) == 2


@pytest.mark.parametrize("text", ["diary\n", "{}\n", "[]\n", '{"file": "a"}\n'])
def test_a_foreign_file_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "marks.jsonl").write_text(text)
    with pytest.raises(TargetError, match="left as it is"):
        MarkStore(tmp_path, SETTINGS)
    assert (tmp_path / "marks.jsonl").read_text() == text


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(TargetError):
        MarkStore(tmp_path / "file" / "out", SETTINGS)
