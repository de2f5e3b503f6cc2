"""``earwitness scan`` as a process of its own: killed, starved, interrupted, and going on."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fake_terminal import interruptible

FAKES = Path(__file__).resolve().parents[1] / "fakes"
posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")


class Scan:
    """A folder ``calls`` of recordings, and the command with the fake check."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.calls = root / "calls"
        self.calls.mkdir()
        self.results = root / "r.jsonl"
        self.log = root / "log"

    def lay(self, **texts: str) -> None:
        for name, text in texts.items():
            (self.calls / f"{name}.mp3").write_text("ID3 " + text)

    def start(self, *arguments: str, version: str = "1") -> subprocess.Popen[str]:
        environment = {**os.environ, "PYTHONPATH": str(FAKES), "NO_COLOR": "1"}
        environment |= {"FAKE_CHECK_LOG": str(self.log), "FAKE_MODEL_VERSION": version}
        command = [sys.executable, "-c", "from fake_checks import scan_main; scan_main()", "scan", *arguments]
        return subprocess.Popen(
            command,
            cwd=self.root,
            env=environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            preexec_fn=interruptible,
        )

    def run(self, *arguments: str, version: str = "1") -> tuple[int, str, str]:
        process = self.start(*arguments, version=version)
        out, err = process.communicate(timeout=120)
        return process.returncode, out, err

    def records(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.results.read_text().splitlines()]

    def names(self) -> list[str]:
        return [r["file"] if "error" in r else r["file"]["name"] for r in self.records()]

    def examined(self) -> list[str]:
        return self.log.read_text().splitlines() if self.log.exists() else []


@pytest.fixture
def scan(tmp_path: Path) -> Scan:
    return Scan(tmp_path)


