"""cli/attack.py: the options, and the folder that comes out."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from fake_attack_pool import Here

Call = Callable[..., tuple[int, str, str]]
pytestmark = pytest.mark.usefixtures("fake_generators")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, speech_like: Callable[..., np.ndarray]) -> Path:
    """The current folder, with five recordings in real/; the work is done in this process."""
    from earwitness.cli import attack_run

    monkeypatch.setattr(attack_run, "open_pool", lambda _: Here())
    monkeypatch.chdir(tmp_path)
    Path("real/sub").mkdir(parents=True)
    for number in range(4):
        soundfile.write(f"real/{number}.wav", speech_like(3.0, seed=number), 16_000)
    soundfile.write("real/sub/4.flac", speech_like(3.0, seed=4), 22_050)
    Path("real/notes.txt").write_text("no recording")
    return tmp_path


def manifest(out: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (out / "manifest.jsonl").read_text().splitlines()]


def test_a_folder(earwitness: Call, folder: Path) -> None:
    code, out, err = earwitness("attack", "real", "--out", "made", "--licence", "CC0", "--seed", "3")
    assert code == 0
    assert "5 recordings attacked, 0 before, 0 failed." in out
    assert "Left out: absent" in err
    assert "0.500  length" in out
    lines = manifest(folder / "made")
    assert len(lines) == 10
    assert {line["source_licence"] for line in lines} == {"CC0"}
    assert {line["source"] for line in lines} == {"0.wav", "1.wav", "2.wav", "3.wav", "sub/4.flac"}
    assert (folder / "made/ATTACK_MATERIAL.md").is_file()
    assert json.loads((folder / "made/audit.json").read_text())["attacks"] == 5
    code, out, _ = earwitness("attack", "real", "--out", "made", "--licence", "CC0", "--seed", "3")
    assert "0 recordings attacked, 5 before" in out


def test_a_table_with_a_row_that_fails(earwitness: Call, folder: Path) -> None:
    Path("real.tsv").write_text("path\tspeaker\tlicence\nreal/0.wav\tada\tCC BY 4.0\nreal/gone.wav\t\t\n")
    code, out, err = earwitness("attack", "real.tsv", "--out", "made", "--engines", "vocoder", "-q")
    assert (code, out) == (2, "")
    assert "real/gone.wav" in err
    lines = manifest(folder / "made")
    assert {(line["speaker"], line["source_licence"]) for line in lines} == {("ada", "CC BY 4.0")}
    assert {line["generator"] for line in lines} == {"vocoder", None}
    failed = json.loads((folder / "made/audit.json").read_text())["failed"]
    assert [one["source"] for one in failed] == ["real/gone.wav"]


@pytest.mark.usefixtures("folder")
def test_other_settings_need_a_restart(earwitness: Call) -> None:
    first = ("attack", "real", "--out", "made", "--engines", "vocoder", "--channels", "none", "-q")
    assert earwitness(*first, "--format", "wav")[0] == 0
    code, _, err = earwitness(*first)
    assert code == 2
    assert "begun with other settings (ending)" in err
    assert earwitness(*first, "--restart")[0] == 0
    assert {line["file"].rpartition(".")[2] for line in manifest(Path("made"))} == {"flac"}
    assert not list(Path("made").rglob("*.wav"))


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--channels", "tin"), "none, light, phone or all"),
        (("--format", "mp3"), "kept without loss"),
        (("--families", "opera"), "no family"),
        (("--noises", "gone"), "--noises"),
        (("--consent", "real"), "no recording in it may be used"),
        (("--out", "real/made"), "outside it"),
    ],
)
def test_what_makes_no_sense_is_told_first(earwitness: Call, options: tuple[str, ...], told: str) -> None:
    code, _, err = earwitness("attack", "real", "--out", "made", *options)
    assert code == 2
    assert told in err
    assert not Path("made/manifest.jsonl").exists()


@pytest.mark.usefixtures("folder")
def test_no_recordings(earwitness: Call) -> None:
    Path("empty").mkdir()
    assert "no recordings" in earwitness("attack", "empty", "--out", "made")[2]
    assert "no such folder" in earwitness("attack", "gone", "--out", "made")[2]
