"""The command: result file and errors."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from earwitness.eval import bench_ood, ood


@pytest.mark.usefixtures("front_door")
def test_result_file_has_every_kind(
    manifest: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("EARWITNESS_THREADS", "1")
    (tmp_path / "sounds" / "dog").mkdir(parents=True)
    (tmp_path / "0.wav").rename(tmp_path / "sounds" / "dog" / "0.wav")
    manifest.write_text("\n".join(line for line in manifest.read_text().split("\n") if line[:2] != "0."))
    out = tmp_path / "out.json"
    words = ["--out", str(out), "--sounds", str(tmp_path / "sounds"), "--manifest", str(manifest)]
    assert bench_ood.main([*words, "--count", "1", "--seed", "3"]) == 0
    result = json.loads(out.read_text())
    assert result["schema"] == ood.SCHEMA
    assert set(result["kinds"]) == {*ood.ood_material.MADE, *ood.SPEECH, "dog"}
    assert result["kinds"]["dog"]["likely_human"]["rate"] == 1.0
    assert str(tmp_path) not in json.dumps(result)
    assert {"commit", "machine", "seed", "system"} <= set(result)
    assert "dog" in capsys.readouterr().out


def test_user_errors_are_said_and_exit_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--out", str(tmp_path / "o.json"), "--count", "0"]
    assert bench_ood.main([*words, "--sounds", str(tmp_path / "none")]) == 2
    assert "no folder of sounds" in capsys.readouterr().err
