"""cli/consent.py: only the speaker signs, and everybody can check."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

Call = Callable[..., tuple[int, str, str]]
SIGN = ("consent", "create", "ref.wav", "--speaker", "Ada", "--purpose", "marked_speech", "ada.json")
PROGRAM = str(Path(sys.executable).with_name("earwitness"))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, speech_like: Callable[..., np.ndarray]) -> Path:
    """The current folder, with two recordings."""
    monkeypatch.chdir(tmp_path)
    soundfile.write("ref.wav", speech_like(5.0), 16_000)
    soundfile.write("other.wav", speech_like(5.0, seed=3), 16_000)
    return tmp_path


def test_signed_and_checked(earwitness: Call, folder: Path) -> None:
    code, out, err = earwitness(*SIGN, "--i-am-the-speaker", "--days", "30")
    assert (code, err) == (0, "")
    assert "ada.json: signed, for 1 recording(s). Ada allows marked_speech until" in out
    assert "cannot tell who holds the key" in out
    assert (folder / "ada.key").is_file()
    key = json.loads((folder / "ada.json").read_text())["public_key"]
    assert key in out
    code, out, _ = earwitness("consent", "check", "ada.json", "ref.wav", "--purpose", "marked_speech")
    assert code == 0
    assert "I, Ada, am the person" in out
    assert "cannot tell who holds the key" in out
    code, out, _ = earwitness("consent", "check", "ada.json", "ref.wav", "--key", key.upper(), "--json")
    assert code == 0
    assert json.loads(out)["purposes"] == ["marked_speech"]


@pytest.mark.usefixtures("folder")
def test_what_does_not_fit(earwitness: Call) -> None:
    earwitness(*SIGN, "--i-am-the-speaker")
    for arguments, said in (
        (("ada.json", "other.wav"), "1 other recording"),
        (("ada.json", "none.wav"), "none.wav: cannot be read"),
        (("none.json", "ref.wav"), "no consent to read"),
        (("ref.wav", "ref.wav"), "no consent file"),
        (("ada.json", "ref.wav", "--purpose", "attack_training"), "not for attack_training"),
        (("ada.json", "ref.wav", "--purpose", "anything"), "Choose from marked_speech, attack_training"),
        (("ada.json", "ref.wav", "--key", "0" * 64), "another key signed it"),
    ):
        code, out, err = earwitness("consent", "check", *arguments)
        assert (code, out) == (2, "")
        assert said in err


@pytest.mark.usefixtures("folder")
def test_several_recordings_and_a_key_of_before(earwitness: Call) -> None:
    earwitness(*SIGN, "--i-am-the-speaker")
    again = (
        "consent",
        "create",
        "ref.wav",
        "other.wav",
        "two.json",
        "--speaker",
        "Ada",
        "--i-am-the-speaker",
    )
    purposes = ("--purpose", "marked_speech", "--purpose", "attack_training", "--key", "ada.key")
    code, out, _ = earwitness(*again, *purposes)
    assert code == 0
    assert "for 2 recording(s). Ada allows marked_speech and attack_training" in out
    for name in ("ref.wav", "other.wav"):
        assert earwitness("consent", "check", "two.json", name)[0] == 0


def test_nobody_signs_by_accident(earwitness: Call, folder: Path) -> None:
    for arguments, said in (
        (SIGN, "nobody is there to ask"),
        ((*SIGN[:-1], "ada.txt", "--i-am-the-speaker"), "ends in .json"),
        (("consent", "create", "ada.json", *SIGN[3:-1], "--i-am-the-speaker"), "recordings and then"),
        ((*SIGN, "--purpose", "fun", "--i-am-the-speaker"), "Choose from"),
        ((*SIGN, "--days", "0", "--i-am-the-speaker"), "--days: must lie between"),
    ):
        code, out, err = earwitness(*arguments)
        assert (code, out) == (2, "")
        assert said in err
    assert sorted(path.name for path in folder.iterdir()) == ["other.wav", "ref.wav"]


@pytest.mark.parametrize(("answer", "code"), [("Ada", 0), ("yes", 2), ("", 2)])
def test_the_question(folder: Path, answer: str, code: int) -> None:
    """On a terminal the statement is shown, and the speaker types their name."""
    ours, theirs = pty.openpty()
    running = subprocess.Popen(
        [PROGRAM, *SIGN], cwd=folder, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    os.write(ours, f"{answer}\n".encode())
    _, err = running.communicate(timeout=60)
    os.close(theirs)
    os.close(ours)
    assert running.returncode == code, err
    assert b"I, Ada, am the person who speaks" in err
    assert (folder / "ada.json").exists() == (code == 0)