def wait_for(condition: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


def test_every_file_gives_one_line_and_every_output_is_written(scan: Scan) -> None:
    scan.lay(human="-4", open="0", synth="6", broken="error", bug="bug", crash="kill")
    (scan.calls / "notes.txt").write_text("no audio")
    code, out, err = scan.run("calls", "-o", "r.jsonl", "--csv", "t.csv", "--html", "p.html", "-j", "2")
    assert code == 2
    records = {(r["file"] if "error" in r else r["file"]["name"]): r for r in scan.records()}
    assert len(records) == len(scan.records()) == 6
    assert records["calls/synth.mp3"]["verdict"] == "synthetic"
    assert records["calls/broken.mp3"]["error"]["type"] == "undecodable"
    assert records["calls/bug.mp3"]["error"]["message"] == "ZeroDivisionError: a bug"
    assert records["calls/crash.mp3"]["error"]["type"] == "worker-died"
    with (scan.root / "t.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["file"] for row in rows[:3]] == ["calls/synth.mp3", "calls/open.mp3", "calls/human.mp3"]
    assert {row["file"] for row in rows if row["error"]} == {
        f"calls/{n}.mp3" for n in ("broken", "bug", "crash")
    }
    page = (scan.root / "p.html").read_text()
    assert all(name in page for name in records)
    assert "6 files: 1 synthetic speech, 1 inconclusive, 1 likely human, 3 not judged" in out
    assert "1 other files left alone" in out
    assert "6 of 6 files" in err


@pytest.mark.parametrize(
    ("texts", "options", "code"),
    [
        ({"a": "-4"}, [], 0),
        ({"a": "-4", "b": "0"}, [], 3),
        ({"a": "-4", "b": "0", "c": "5"}, [], 1),
        ({"a": "5", "b": "error"}, [], 2),
        ({"a": "5", "b": "error"}, ["--fail-on", "finding"], 1),
        ({"a": "5", "b": "error"}, ["--fail-on", "never"], 0),
        ({}, [], 0),
    ],
)
def test_the_gravest_outcome_is_the_exit_code(
    scan: Scan, texts: dict[str, str], options: list[str], code: int
) -> None:
    scan.lay(**texts)
    assert scan.run("calls", "--quiet", "-j", "1", *options) == (code, "", "")


@posix
def test_after_kill_9_nothing_is_lost_and_nothing_done_twice(scan: Scan) -> None:
    scan.lay(**{f"f{i:02}": f"slow {i - 10}.5" for i in range(20)})
    process = scan.start("calls", "-o", "r.jsonl", "-j", "2")
    wait_for(lambda: scan.results.exists() and len(scan.results.read_bytes().splitlines()) >= 5)
    workers = children(process.pid)
    process.kill()
    process.communicate()
    wait_for(lambda: not any(alive(pid) for pid in workers))
    with scan.results.open("ab") as file:  # and as if the kill had come in the middle of a line
        file.write(b'{"schema":"earwitness.report/1","file":{"name":"calls/f1')
    complete = scan.results.read_bytes().count(b"\n")
    assert 5 <= complete < 20
    scan.log.unlink()
    code, out, _ = scan.run("calls", "-o", "r.jsonl", "-j", "2")
    assert code == 1
    assert f"{complete} results from before" in out
    assert sorted(scan.names()) == [f"calls/f{i:02}.mp3" for i in range(20)]
    assert len(scan.examined()) == 20 - complete
    scan.log.unlink()
    scan.run("calls", "-o", "r.jsonl")
    assert scan.examined() == []


@posix
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_it_says_how_to_go_on_and_leaves_no_worker(scan: Scan, sent: signal.Signals) -> None:
    scan.lay(**{f"f{i}": "slow 1" for i in range(8)}, z="hang")
    process = scan.start("calls", "-o", "r.jsonl", "-j", "2")
    wait_for(lambda: scan.results.exists() and len(scan.results.read_bytes().splitlines()) >= 2)
    workers = children(process.pid)
    os.killpg(process.pid, sent) if sent == signal.SIGINT else process.send_signal(sent)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "the same command goes on" in err
    assert "Traceback" not in err
    wait_for(lambda: not any(alive(pid) for pid in workers))  # the system may take a moment to bury them
    assert len(scan.names()) == len(set(scan.names())) >= 2


@posix
def test_a_worker_killed_from_outside_costs_one_file(scan: Scan) -> None:
    scan.lay(a="slow 1", b="hang", c="slow 2")
    process = scan.start("calls", "-o", "r.jsonl", "-j", "1")
    wait_for(lambda: "calls/b.mp3" in scan.examined())
    for pid in children(process.pid):
        if "spawn_main" in command_of(pid):
            os.kill(pid, signal.SIGKILL)
    process.communicate(timeout=60)
    records = scan.records()
    assert [record.get("error", {}).get("type") for record in records] == [None, "worker-died", None]
    assert records[1]["file"] == "calls/b.mp3"
    assert "SIGKILL" in records[1]["error"]["message"]


def test_a_file_that_takes_too_long_is_given_up(scan: Scan) -> None:
    scan.lay(a="hang", b="1")
    scan.run("calls", "-o", "r.jsonl", "--timeout", "0.5", "-j", "1")
    types = {
        r["file"] if "error" in r else r["file"]["name"]: r.get("error", {}).get("type")
        for r in scan.records()
    }
    assert types == {"calls/a.mp3": "timeout", "calls/b.mp3": None}


@posix
def test_a_file_that_disappears_is_an_error_now_and_forgotten_later(scan: Scan) -> None:
    scan.lay(a=f"wait {scan.root / 'go'} 1", b="1", c="1", d="1", e="1")
    process = scan.start("calls", "-o", "r.jsonl", "-j", "1")
    wait_for(lambda: len(scan.examined()) > 0)
    (scan.calls / "e.mp3").unlink()
    (scan.root / "go").touch()
    process.communicate(timeout=60)
    assert scan.records()[-1]["error"]["type"] == "not-found"
    scan.run("calls", "-o", "r.jsonl")
    assert sorted(scan.names()) == [f"calls/{name}.mp3" for name in "abcd"]


def test_the_number_of_jobs_does_not_change_the_results(scan: Scan) -> None:
    scan.lay(**{f"f{i}": f"{i - 4}" for i in range(9)}, bad="error")
    scan.run("calls", "-o", "one.jsonl", "--jobs", "1", "--sort", "--quiet")
    scan.run("calls", "-o", "three.jsonl", "--jobs", "3", "--sort", "--quiet")
    one = (scan.root / "one.jsonl").read_bytes()
    assert one == (scan.root / "three.jsonl").read_bytes()
    assert len(one.splitlines()) == 10


def test_new_and_changed_files_are_examined_and_the_rest_is_not(scan: Scan) -> None:
    scan.lay(a="1", b="1", bad="error")
    scan.run("calls", "-o", "r.jsonl")
    scan.log.unlink()
    scan.lay(b="22", c="3")
    scan.run("calls", "-o", "r.jsonl")
    assert sorted(scan.examined()) == ["calls/b.mp3", "calls/c.mp3"]
    assert sorted(scan.names()) == ["calls/a.mp3", "calls/b.mp3", "calls/bad.mp3", "calls/c.mp3"]
    scan.log.unlink()
    scan.run("calls", "-o", "r.jsonl", "--retry-errors")
    assert scan.examined() == ["calls/bad.mp3"]


def test_results_of_another_model_are_not_mixed(scan: Scan) -> None:
    scan.lay(a="1")
    scan.run("calls", "-o", "r.jsonl")
    before = scan.results.read_bytes()
    code, _, err = scan.run("calls", "-o", "r.jsonl", version="2")
    assert code == 2
    assert "fake 1, now fake 2" in err
    assert scan.results.read_bytes() == before
    assert scan.run("calls", "-o", "r.jsonl", "--restart", version="2")[0] == 3
    assert scan.records()[0]["models"][0]["version"] == "2"


def test_without_an_output_the_files_are_listed(scan: Scan) -> None:
    scan.lay(a="-4", b="5")
    _, out, _ = scan.run("calls")
    lines = out.splitlines()
    assert lines[0].split() == ["synthetic", "speech", "+5.0", "calls/b.mp3"]
    assert lines[1].split() == ["likely", "human", "-4.0", "calls/a.mp3"]
    assert sorted(path.name for path in scan.root.iterdir()) == ["calls", "log"]


def test_a_dash_streams_the_lines_to_standard_output(scan: Scan) -> None:
    scan.lay(a="1", b="error")
    code, out, err = scan.run("calls", "-o", "-")
    assert code == 2
    assert {json.loads(line).get("verdict") for line in out.splitlines()} == {"inconclusive", None}
    assert "2 files:" in err


def test_overlapping_arguments_give_each_file_once(scan: Scan) -> None:
    scan.lay(a="slow 1", b="1")
    scan.run("calls", "./calls", "calls/a.mp3", "-o", "r.jsonl", "-j", "2")
    assert sorted(scan.names()) == ["calls/a.mp3", "calls/b.mp3"]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["missing"], "no such folder"),
        (["https://example.org/a.mp3"], "URLs are not fetched"),
        (["calls", "--html", "nowhere/p.html"], "its folder does not exist"),
        (["calls", "--html", "calls"], "does not end in .html"),
        (["calls", "--csv", "calls/a.mp3"], "does not end in .csv"),
        (["calls", "--html", "calls/a.mp3"], "does not end in .html"),
        (["calls", "--csv", "calls/tone.csv"], "would be overwritten"),
        (["calls", "--html", "calls/tone.html"], "would be overwritten"),
        (["calls", "calls/raw.csv", "--csv", "calls/raw.csv"], "this is the file that is read"),
        (["calls", "-o", "r.csv", "--csv", "r.csv"], "is the results file"),
        (["calls", "-o", "-", "--csv", "-"], "not both"),
        (["calls", "--html", "-"], "does not end in .html"),
        (["calls", "--prior", "1"], "--prior"),
        (["calls", "--sort"], "--output"),
        (["calls", "--fail-on", "everything"], "'everything' is not known"),
    ],
)
def test_what_cannot_work_is_said_before_the_work(scan: Scan, arguments: list[str], complaint: str) -> None:
    scan.lay(a="1")
    for name in ("tone.csv", "tone.html"):  # recordings, whatever they are called
        (scan.calls / name).write_text("ID3 1")
    (scan.calls / "raw.csv").write_text("1")
    before = {path: path.read_bytes() for path in scan.root.rglob("*.*")}
    code, _, err = scan.run(*arguments)
    assert code == 2
    assert complaint in err
    assert "Traceback" not in err
    assert scan.examined() == []
    assert {path: path.read_bytes() for path in scan.root.rglob("*.*")} == before


def test_a_dash_writes_the_table_to_standard_output(scan: Scan) -> None:
    scan.lay(a="-4", b="6")
    code, out, err = scan.run("calls", "--csv", "-", "-j", "1")
    assert code == 1
    assert [row["file"] for row in csv.DictReader(io.StringIO(out))] == ["calls/b.mp3", "calls/a.mp3"]
    assert "2 files: 1 synthetic speech" in err
    assert not (scan.root / "-").exists()


def children(pid: int) -> list[int]:
    listing = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    pairs = (line.split() for line in listing.splitlines())
    return [int(child) for child, parent in pairs if int(parent) == pid]


def command_of(pid: int) -> str:
    return subprocess.run(
        ["ps", "-ww", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout


def alive(pid: int) -> bool:
    state = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout.strip()
    return bool(state) and not state.startswith("Z")
