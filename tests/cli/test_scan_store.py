"""The results file: repair, resume, refusal to mix, compaction."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from fake_checks import fake_check

from earwitness.cli.scan_store import INDEX_SUFFIX, LineFacts, ResultStore
from earwitness.cli.scan_walk import Candidate
from earwitness.errors import SourceUnreadableError, UsageError
from earwitness.examine_task import ExamineTask

MODEL = {"name": "fake", "version": "1", "kind": "detector", "sha256": "00" * 32}
RUN: dict[str, Any] = {"models": [MODEL], "prior": 0.5}


class Folder:
    """A folder with recordings and a results file."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.results = root / "results.jsonl"
        self.index = root / f"results.jsonl{INDEX_SUFFIX}"

    def candidate(self, name: str, text: str = "1") -> Candidate:
        path = self.root / name
        if not path.exists():
            path.write_text(text)
        facts = path.stat()
        return Candidate(str(path), name, facts.st_size, facts.st_mtime_ns)

    def open(self, run: dict[str, Any] | None = None, **options: bool) -> ResultStore:
        return ResultStore(self.results, run or RUN, **options)

    def add(self, store: ResultStore, name: str, text: str = "1") -> Candidate:
        candidate = self.candidate(name, text)
        result = fake_check(ExamineTask(candidate.path, name))
        facts = LineFacts(result.verdict, result.llr_synthetic, result.duration_s)
        store.add(candidate, result.json, facts)
        return candidate

    def fail(self, store: ResultStore, name: str, kind: str) -> Candidate:
        candidate = self.candidate(name)
        line = json.dumps({"file": name, "error": {"type": kind}}, separators=(",", ":"))
        store.add(candidate, line, LineFacts(error=kind))
        return candidate

    def names(self) -> list[str]:
        records = [json.loads(line) for line in self.results.read_text().splitlines()]
        return [r["file"] if "error" in r else r["file"]["name"] for r in records]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def test_what_was_added_is_done_until_the_file_changes(folder: Folder) -> None:
    store = folder.open()
    a = folder.add(store, "a")
    assert store.is_done(a)
    assert not store.is_done(folder.candidate("b"))
    store.close()
    store = folder.open()
    assert store.is_done(a)
    assert not store.is_done(Candidate(a.path, a.name, a.size, a.mtime_ns + 1))
    assert not store.is_done(Candidate(a.path, a.name, a.size + 1, a.mtime_ns))
    store.close()
    assert {path.name for path in folder.root.iterdir()} == {"a", "b", "results.jsonl", "results.jsonl.index"}


@pytest.mark.parametrize("cut", [1, 5, 400])
def test_a_torn_last_line_is_cut_off_and_only_its_file_is_open_again(folder: Folder, cut: int) -> None:
    store = folder.open()
    a, b = folder.add(store, "a"), folder.add(store, "b", "2")
    store.close()
    folder.results.write_bytes(folder.results.read_bytes()[:-cut])
    store = folder.open()
    assert store.is_done(a)
    assert not store.is_done(b)
    folder.add(store, "b")
    store.finish(by_name=False)
    store.close()
    assert folder.names() == ["a", "b"]


def test_a_file_of_one_torn_line_becomes_empty(folder: Folder) -> None:
    folder.results.write_bytes(b'{"schema":"earwitness.report/1","file":{"na')
    store = folder.open()
    assert store.index.counts() == {}
    store.close()
    assert folder.results.read_bytes() == b""


def test_lines_the_index_missed_are_read_again_and_compared_by_hash(folder: Folder) -> None:
    store = folder.open()
    a = folder.add(store, "a")
    store.close()
    before = folder.index.read_bytes()
    store = folder.open()
    b = folder.add(store, "b", "22")
    store.close()
    folder.index.write_bytes(before)  # as if killed between the line and its note
    store = folder.open()
    assert store.is_done(a)
    assert store.is_done(b)
    Path(b.path).write_text("33")
    assert store.is_done(b)  # its time is known by now, and this candidate still has it
    assert not store.is_done(Candidate(b.path, "b", b.size, Path(b.path).stat().st_mtime_ns + 1))
    store.close()


@pytest.mark.parametrize("damage", [None, b"no database at all" * 100, b""])
def test_a_lost_or_damaged_index_is_rebuilt(folder: Folder, damage: bytes | None) -> None:
    store = folder.open()
    a, b = folder.add(store, "a"), folder.add(store, "b", "2")
    e = folder.fail(store, "e", "undecodable")
    store.close()
    folder.index.unlink()
    if damage is not None:
        folder.index.write_bytes(damage)
    Path(b.path).write_text("9")  # same size, other content
    store = folder.open()
    assert store.is_done(a)
    assert not store.is_done(folder.candidate("b"))
    assert not store.is_done(e)  # an error line has no hash to compare
    assert sum(store.index.counts().values()) == 3
    store.close()


