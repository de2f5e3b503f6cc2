"""Pairs differ by the synthesis alone, plans follow from their seed, and runs can be taken up again."""

import json
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import soundfile

from earwitness.detector.training import copysynth
from earwitness.detector.training.copysynth import CROP_SECONDS, main, make_pair, plan
from earwitness.detector.training.recipes import RECIPES, chain_rate
from earwitness.detector.training.vocoders import RATE, Engines

Float32 = npt.NDArray[np.float32]
COLUMNS = ("path", "corpus", "speaker", "language", "licence", "role", "label")


class Echo(Engines):
    """An engine that gives back, at half the level, what it hears."""

    def methods(self) -> dict[str, Any]:
        return dict.fromkeys(RECIPES, lambda x, _: 0.5 * x)


def rms(x: Float32) -> float:
    return float(np.sqrt(np.mean(np.square(x))))


@pytest.mark.parametrize("method", ["world", "griffin_lim"])
def test_both_halves_have_the_same_length_and_level(tmp_path: Path, speech: Float32, method: str) -> None:
    pair = make_pair(speech[:30_001], method, Engines(tmp_path), np.random.default_rng(0))
    assert pair.shape == (2, 30_001)
    assert pair.dtype == np.float32
    assert rms(pair[0]) == pytest.approx(rms(pair[1]), rel=1e-3)
    assert float(np.abs(pair).max()) <= 0.9901


@pytest.mark.parametrize("method", sorted(RECIPES))
def test_the_original_goes_through_the_resampling_of_its_copy(
    tmp_path: Path, speech: Float32, method: str
) -> None:
    x = speech[:20_000]
    human, copy = make_pair(x, method, Echo(tmp_path), np.random.default_rng(0))
    assert human == pytest.approx(copy, abs=0.05)
    assert np.corrcoef(human, x)[0, 1] > 0.99
    if chain_rate(method) == RATE:
        assert human == pytest.approx(copy, abs=1e-5), "nothing but the level was to be undone"


def test_long_recordings_are_cropped_at_a_random_place(tmp_path: Path, speech: Float32) -> None:
    long = np.tile(speech, 3)
    pairs = [make_pair(long, "world", Echo(tmp_path), np.random.default_rng(seed)) for seed in (0, 0, 1)]
    assert pairs[0].shape == (2, int(CROP_SECONDS * RATE))
    assert np.array_equal(pairs[0], pairs[1])
    assert not np.allclose(pairs[0][0], pairs[2][0], atol=0.01)


def test_silence_stays_silent_and_finite(tmp_path: Path) -> None:
    pair = make_pair(np.zeros(16_000, np.float32), "world", Echo(tmp_path), np.random.default_rng(0))
    assert not pair.any()


def rows(count: int) -> list[dict[str, str]]:
    return [{"path": f"{k}.flac", "corpus": f"c{k % 3}"} for k in range(count)]


MIX = {"world": 1.0, "griffin_lim": 2.0, "hifigan_lj": 3.0}


def test_a_plan_follows_from_its_seed() -> None:
    assert plan(rows(20), MIX, 2, seed=1) == plan(rows(20), MIX, 2, seed=1)
    assert plan(rows(20), MIX, 2, seed=1) != plan(rows(20), MIX, 2, seed=2)


def test_a_plan_gives_each_recording_different_methods() -> None:
    jobs = plan(rows(30), MIX, 2, seed=0)
    assert [job["id"] for job in jobs] == [f"{k:06d}" for k in range(60)]
    for path, count in Counter(job["path"] for job in jobs).items():
        assert count == 2
        assert len({job["method"] for job in jobs if job["path"] == path}) == 2


def test_no_recording_gets_more_methods_than_there_are() -> None:
    assert len(plan(rows(4), MIX, 10, seed=0)) == 12


