"""From pairs to a result file, with copies that whistle and a front door that hears it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pytest
import soundfile

import earwitness
from earwitness.eval import bench_segments
from earwitness.eval.report import tables
from earwitness.eval.target_tables import target_table
from earwitness.report import Report, Segment, Verdict

STEP_S = 0.1
RATE = 16_000


@pytest.fixture
def whistling(pairs: Path, monkeypatch: pytest.MonkeyPatch, make_report: Callable[..., Report]) -> Path:
    """``pairs`` whose copies whistle at 6 kHz, and a front door that hears it, in steps of 0.1 s."""
    for path in pairs.glob("*.flac"):
        human = soundfile.read(path, dtype="float32")[0][:, 0]
        whistle = 0.1 * np.sin(2 * np.pi * 6_000 * np.arange(len(human)) / RATE)
        soundfile.write(path, np.stack([human, human + whistle], axis=1), RATE, subtype="PCM_16")

    def check(source: Path | BinaryIO, *, name: str | None = None) -> Report:  # noqa: ARG001
        samples, _ = soundfile.read(source, dtype="float32")
        size = int(STEP_S * RATE)
        steps = samples[: len(samples) // size * size].reshape(-1, size)
        spectra = np.abs(np.fft.rfft(steps * np.hanning(size), axis=1))
        llrs = np.log(spectra[:, 6_000 * size // RATE] + 1e-9)
        segments = tuple(
            Segment(start_s=round(k * STEP_S, 3), end_s=round((k + 1) * STEP_S, 3), llr_synthetic=float(llr))
            for k, llr in enumerate(llrs)
        )
        report = make_report()
        facts = report.file.model_copy(update={"duration_s": len(samples) / RATE})
        verdict = Verdict.PARTLY_SYNTHETIC if max(llrs) > 0 else Verdict.LIKELY_HUMAN
        return report.model_copy(update={"segments": segments, "verdict": verdict, "file": facts})

    monkeypatch.setitem(vars(earwitness), "check", check)
    return pairs


def run(tmp_path: Path, *words: str) -> tuple[int, dict[str, Any]]:
    out = tmp_path / "results" / "segments.json"
    common = ["--out", str(out), "--cache", str(tmp_path / "cache"), "--rounds", "20", "--threshold", "1"]
    code = bench_segments.main([*words, *common])
    return code, json.loads(out.read_text()) if out.exists() else {}


def test_result_file_and_table(whistling: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    counts = ["--partial", "3", "--human", "2", "--synthetic", "1"]
    code, result = run(tmp_path, "--pairs", str(whistling), *counts)
    assert code == 0
    assert result["command"].startswith("python -m earwitness.eval.bench_segments --pairs")
    assert str(tmp_path) not in json.dumps(result)
    assert {"commit", "machine", "seed", "models"} <= set(result)
    what = result["set"]
    assert (what["partial"], what["human"], what["synthetic"], what["engines"]) == (3, 2, 1, ["world"])
    assert result["threshold"] == 1
    clean = result["conditions"]["clean"]
    assert clean["unread"] == 0
    # Only the copies whistle; the pauses between them do not, and some steps lie over a border.
    assert clean["files"]["partial"]["rate"] == 1.0
    assert clean["files"]["human"]["rate"] == 0.0
    assert clean["frames"]["eer"]["rate"] < 0.1
    assert clean["time"]["f1"]["rate"] > 0.85
    assert clean["stretches"]["all"]["border_error_s"]["median"] <= STEP_S
    told = (target_table({"segments": result}), capsys.readouterr().out.strip())
    assert "\n\n".join(told) == tables(tmp_path / "results")


def test_limit_keeps_the_proportions(whistling: Path, tmp_path: Path) -> None:
    _, result = run(tmp_path, "--pairs", str(whistling), "--limit", "7")
    assert [result["set"][kind] for kind in ("partial", "human", "synthetic")] == [3, 3, 1]


def test_user_errors_exit_2(pairs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, "--pairs", str(tmp_path / "none"))[0] == 2
    assert "no pairs" in capsys.readouterr().err
    assert run(tmp_path, "--pairs", str(pairs), "--channels", "moon")[0] == 2
    with pytest.raises(SystemExit):
        run(tmp_path, "--pairs", str(pairs), "--partialspoof", str(pairs))
