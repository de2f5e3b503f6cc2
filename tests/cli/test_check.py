"""The check command: what it prints where, what it returns, and that one bad file stops nobody."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Call = Callable[..., tuple[int, str, str]]
Paths = dict[str, Path]
Calls = list[dict[str, Any]]

pytestmark = pytest.mark.usefixtures("fake_examine")


class Stdin:
    """Standard input with bytes in it."""

    def __init__(self, data: bytes, terminal: bool = False) -> None:
        self.buffer = io.BytesIO(data)
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal


@pytest.mark.parametrize(
    ("names", "code"),
    [
        (["human"], 0),
        (["synthetic"], 1),
        (["likely"], 1),
        (["partly"], 1),
        (["open"], 3),
        (["short"], 3),
        (["bad"], 2),
        (["bug"], 2),
        (["human", "open"], 3),
        (["human", "open", "partly"], 1),
        (["synthetic", "bad", "human"], 2),
    ],
)
@pytest.mark.parametrize("mode", [[], ["--json"], ["--quiet"]])
def test_exit_codes(
    earwitness: Call, recordings: Paths, names: list[str], code: int, mode: list[str]
) -> None:
    assert earwitness("check", *mode, *(recordings[name] for name in names))[0] == code


@pytest.mark.parametrize(
    ("fail_on", "names", "code"),
    [
        ("finding", ["open", "bad"], 0),
        ("finding", ["partly", "bad"], 1),
        ("synthetic", ["likely"], 0),
        ("error,inconclusive", ["synthetic", "open"], 3),
        ("never", ["synthetic", "bad", "open"], 0),
        ("nonsense", ["human"], 2),
    ],
)
def test_fail_on(earwitness: Call, recordings: Paths, fail_on: str, names: list[str], code: int) -> None:
    assert earwitness("check", "--fail-on", fail_on, *(recordings[n] for n in names))[0] == code


def test_json_of_one_file_is_the_report_and_nothing_else(earwitness: Call, recordings: Paths) -> None:
    _, out, err = earwitness("check", "--json", recordings["likely"])
    report = json.loads(out)
    assert out.count("\n") == 1
    assert err == ""
    assert report["schema"] == "earwitness.report/1"
    assert report["verdict"] == "likely_synthetic"
    assert report["file"]["name"] == "likely.wav"


def test_json_of_several_is_a_line_each_in_order_with_errors_as_objects(
    earwitness: Call, recordings: Paths
) -> None:
    names = ["human", "bad", "bug", "open"]
    _, out, err = earwitness("check", "--json", *(recordings[name] for name in names), "missing.wav")
    lines = [json.loads(line) for line in out.splitlines()]
    assert err == ""
    assert [line.get("verdict") for line in lines] == ["likely_human", None, None, "inconclusive", None]
    assert lines[1] == {
        "file": str(recordings["bad"]),
        "error": {"type": "not-audio", "title": "This is not an audio file", "message": "this is text."},
    }
    assert lines[2]["error"]["type"] == "internal"
    assert "oops" in lines[2]["error"]["message"]
    assert lines[4]["error"]["type"] == "not-found"
    assert lines[4]["file"] == "missing.wav"


def test_errors_go_to_stderr_and_the_others_are_judged(earwitness: Call, recordings: Paths) -> None:
    code, out, err = earwitness("check", recordings["bad"], recordings["human"], recordings["bug"])
    assert code == 2
    assert "LIKELY HUMAN" in out
    assert f"error {recordings['bad']}: this is text." in err
    assert "fault of EarWitness" in err
    assert "3 files" in out


def test_panel_says_probability_llr_and_reason(earwitness: Call, recordings: Paths) -> None:
    _, out, _ = earwitness("check", recordings["likely"])
    flat = " ".join(out.split())
    for words in (
        "likely.wav",
        "LIKELY SYNTHETIC",
        "88 %",
        "probability that the speech is synthetic, at equal odds before looking",
        "LLR +2.00",
        "The reason that the judge gave.",
        "Cannot tell: Who is speaking.",
    ):
        assert words in flat
    assert "\x1b" not in out


def test_prior_is_passed_on_and_told(earwitness: Call, recordings: Paths, fake_examine: Calls) -> None:
    _, out, _ = earwitness("check", "--prior", "0.01", recordings["likely"])
    assert fake_examine[0]["prior"] == 0.01
    assert "7 %" in out
    assert "1 % taken as the chance before looking" in " ".join(out.split())


@pytest.mark.parametrize("command", ["check", "scan"])
def test_the_help_says_that_a_prior_moves_verdicts(earwitness: Call, command: str) -> None:
    _, out, _ = earwitness(command, "--help")
    flat = " ".join(out.replace("│", " ").split())
    told = flat[flat.index("Chance of synthetic speech before looking") :]
    assert "verdict" in told[:200]


@pytest.mark.parametrize("prior", ["0", "1", "-0.1", "nan", "2"])
def test_a_prior_that_is_no_chance_is_refused(earwitness: Call, recordings: Paths, prior: str) -> None:
    code, out, err = earwitness("check", f"--prior={prior}", recordings["human"])
    assert code == 2
    assert not out
    assert "--prior" in err


def test_max_seconds_is_passed_on(earwitness: Call, recordings: Paths, fake_examine: Calls) -> None:
    earwitness("check", "--max-seconds", "30", recordings["human"])
    assert fake_examine[0]["max_seconds"] == 30


@pytest.mark.parametrize(
    ("options", "explained"),
    [
        ([], False),
        (["--explain"], True),
        (["--html", "page.html"], True),
        (["--html", "page.html", "--no-explain"], False),
    ],
)
def test_explained_where_asked_for_or_drawn(
    earwitness: Call,
    recordings: Paths,
    fake_examine: Calls,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    options: list[str],
    explained: bool,
) -> None:
    monkeypatch.chdir(tmp_path)
    earwitness("check", recordings["human"], *options)
    assert [call["explain"] for call in fake_examine] == [explained]


def test_a_folder_of_pages_is_explained_only_on_request(
    earwitness: Call, recordings: Paths, fake_examine: Calls, tmp_path: Path
) -> None:
    files = (recordings["human"], recordings["synthetic"])
    earwitness("check", *files, "--html", tmp_path / "pages")
    earwitness("check", *files, "--html", tmp_path / "pages", "--explain")
    assert [call["explain"] for call in fake_examine] == [False, False, True, True]


def test_quiet_prints_errors_only(earwitness: Call, recordings: Paths) -> None:
    code, out, err = earwitness("check", "-q", recordings["synthetic"], recordings["bad"])
    assert code == 2
    assert out == ""
    assert "this is text." in err


def test_standard_input(earwitness: Call, monkeypatch: pytest.MonkeyPatch, fake_examine: Calls) -> None:
    monkeypatch.setattr(sys, "stdin", Stdin(b"synthetic 5"))
    code, out, _ = earwitness("check", "--json", "-")
    assert code == 1
    assert json.loads(out)["file"]["name"] == "-"
    assert fake_examine[0]["name"] == "-"


def test_standard_input_from_a_terminal_is_refused(earwitness: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Stdin(b"", terminal=True))
    code, _, err = earwitness("check", "-")
    assert code == 2
    assert "Pipe a recording in" in err


def test_standard_input_twice_is_refused(earwitness: Call) -> None:
    code, _, err = earwitness("check", "-", "-")
    assert code == 2
    assert "only once" in err


def test_one_page(earwitness: Call, recordings: Paths, tmp_path: Path) -> None:
    page = tmp_path / "new" / "report.html"
    code, out, _ = earwitness("check", recordings["synthetic"], "--html", page)
    assert code == 1
    assert "Synthetic speech" in page.read_text()
    assert f"Page written: {page}" in out
    assert list(page.parent.iterdir()) == [page]


def test_page_with_json_leaves_stdout_alone(earwitness: Call, recordings: Paths, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    _, out, _ = earwitness("check", "--json", recordings["synthetic"], "--html", page)
    assert json.loads(out)["verdict"] == "synthetic"
    assert page.exists()


def test_several_pages_in_a_folder(earwitness: Call, recordings: Paths, tmp_path: Path) -> None:
    twin = tmp_path / "other" / "human.wav"
    twin.parent.mkdir()
    twin.write_text("likely_human -3")
    folder = tmp_path / "pages"
    earwitness("check", recordings["human"], twin, recordings["bad"], "--html", folder)
    assert sorted(path.name for path in folder.iterdir()) == ["human.wav-2.html", "human.wav.html"]


def test_a_recording_is_never_overwritten(earwitness: Call, recordings: Paths) -> None:
    before = recordings["human"].read_text()
    code, _, err = earwitness("check", "--html", recordings["human"], recordings["synthetic"])
    assert code == 2
    assert "does not end in .html" in err
    code, _, err = earwitness(
        "check", "--html", recordings["human"], recordings["synthetic"], recordings["open"]
    )
    assert code == 2
    assert "need a folder" in err
    assert recordings["human"].read_text() == before


@pytest.mark.skipif(os.name == "nt", reason="paths of POSIX")
def test_a_page_that_cannot_be_written_is_an_error_after_the_verdict(
    earwitness: Call, recordings: Paths
) -> None:
    code, out, err = earwitness("check", recordings["human"], "--html", "/dev/null/x/report.html")
    assert code == 2
    assert "LIKELY HUMAN" in out
    assert "cannot be written" in err


def test_a_hostile_name_cannot_drive_the_terminal(earwitness: Call, tmp_path: Path) -> None:
    path = tmp_path / "a\x1b[31m[bold]b.wav"
    path.write_text("likely_human -4")
    _, out, _ = earwitness("check", path)
    assert "\x1b" not in out
    assert "a\\x1b[31m[bold]b.wav" in out


def test_an_error_names_the_file_as_it_was_typed(earwitness: Call, tmp_path: Path) -> None:
    (tmp_path / "x.wav").write_text("bad")
    _, _, err = earwitness("check", tmp_path / "x.wav", tmp_path / "y.wav")
    assert err.splitlines() == [
        f"error {tmp_path / 'x.wav'}: this is text.",
        f"error {tmp_path / 'y.wav'}: no such file. Check the path.",
    ]
