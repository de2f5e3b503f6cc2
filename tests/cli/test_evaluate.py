"""``earwitness eval``: numbers of public sets and of one's own tables; what cannot be measured is said."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import soundfile

import earwitness as package
from earwitness.errors import NotAudioError
from earwitness.eval import accuracy
from earwitness.report import ModelInfo, Report

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def _detector(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, make_report: Callable[..., Report]) -> None:
    """A front door that hears "synthetic" in high tones; nothing is kept between tests."""

    def check(source: Path, *, name: str | None = None) -> Report:  # noqa: ARG001
        samples, rate = soundfile.read(source, dtype="float32")
        if samples.size < 100:
            raise NotAudioError("it is too short.", subject=str(source))
        high = float(np.argmax(np.abs(np.fft.rfft(samples)))) * rate / samples.size / 1000 - 1
        return make_report("synthetic" if high > 0 else "likely_human", high)

    info = ModelInfo(name="tone", version="1", kind="detector", sha256="ab")
    monkeypatch.setattr(accuracy, "load", lambda _: lambda: SimpleNamespace(info=info))
    monkeypatch.setitem(vars(package), "check", check)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def _tone(path: Path, hz: float) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, 0.3 * np.sin(2 * np.pi * hz * np.arange(8_000) / 16_000), 16_000)


@pytest.fixture
def wild(tmp_path: Path) -> Path:
    """In-the-Wild, miniature: four people, four synthetic clips of which one sounds like a person."""
    folder, lines = tmp_path / "release_in_the_wild", ["file,speaker,label"]
    for number in range(8):
        spoof = number >= 4
        _tone(folder / f"{number}.wav", 2_000 + 50 * number if spoof and number != 4 else 300 + 60 * number)
        lines.append(f"{number}.wav,Speaker {number % 4},{'spoof' if spoof else 'bona-fide'}")
    lines.append("99.wav,Speaker 9,spoof")
    (folder / "meta.csv").write_text("\n".join(lines) + "\n")
    return folder


def test_a_public_set_is_measured(earwitness: Call, wild: Path, tmp_path: Path) -> None:
    out = tmp_path / "result.json"
    code, shown, told = earwitness("eval", "in-the-wild", wild, "--out", out, "--rounds", 20)
    assert code == 0
    assert "in-the-wild/all: 4 human and 4 synthetic recordings" in shown
    assert "1 more are listed and not there" in shown
    assert "8 of 8 scores" in told
    result: dict[str, Any] = json.loads(out.read_text())
    clean = result["systems"]["earwitness"]["conditions"]["clean"]
    assert clean["verdicts"]["all"]["fpr"] == 0
    assert clean["verdicts"]["all"]["fnr"] == pytest.approx(0.25)
    assert result["manifest"]["licence"] == "Apache-2.0"
    assert result["command"].startswith("earwitness eval in-the-wild ")
    assert str(tmp_path) not in out.read_text()
    code, shown, _ = earwitness("eval", "in-the-wild", wild, "--json", "--rounds", 20)
    assert json.loads(shown)["systems"] == result["systems"]


def test_a_list_that_gives_its_classes_away_is_said_to(earwitness: Call, tmp_path: Path) -> None:
    rows = ["path\tlabel\tspeaker"]
    for number in range(40):
        path = tmp_path / f"{number}.wav"
        _tone(path, 2_000 if number % 2 else 400)
        if number % 2:
            samples, rate = soundfile.read(path)
            soundfile.write(path, np.concatenate([np.zeros(4_000), samples]), rate)
        rows.append(f"{path.name}\t{'synthetic' if number % 2 else 'human'}\ts{number}")
    (tmp_path / "list.tsv").write_text("\n".join(rows) + "\n")
    code, shown, _ = earwitness("eval", tmp_path / "list.tsv", "--rounds", 5)
    assert code == 0
    assert "gives its classes away (most by: " in shown
    code, shown, _ = earwitness("eval", tmp_path / "list.tsv", "--rounds", 5, "--json")
    audit = json.loads(shown)["shortcuts"]
    assert audit["auc"] > 0.9
    assert audit["single"]["leading_silence_s"] == 1.0


def test_a_table_of_ones_own_and_the_part_of_it(earwitness: Call, wild: Path) -> None:
    rows = ["path\tlabel", *(f"{n}.wav\t{'synthetic' if n > 3 else 'human'}" for n in range(8))]
    (wild / "mine.tsv").write_text("\n".join(rows) + "\n")
    code, shown, _ = earwitness("eval", wild / "mine.tsv", "--limit", 4, "--rounds", 5)
    assert code == 0
    assert "2 human and 2 synthetic" in shown
    code, shown, told = earwitness("eval", wild / "mine.tsv", "-q", "--rounds", 5)
    assert (code, shown, told) == (0, "", "")


def test_a_clip_that_cannot_be_judged_does_not_end_the_run(earwitness: Call, wild: Path) -> None:
    soundfile.write(wild / "0.wav", np.zeros(10), 16_000)
    code, shown, _ = earwitness("eval", "in-the-wild", wild, "--json", "--rounds", 5)
    assert code == 0
    clean = json.loads(shown)["systems"]["earwitness"]["conditions"]["clean"]
    assert clean["errors"] == 1
    assert clean["human"] == 3


def test_sets_are_listed(earwitness: Call) -> None:
    code, shown, _ = earwitness("eval", "--list")
    assert code == 0
    assert "asvspoof5: ASVspoof 5, track 1 (eval, dev, train); ODC-BY 1.0" in shown
    code, shown, _ = earwitness("eval", "--list", "--json")
    assert {"name", "splits", "licence", "layout"} <= set(json.loads(shown)[0])


def test_what_is_wrong_is_said(earwitness: Call, wild: Path, tmp_path: Path) -> None:
    (tmp_path / "text.wav").write_text("text")
    for words, said in (
        (("eval",), "PROTOCOL is needed"),
        (("eval", "asvspof5", wild), "Did you mean asvspoof5"),
        (("eval", "asvspoof5"), "FOLDER is needed"),
        (("eval", "asvspoof5", tmp_path), "flac_E_eval"),
        (("eval", "in-the-wild", wild, "--split", "dev"), "no such split"),
        (("eval", tmp_path / "none.tsv"), "no such manifest"),
        (
            ("eval", tmp_path / "text.wav"),
            "text.wav: is neither a table (.tsv, .txt",
        ),
        (("eval", wild), "nor the name of a set"),
        (("eval", wild / "mine.tsv", wild), "neither FOLDER nor --split"),
        (("eval", "in-the-wild", wild, "--conditions", "moon"), "moon"),
    ):
        code, shown, told = earwitness(*words)
        assert (code, shown) == (2, ""), words
        assert said in told, words
