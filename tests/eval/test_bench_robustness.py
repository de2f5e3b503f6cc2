"""The command of the sweep: result file, options, errors."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from earwitness.errors import SourceNotFoundError
from earwitness.eval import bench_robustness, robustness, sweep, sweep_lengths


def run(manifest: Path, tmp_path: Path, *words: str) -> int:
    common = ["--manifest", str(manifest), "--out", str(tmp_path / "out.json")]
    return bench_robustness.main([*common, "--cache", str(tmp_path / "cache"), "--rounds", "5", *words])


@pytest.mark.usefixtures("front_door")
def test_result_file_says_how_it_was_made(
    manifest: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sweep, "POINTS", {"level=-20": sweep.POINTS["level=-20"]})
    monkeypatch.setattr(sweep_lengths, "SECONDS", (1,))
    monkeypatch.delenv("EARWITNESS_THREADS", raising=False)
    monkeypatch.setenv("EARWITNESS_THREADS", "1")
    assert run(manifest, tmp_path, "--limit", "6", "--target-limit", "3", "--seed", "4") == 0
    result = json.loads((tmp_path / "out.json").read_text())
    assert result["schema"] == robustness.SCHEMA
    assert result["command"].startswith("python -m earwitness.eval.bench_robustness --manifest")
    assert str(tmp_path) not in json.dumps(result)
    assert (result["seed"], result["subset"]["clips"], result["subset"]["target_human"]) == (4, 6, 3)
    assert {"commit", "machine", "wall_s", "system"} <= set(result)
    assert "clean          false alarms 0.0 %" in capsys.readouterr().out


@pytest.mark.usefixtures("front_door")
def test_user_errors_are_said_and_exit_2(
    manifest: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path / "none.tsv", tmp_path) == 2
    (tmp_path / "empty").mkdir()
    assert run(manifest, tmp_path, "--noise", str(tmp_path / "empty")) == 2
    assert "no sound file" in capsys.readouterr().err


def test_noise_is_what_sounds_below_a_folder(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    for name in ("a/1.ogg", "0.wav", "list.tsv"):
        (tmp_path / name).touch()
    assert bench_robustness.noise_files(tmp_path) == (tmp_path / "0.wav", tmp_path / "a/1.ogg")
    assert bench_robustness.noise_files(None) == ()
    with pytest.raises(SourceNotFoundError):
        bench_robustness.noise_files(tmp_path / "none")
