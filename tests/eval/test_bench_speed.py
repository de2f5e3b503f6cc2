"""The speed benchmark runs its parts against a stand-in command and reports what it timed."""

import json
import os
import shlex
import sys
from pathlib import Path

import pytest

from earwitness.eval import bench_speed

CLI = """
import pathlib, sys, time
words = sys.argv[1:]
if words[0] == "scan":
    target = pathlib.Path(words[words.index("--output") + 1])
    files = list(pathlib.Path(words[1]).iterdir())
    time.sleep(0.2 / int(words[words.index("--jobs") + 1]))
    target.write_text("{}\\n" * (len(files) - LOST))
sys.exit(CODE)
"""


@pytest.fixture
def command(tmp_path: Path) -> list[str]:
    return make(tmp_path, lost=0, code=0)


def make(folder: Path, *, lost: int, code: int) -> list[str]:
    script = folder / f"cli{lost}{code}.py"
    script.write_text(CLI.replace("LOST", str(lost)).replace("CODE", str(code)))
    return [sys.executable, "-I", "-S", str(script)]


def run(manifest: Path, command: list[str], only: str) -> tuple[int, Path]:
    out = manifest.parent / "speed.json"
    words = ["--manifest", str(manifest), "--out", str(out), "--only", only, "--repeats", "2"]
    sizes = ["--scan-minutes", "0.5", "--memory-minutes", "0.2"]
    return bench_speed.main([*words, *sizes, "--cli", shlex.join(command)]), out


@pytest.mark.skipif(
    hasattr(os, "sched_getaffinity") and len(os.sched_getaffinity(0)) < 2,
    reason="it times two jobs on two cores",
)
@pytest.mark.usefixtures("front_door")
def test_parts_are_timed_and_written(
    manifest: Path, command: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench_speed, "LENGTHS", {"10s": 0.5, "60s": 1.0, "10min": 1.5})
    code, out = run(manifest, command, "check,scan,start,first_check,memory")
    assert code == 0
    result = json.loads(out.read_text())
    assert result["schema"] == bench_speed.SCHEMA
    assert str(manifest.parent) not in out.read_text()
    for name in (*bench_speed.LENGTHS, bench_speed.MP3):
        entry = result["check"][name]["earwitness"]
        length = bench_speed.LENGTHS.get(name, 1.0)
        assert entry["x_real_time"] == pytest.approx(length / entry["median_s"], rel=1e-4)
        assert len(entry["repeats_s"]) == 2
    assert result["scan"]["files"] == 3
    one, two = (result["scan"][f"jobs_{n}"]["median_s"] for n in (1, 2))
    assert result["scan"]["two_jobs_times_faster"] == pytest.approx(one / two, rel=1e-4)
    assert two > 0.1
    assert len(result["start"]["repeats_s"]) == 4
    assert result["first_check"]["median_s"] > 0
    assert result["memory"]["audio_s"] == pytest.approx(12)
    assert 1 < result["memory"]["peak_mb"] < 100


def test_a_scan_that_loses_files_is_no_result(
    manifest: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out = run(manifest, make(tmp_path, lost=1, code=0), "scan")
    assert code == 2
    assert not out.exists()
    assert "only 2 results of 3" in capsys.readouterr().err


def test_a_check_that_fails_is_no_result(manifest: Path, tmp_path: Path) -> None:
    code, out = run(manifest, make(tmp_path, lost=0, code=2), "first_check")
    assert code == 2
    assert not out.exists()


def test_unknown_parts_and_rivals_are_said(manifest: Path, command: list[str]) -> None:
    assert run(manifest, command, "jump")[0] == 2
    words = ["--manifest", str(manifest), "--out", "x.json", "--compare", "oracle=x"]
    assert bench_speed.main(words) == 2


def test_repeats_alternate() -> None:
    order: list[str] = []

    def action(name: str) -> float:
        order.append(name)
        return float(len(order))

    taken = bench_speed.interleaved({"a": lambda: action("a"), "b": lambda: action("b")}, 3)
    assert order == ["a", "b"] * 3
    assert taken == {"a": [1.0, 3.0, 5.0], "b": [2.0, 4.0, 6.0]}
    assert bench_speed.summary(taken["a"])["median_s"] == 3.0