def test_an_index_of_another_results_file_is_not_believed(folder: Folder) -> None:
    store = folder.open()
    folder.add(store, "aa"), folder.add(store, "bb")
    store.close()
    lines = folder.results.read_bytes().splitlines(keepends=True)
    folder.results.write_bytes(lines[0].replace(b'"aa"', b'"cc"') + lines[1].replace(b'"bb"', b'"dd"'))
    store = folder.open()
    assert {row.name for row in store.index.rows("name")} == {"cc", "dd"}
    store.close()


def test_results_of_other_models_or_settings_are_not_mixed(folder: Folder) -> None:
    other = {**RUN, "models": [{**MODEL, "version": "2"}]}
    store = folder.open()
    folder.add(store, "a")
    store.close()
    with pytest.raises(UsageError, match=r"other models: fake 1, now fake 2.*--restart"):
        folder.open(other)
    with pytest.raises(UsageError, match=r"other prior: 0\.5, now 0\.1"):
        folder.open({**RUN, "prior": 0.1})
    folder.index.unlink()  # the lines themselves say it too
    with pytest.raises(UsageError, match="other models"):
        folder.open(other)
    store = folder.open(other, restart=True)
    assert store.index.counts() == {}
    store.close()
    assert folder.results.read_bytes() == b""


@pytest.mark.parametrize("restart", [False, True])
def test_somebody_else_s_file_is_never_touched(folder: Folder, restart: bool) -> None:
    for content in (b"RIFF....WAVE", b'{"name": "other"}\n', b"text without end"):
        folder.results.write_bytes(content)
        with pytest.raises(UsageError, match="no results file"):
            folder.open(restart=restart)
        assert folder.results.read_bytes() == content


def test_a_damaged_line_in_the_middle_is_said(folder: Folder) -> None:
    store = folder.open()
    folder.add(store, "a"), folder.add(store, "b")
    store.close()
    folder.index.unlink()
    data = folder.results.read_bytes()
    folder.results.write_bytes(data[:50] + bytes(10) + data[60:])
    with pytest.raises(UsageError, match="byte 0 is no result"):
        folder.open()


def test_two_scans_do_not_write_one_file(folder: Folder) -> None:
    pytest.importorskip("fcntl")
    store = folder.open()
    with pytest.raises(SourceUnreadableError, match="another scan"):
        folder.open()
    store.close()
    folder.open().close()


def test_a_newer_line_replaces_the_older_when_finished(folder: Folder) -> None:
    store = folder.open()
    folder.add(store, "b"), folder.add(store, "a")
    (folder.root / "b").write_text("7.5")
    b = folder.add(store, "b")
    assert folder.names() == ["b", "a", "b"]
    store.finish(by_name=False)
    assert folder.names() == ["a", "b"]
    assert [record["llr_synthetic"] for record in store.records("suspicion")] == [7.5, 1.0]
    folder.add(store, "c")  # goes on in the new file
    store.close()
    store = folder.open()
    assert store.is_done(b)
    store.close()
    assert folder.names() == ["a", "b", "c"]


def test_sorted_by_name_and_still_resumable(folder: Folder) -> None:
    store = folder.open()
    candidates = [folder.add(store, name, f"{i}") for i, name in enumerate("dbac")]
    store.finish(by_name=True)
    store.close()
    assert folder.names() == ["a", "b", "c", "d"]
    store = folder.open()
    assert all(store.is_done(candidate) for candidate in candidates)
    assert [record["llr_synthetic"] for record in store.records("name")] == [2, 1, 3, 0]
    store.close()


def test_access_errors_are_tried_again_and_others_when_asked(folder: Folder) -> None:
    store = folder.open()
    gone, broken = folder.fail(store, "gone", "not-found"), folder.fail(store, "broken", "undecodable")
    store.close()
    store = folder.open()
    assert not store.is_done(gone)
    assert store.is_done(broken)
    store.finish(by_name=False)
    store.close()
    assert folder.names() == ["broken"]
    store = folder.open(retry_errors=True)
    assert not store.is_done(broken)
    store.close()


def test_records_come_most_suspicious_first_and_errors_last(folder: Folder) -> None:
    store = folder.open()
    folder.fail(store, "e", "undecodable")
    for name, llr in (("h", "-3"), ("i", "0"), ("s", "3"), ("t", "4")):
        folder.add(store, name, llr)
    assert [row.name for row in store.index.rows("suspicion")] == ["t", "s", "i", "h", "e"]
    assert store.index.total_duration_s() == 40
    store.close()


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(SourceUnreadableError, match="cannot be written"):
        ResultStore(tmp_path / "missing" / "r.jsonl", RUN)
    with pytest.raises(SourceUnreadableError, match="cannot be written"):
        ResultStore(tmp_path, RUN)