def test_a_plan_draws_methods_by_weight_and_any_prefix_is_fair() -> None:
    jobs = plan(rows(3_000), MIX, 1, seed=0)
    for part in (jobs, jobs[:600]):
        shares = Counter(job["method"] for job in part)
        for method, weight in MIX.items():
            assert shares[method] / len(part) == pytest.approx(weight / 6, abs=0.06)
        assert min(Counter(job["corpus"] for job in part).values()) > 0.27 * len(part)


@pytest.fixture
def recordings(tmp_path: Path, speech: Float32) -> Path:
    """Three recordings and a spoken clip; the last recording is of another role."""
    lines = ["\t".join(COLUMNS)]
    sides = (("train", "human"), ("train", "human"), ("dev", "human"), ("train", "synthetic"))
    for k, (role, label) in enumerate(sides):
        soundfile.write(tmp_path / f"{k}.flac", np.roll(speech, 5_000 * k)[:12_000], RATE)
        lines.append(f"{k}.flac\tc{k}\ts{k}\ten\tCC0\t{role}\t{label}")
    manifest = tmp_path / "real.tsv"
    manifest.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return manifest


def run(manifest: Path, out: Path, *more: str) -> list[dict[str, Any]]:
    arguments = [str(manifest), str(out), "--engines", "none", "--mix", "world=1,griffin_lim=1", *more]
    assert main(arguments) == 0
    logs = [log.read_text(encoding="utf-8") for log in sorted(out.glob("pairs-*.jsonl"))]
    return [json.loads(line) for text in logs for line in text.splitlines()]


def test_a_run_writes_pairs_and_says_what_they_are(recordings: Path, tmp_path: Path) -> None:
    made = run(recordings, tmp_path / "out")
    assert len(made) == 4, "two recordings of the role, two methods each"
    assert {row["corpus"] for row in made} == {"c0", "c1"}
    assert {(row["method"], row["family"]) for row in made} == {
        ("world", "parametric"),
        ("griffin_lim", "parametric"),
    }
    for row in made:
        pair, rate = soundfile.read(tmp_path / "out" / row["path"])
        assert (pair.shape, rate) == ((12_000, 2), RATE)


def test_a_run_taken_up_again_makes_only_what_is_missing(recordings: Path, tmp_path: Path) -> None:
    whole = run(recordings, tmp_path / "whole")
    part = tmp_path / "part"
    assert len(run(recordings, part, "--limit", "1")) == 1
    kept = next(part.glob("*.flac"))
    before = kept.stat().st_mtime_ns
    assert run(recordings, part) == whole
    assert kept.stat().st_mtime_ns == before
    for row in whole:
        assert (part / row["path"]).read_bytes() == (tmp_path / "whole" / row["path"]).read_bytes()


def test_another_number_of_workers_repeats_nothing(recordings: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    whole = run(recordings, out)
    shutil.copytree(out, tmp_path / "other")
    for worker in ("0", "1"):
        again = run(recordings, tmp_path / "other", "--jobs", "2", "--worker", worker)
        assert sorted(row["id"] for row in again) == sorted(row["id"] for row in whole)


@pytest.mark.parametrize(("codes", "expected"), [([0, 0], 0), ([0, 1], 1), ([-9, 0], 1)])
def test_a_worker_that_fails_or_is_killed_fails_the_run(
    recordings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, codes: list[int], expected: int
) -> None:
    left = list(codes)
    commands: list[list[str]] = []

    class Ended:
        def __init__(self, command: list[str]) -> None:
            commands.append(command)

        def wait(self) -> int:
            return left.pop(0)

    monkeypatch.setattr(copysynth.subprocess, "Popen", Ended)
    arguments = [
        str(recordings),
        str(tmp_path / "out"),
        "--engines",
        "none",
        "--mix",
        "world=1",
        "--jobs",
        "2",
    ]
    assert main(arguments) == expected
    assert left == [], "all workers were waited for"
    assert [command[-2:] for command in commands] == [["--worker", "0"], ["--worker", "1"]]
