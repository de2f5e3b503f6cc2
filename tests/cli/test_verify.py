"""cli/verify.py: the exit code is the answer, the text says what it is worth."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

Call = Callable[..., tuple[int, str, str]]
pytestmark = pytest.mark.usefixtures("fake_scheme")


@pytest.fixture
def files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, speech_like: Callable[..., np.ndarray],
    write_wav: Callable[..., Path],
) -> dict[str, Path]:  # fmt: skip
    """An unmarked file, one with the mark of "studio" and one with the signpost."""
    from earwitness.marking import mark
    from earwitness.provenance.keys import KeyRing

    monkeypatch.setenv("EARWITNESS_KEYS", str(tmp_path / "keys.json"))
    KeyRing().create("studio")
    plain = write_wav(speech_like(4.0, level=0.3), name="plain.wav")
    found = {"plain": plain, "private": tmp_path / "private.wav", "sign": tmp_path / "sign.wav"}
    mark(plain, found["private"], key="studio", payload=7)
    mark(plain, found["sign"], payload=9)
    return found


def test_exit_codes(earwitness: Call, files: dict[str, Path], tmp_path: Path) -> None:
    assert earwitness("verify", "-q", files["plain"])[0] == 0
    assert earwitness("verify", "-q", files["private"])[0] == 1
    assert earwitness("verify", "-q", files["sign"], files["plain"])[0] == 1
    assert earwitness("verify", "-q", files["private"], tmp_path / "none.wav")[0] == 2


def test_expect_turns_the_code_round(earwitness: Call, files: dict[str, Path], tmp_path: Path) -> None:
    assert earwitness("verify", "-q", "--expect", files["private"], files["sign"])[0] == 0
    assert earwitness("verify", "-q", "--expect", files["private"], files["plain"])[0] == 1
    assert earwitness("verify", "-q", "--expect", "--key", "studio", files["sign"])[0] == 1
    assert earwitness("verify", "-q", "--expect", tmp_path / "none.wav")[0] == 2


def test_the_words_say_what_it_is_worth(earwitness: Call, files: dict[str, Path]) -> None:
    assert "PROOF" in earwitness("verify", files["private"])[1]
    out = earwitness("verify", files["sign"])[1]
    assert "CLAIM" in out
    assert "anybody can" in out
    out = earwitness("verify", files["plain"])[1]
    assert "NO MARK" in out
    assert "Cannot tell" in out


def test_revoked_marks_are_no_claim(earwitness: Call, files: dict[str, Path], tmp_path: Path) -> None:
    from earwitness.marking import mark

    mark(files["private"], tmp_path / "both.wav", payload=9)
    assert earwitness("keys", "revoke", "studio", "--reason", "it leaked")[0] == 0
    out = earwitness("verify", files["private"])[1]
    assert out.startswith(f"{files['private']}: REVOKED. ")
    assert "it leaked" in out
    assert "proves nothing" in out
    assert "CLAIM" not in out
    assert "CLAIM" in earwitness("verify", tmp_path / "both.wav")[1]  # the signpost's


def test_one_json_line_a_file(earwitness: Call, files: dict[str, Path], tmp_path: Path) -> None:
    code, out, err = earwitness("verify", "--json", *files.values(), tmp_path / "none.wav")
    lines = [json.loads(line) for line in out.splitlines()]
    assert (code, err) == (2, "")
    assert [line.get("verified") for line in lines] == [False, True, True, None]
    assert lines[3]["error"]["type"] == "not-found"


def test_an_unknown_key_is_said_once(earwitness: Call, files: dict[str, Path]) -> None:
    code, out, err = earwitness("verify", "--key", "nobody", files["plain"], files["sign"])
    assert (code, out) == (2, "")
    assert err.count("no key of this name") == 1


def test_an_unknown_search_is_refused(earwitness: Call, files: dict[str, Path]) -> None:
    code, _, err = earwitness("verify", "--search", "deep", files["plain"])
    assert code == 2
    assert "none, hint, full" in err


def test_schemes_that_cannot_do_what_is_asked_are_said_once(earwitness: Call, files: dict[str, Path]) -> None:
    for options, says in (
        (("--scheme", "absent"), "pip install absent"),
        (("--scheme", "nonsense"), "no installed package"),
        (("--scheme", "theirs", "--key", "studio"), "read without keys"),
        (("--scheme", "theirs", "--expect"), "cannot be verified"),
    ):
        code, out, err = earwitness("verify", *options, files["plain"])
        assert (code, out) == (2, "")
        assert err.count(says) == 1
    assert earwitness("verify", "--scheme", "theirs", files["plain"])[0] == 0


def test_standard_input_is_read_once(earwitness: Call) -> None:
    for command in ("verify", "credentials"):
        code, out, err = earwitness(command, "-", "-")
        assert (code, out) == (2, "")
        assert "only once" in err


def test_a_folder_is_no_recording(earwitness: Call, files: dict[str, Path], tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    code, out, err = earwitness("verify", files["sign"], tmp_path / "sub")
    assert code == 2
    assert "CLAIM" in out
    assert f"Name the recordings in it: {tmp_path / 'sub' / '*'}" in " ".join(err.split())
    assert "scan" not in err
    assert "too long" in earwitness("verify", tmp_path / ("a" * 300))[2]
