"""cli/mark.py: one file or a folder from the shell; what is done is done, what failed leaves nothing."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from fake_terminal import interruptible

Call = Callable[..., tuple[int, str, str]]
pytestmark = pytest.mark.usefixtures("fake_scheme")


@pytest.fixture
def folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, speech_like: Callable[..., np.ndarray],
    write_wav: Callable[..., Path],
) -> Path:  # fmt: skip
    """A recording, a folder of them with other things in it, and a ring with the key "studio"."""
    from earwitness.provenance.keys import KeyRing

    monkeypatch.setenv("EARWITNESS_KEYS", str(tmp_path / "keys.json"))
    KeyRing().create("studio")
    write_wav(speech_like(4.0, level=0.3), name="a.wav")
    (tmp_path / "in" / "deep").mkdir(parents=True)
    for name in ("one.wav", "deep/two.wav"):
        shutil.copy(tmp_path / "a.wav", tmp_path / "in" / name)
    (tmp_path / "in" / "notes.txt").write_text("not sound")
    return tmp_path


def test_mark_then_verify(earwitness: Call, folder: Path) -> None:
    code, out, err = earwitness("mark", folder / "a.wav", folder / "b.wav", "--key", "studio", "--id", "0x2a")
    assert code == 0
    assert err.startswith("It was not signed")  # there is no certificate
    assert "record 0x0000002a (42)" in out
    assert "recorded as" in out
    code, out, _ = earwitness("verify", folder / "b.wav", "--json")
    assert code == 1
    found = json.loads(out)
    assert {"marked", "verified", "scheme", "key", "payload", "p_value", "spans"} <= set(found)
    assert (found["marked"], found["verified"], found["key"], found["payload"]) == (True, True, "studio", 42)


def test_json_is_the_record(earwitness: Call, folder: Path) -> None:
    code, out, _ = earwitness("mark", folder / "a.wav", folder / "b.wav", "--json")
    assert code == 0
    record = json.loads(out)
    assert record["schema"] == "earwitness.mark/1"
    assert [made["key"] for made in record["marks"]] == ["signpost"]


def test_quiet_prints_nothing(earwitness: Call, folder: Path) -> None:
    assert earwitness("mark", folder / "a.wav", folder / "b.wav", "-q") == (0, "", "")


def test_a_folder_as_target_keeps_the_name(earwitness: Call, folder: Path) -> None:
    (folder / "out").mkdir()
    assert earwitness("mark", folder / "a.wav", folder / "out")[0] == 0
    assert (folder / "out" / "a.wav").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("a.wav", "a.wav"), "the file that is read"),
        (("a.wav", "b.wav", "--key", "nobody"), "no key of this name"),
        (("a.wav", "b.wav", "--id", "x"), "no number"),
        (("a.wav", "b.wav", "--id", "-1"), "does not fit"),
        (("a.wav", "b.wav", "--strength", "much"), "soft, default, strong"),
        (("none.wav", "b.wav"), "no such file"),
        (("in", "out", "--id", "3"), "whole folder"),
        (("in", "in/out"), "outside"),
    ],
)
def test_errors_are_one_line_and_leave_nothing(
    earwitness: Call, folder: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], said: str
) -> None:
    monkeypatch.chdir(folder)
    before = sorted(path.name for path in folder.rglob("*"))
    code, out, err = earwitness("mark", *arguments)
    assert (code, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1
    assert sorted(path.name for path in folder.rglob("*")) == before


def test_a_folder_is_marked_once_and_gone_on_with(earwitness: Call, folder: Path) -> None:
    code, out, _ = earwitness("mark", folder / "in", folder / "out", "--key", "studio")
    assert code == 0
    assert "2 marked, 0 marked before, 0 failed; 1 other files left alone" in out
    lines = (folder / "out" / "marks.jsonl").read_text().splitlines()
    records = [json.loads(line) for line in lines]
    assert {entry["file"] for entry in records} == {"one.wav", "deep/two.wav"}
    assert len({entry["record"]["marks"][0]["payload"] for entry in records}) >= 1
    (folder / "out" / "one.wav").unlink()
    code, out, _ = earwitness("mark", folder / "in", folder / "out", "--key", "studio")
    assert "1 marked, 1 marked before, 0 failed" in out
    code, out, _ = earwitness("mark", folder / "in", folder / "out", "--key", "studio", "--restart")
    assert "2 marked, 0 marked before" in out
    code, out, _ = earwitness("mark", folder / "in", folder / "out", "--signpost", "--key", "studio")
    assert "2 marked, 0 marked before" in out


def test_a_torn_record_is_done_again(earwitness: Call, folder: Path) -> None:
    earwitness("mark", folder / "in", folder / "out", "-q")
    store = folder / "out" / "marks.jsonl"
    store.write_text(store.read_text()[:-40])
    _, out, _ = earwitness("mark", folder / "in", folder / "out")
    assert "1 marked, 1 marked before" in out
    assert all(json.loads(line) for line in store.read_text().splitlines())


def test_a_bad_file_stops_nobody_else(earwitness: Call, folder: Path) -> None:
    (folder / "in" / "bad.wav").write_bytes(b"RIFF\x00\x00\x00\x00WAVEjunk")
    code, out, err = earwitness("mark", folder / "in", folder / "out", "--json")
    assert code == 2
    objects = [json.loads(line) for line in out.splitlines()]
    assert sum("error" in item for item in objects) == 1
    assert sum("marks" in item for item in objects) == 2
    assert "bad.wav" not in {path.name for path in (folder / "out").iterdir()}
    assert err == ""


def test_a_foreign_records_file_is_left_alone(earwitness: Call, folder: Path) -> None:
    (folder / "out").mkdir()
    (folder / "out" / "marks.jsonl").write_text("my diary\n")
    code, _, err = earwitness("mark", folder / "in", folder / "out")
    assert code == 2
    assert "no record of marked files" in err
    assert (folder / "out" / "marks.jsonl").read_text() == "my diary\n"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_leaves_nothing_behind(folder: Path, number: int) -> None:
    """A long file, so that there is something to interrupt."""
    import soundfile

    minute = np.random.default_rng(0).normal(0, 0.05, (16000 * 60, 1))
    with soundfile.SoundFile(folder / "long.wav", "w", 16000, 1) as file:
        for _ in range(60):
            file.write(minute)
    code = "import sys; sys.path[:0] = [sys.argv.pop(1)]; import fake_marks; fake_marks.main()"
    fakes = str(Path(__file__).resolve().parents[1] / "fakes")
    process = subprocess.Popen(
        [sys.executable, "-c", code, fakes, "mark", str(folder / "long.wav"), str(folder / "out.wav")],
        preexec_fn=interruptible,
        stderr=subprocess.PIPE,
    )
    deadline = time.monotonic() + 60
    while not [path for path in folder.iterdir() if ".part" in path.name]:
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.send_signal(number)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err == b"earwitness: interrupted\n"
    assert [path.name for path in folder.iterdir() if ".part" in path.name or path.name == "out.wav"] == []


def test_a_scheme_of_others_marks_and_claims(earwitness: Call, folder: Path) -> None:
    theirs = ("--scheme", "theirs")
    code, out, err = earwitness("mark", *theirs, folder / "a.wav", folder / "b.wav", "--id", "9")
    assert (code, err) == (0, "")
    assert "record 0x00000009 (9), scheme open-1" in out
    code, out, _ = earwitness("verify", *theirs, folder / "b.wav")
    assert code == 3
    assert "CLAIM. A mark of the scheme open-1 with the message 9 was found" in out
    assert "score 0.90, its false alarms were not measured" in out
    assert "nothing in the mark proves itself" in out
    code, out, _ = earwitness("verify", *theirs, "--scheme", "default", folder / "b.wav", "--json")
    found = json.loads(out)
    assert (code, found["schemes"], found["p_value"], found["payload"]) == (3, ["theirs", "default"], None, 9)
    assert [mark["score"] for mark in found["marks"]] == [0.9]
    assert earwitness("verify", folder / "b.wav")[0] == 0
    code, out, _ = earwitness("mark", *theirs, "--json", "--id", "9", folder / "b.wav", folder / "c.wav")
    assert "already carries a mark of the scheme open-1" in json.loads(out)["warnings"][0]


@pytest.mark.parametrize("option", [("--key", "studio"), ("--signpost",)])
def test_a_scheme_of_others_takes_no_key(earwitness: Call, folder: Path, option: tuple[str, ...]) -> None:
    target = folder / "b.wav"
    code, _, err = earwitness("mark", "--scheme", "theirs", *option, folder / "a.wav", target)
    assert (code, target.exists()) == (2, False)
    assert f"{option[0]}: marks of the scheme open-1 are made without keys" in err


def test_a_folder_marked_with_another_scheme_is_marked_anew(earwitness: Call, folder: Path) -> None:
    for option in ((), ("--scheme", "theirs")):
        assert "2 marked, 0 marked before" in earwitness("mark", *option, folder / "in", folder / "out")[1]
    again = earwitness("mark", "--scheme", "theirs", folder / "in", folder / "out")[1]
    assert "0 marked, 2 marked before" in again
