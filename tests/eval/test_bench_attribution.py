"""The command: result file, which engines count as known, errors."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from earwitness.detector.attribution import Engine, EngineSpace
from earwitness.eval import attribution, bench_attribution
from earwitness.eval.attribution import Heard, Sample


@pytest.fixture(autouse=True)
def _space(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Engine("Piper", "vae", np.zeros(2, np.float32), 100)
    space = EngineSpace(np.zeros(2, np.float32), np.eye(2, dtype=np.float32), [engine], 0.5, 1.0)

    def hear(samples: Sequence[Sample], jobs: int) -> list[Heard]:
        assert jobs == 1
        return [Heard(s, (0.1, 0.0) if s.engine == "Piper" else (9.0, 0.0), None) for s in samples]

    monkeypatch.setattr(bench_attribution, "load_space", lambda: space)
    monkeypatch.setattr(bench_attribution, "hear", hear)
    monkeypatch.setenv("EARWITNESS_THREADS", "1")


@pytest.fixture
def clips(tmp_path: Path) -> Path:
    lines = ["path\tlabel\tsystem"]
    for index in range(14):
        (tmp_path / f"{index}.wav").touch()
        lines.append(f"{index}.wav\tsynthetic\t{'piper' if index < 4 else 'Strange'}")
    (tmp_path / "m.tsv").write_text("\n".join(lines) + "\n")
    return tmp_path / "m.tsv"


def run(clips: Path, *words: str) -> int:
    out = ["--out", str(clips.with_name("out.json"))]
    return bench_attribution.main(["--manifest", str(clips), *out, *words])


def test_known_and_unknown_are_read_from_the_space(clips: Path) -> None:
    assert run(clips, "--systems", "piper", "Strange", "--enrol", "5", "--draws", "2") == 0
    result = json.loads(clips.with_name("out.json").read_text())
    assert result["schema"] == attribution.SCHEMA
    assert str(clips.parent) not in json.dumps(result)
    assert result["known"]["all"]["engine"]["rate"] == 1.0
    assert set(result["known"]["engines"]) == {"Piper"}
    assert result["unknown"]["all"]["auroc"] == 1.0
    assert result["unknown"]["engines"]["Strange"]["n"] == 10
    assert result["enrolled"]["Strange"]["named"]["rate"] == 1.0
    assert {"commit", "machine", "seed", "note"} <= set(result)


def test_limit_is_of_each_engine(clips: Path) -> None:
    assert run(clips, "--systems", "piper", "Strange", "--limit", "3") == 0
    result = json.loads(clips.with_name("out.json").read_text())
    assert (result["known"]["all"]["clips"], result["unknown"]["all"]["n"]) == (3, 3)
    assert result["enrolled"] == {}


def test_user_errors_are_said_and_exit_2(
    clips: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(clips) == 2
    assert "no synthetic clip" in capsys.readouterr().err
    assert run(clips.with_name("none.tsv"), "--systems", "piper") == 2
    monkeypatch.setattr(bench_attribution, "load_space", lambda: None)
    assert run(clips, "--systems", "piper") == 2
