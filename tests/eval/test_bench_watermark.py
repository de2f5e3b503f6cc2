"""The whole bench on two short clips: its result, what it remembers, its speed and its tables."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import soundfile

from earwitness.eval import bench_watermark, mark_quality, mark_speed, mark_trials
from earwitness.eval.mark_schemes import Ours
from earwitness.eval.watermark_material import Recording
from earwitness.eval.watermark_tables import watermark_tables

Float32 = npt.NDArray[np.float32]


@pytest.fixture
def words(tmp_path: Path, speech_like: Callable[..., Float32], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    lines = ["path\tcorpus\tspeaker\tlanguage\tsource_id"]
    for index, language in enumerate(("en", "de")):
        soundfile.write(tmp_path / f"{index}.flac", speech_like(6.2, seed=index), 16_000)
        lines.append(f"{index}.flac\tc\ts{index}\t{language}\tid{index}")
    (tmp_path / "real.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    monkeypatch.setattr(mark_quality, "measure", lambda *_: {"pesq_wb": 4.5, "snr_db": 18.0})
    given = {
        "--manifest": tmp_path / "real.tsv",
        "--out": tmp_path / "watermark.json",
        "--cache": tmp_path / "cache",
        "--schemes": "earwitness,earwitness-strong",
        "--attacks": "none,gsm,world,overwrite",
        "--unmarked": "1",
    }
    return [str(word) for pair in given.items() for word in pair]


def result_of(words: list[str]) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(Path(words[3]).read_text(encoding="utf-8"))
    return content


def test_result_tables_and_memory(words: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert bench_watermark.main([*words, "--no-speed"]) == 0
    result = result_of(words)
    assert result["clips"]["languages"] == {"en": 1, "de": 1}
    ours = result["schemes"]["earwitness"]
    assert ours["attacks"]["none"]["exact"] == {"hits": 2, "n": 2, "rate": 1.0, "low": 0.158114, "high": 1.0}
    assert ours["attacks"]["overwrite"]["n"] == 2
    assert ours["attacks"]["world"]["n"] == 0  # no engines were given
    assert ours["unmarked"]["false_alarms"]["hits"] == 0
    assert ours["unmarked"]["false_alarms"]["n"] == 4  # as it is and after GSM, own key and a wrong one
    strong = set(result["schemes"]["earwitness-strong"]["attacks"])
    assert {"none", "gsm"} <= strong <= {"none", "gsm", "world"}  # of the four those that HARD names
    assert str(tmp_path) not in json.dumps(result)
    text = watermark_tables(result)
    assert "| as marked | 100.0 % / 100.0 % | 2: 100.0 % (15.8" in text
    assert "| none | 100.0 % / 100.0 % | 100.0 % / 100.0 % |" in text
    assert "| EarWitness | 4.50 |" in text

    def never(*_: object) -> None:
        raise AssertionError("nothing is left to do")

    monkeypatch.setattr(Ours, "embed", never)
    monkeypatch.setattr(mark_trials, "_one", lambda *_: {"skipped": "not asked again"})
    assert bench_watermark.main([*words, "--no-speed"]) == 0
    again = result_of(words)
    assert again["schemes"]["earwitness"]["groups"] == ours["groups"]


def test_errors_are_told(words: list[str], capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert bench_watermark.main([*words, "--attacks", "none,teleport"]) == 2
    assert "teleport" in capsys.readouterr().err
    assert bench_watermark.main([*words, "--schemes", "none"]) == 2
    assert bench_watermark.main([*words, "--noise", str(tmp_path / "cache")]) == 2


@pytest.mark.usefixtures("words")
def test_two_workers_do_what_one_does(tmp_path: Path) -> None:
    plan = mark_trials.Plan(seed=0, cache=tmp_path / "one")
    clips = [Recording(tmp_path / f"{k}.flac", f"hash{k}", "speech", "c") for k in range(2)]
    jobs = [mark_trials.Job("earwitness", "marked", clip, ("none", "quantise_8bit")) for clip in clips]
    seen: list[tuple[int, int]] = []
    alone = mark_trials.run_all(jobs, plan, progress=lambda *pair: seen.append(pair))
    assert seen == [(0, 4), (2, 4), (4, 4)]
    both = mark_trials.run_all(jobs, mark_trials.Plan(seed=0, cache=tmp_path / "two"), workers=2)
    assert alone.keys() == both.keys()
    for key, results in alone.items():
        assert results.keys() == both[key].keys()
        for name, one in results.items():
            # Sums in threads and sums in one thread differ in their last digits, and p with them.
            assert both[key][name] == {**one, "p": pytest.approx(one["p"], rel=0.01)}


def test_speed_has_every_number(speech_like: Callable[..., Float32]) -> None:
    found = mark_speed.speeds(["earwitness"], [speech_like(4.0)], None, repeats=1)["earwitness"]
    assert set(found) == {"embed", "detect", "detect_unmarked", "detect_plain"}
    assert all(value > 0 for value in found.values())
