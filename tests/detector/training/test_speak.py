"""Spoken clips: trimmed, logged, repeatable, and engines that are missing are named."""

import json
import random
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import soundfile

from earwitness.detector.training import speak
from earwitness.detector.training.channels import trim
from earwitness.detector.training.speak import main
from earwitness.errors import MissingDependencyError

Float32 = npt.NDArray[np.float32]


def test_trim_cuts_silence_at_both_ends_only(speech: Float32) -> None:
    voiced = np.full(3_200, 0.3, np.float32)
    pause = np.zeros(6_400, np.float32)
    trimmed = trim(np.concatenate([pause, voiced, pause, voiced, pause]))
    assert np.array_equal(trimmed, np.concatenate([voiced, pause, voiced]))
    assert len(trim(speech)) <= len(speech)


@pytest.mark.parametrize("n", [0, 1, 319, 320, 1_000])
def test_trim_of_silence_and_of_very_short_clips(n: int) -> None:
    assert len(trim(np.zeros(n, np.float32))) == (n if n < 320 else n // 320 * 320)


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """An engine that whistles at 24 kHz, too loud; the list collects what it was asked to say."""
    texts: list[str] = []

    def whistle(_folder: Path) -> object:
        def say(text: str, rng: random.Random) -> tuple[Float32, int, str]:
            texts.append(text)
            hertz = rng.uniform(200, 400)
            tone = 1.5 * np.sin(2 * np.pi * hertz * np.arange(12_000) / 24_000)
            return np.pad(tone, 6_000).astype(np.float32), 24_000, f"{hertz:.0f}"

        return say

    monkeypatch.setitem(speak.ENGINES, "whistle", whistle)
    return texts


def test_our_text_model_speaks_in_another_voice_each_time(tmp_path: Path) -> None:
    rows = run(tmp_path, "own=2")
    assert len({row["voice"] for row in rows}) == 2
    x, rate = soundfile.read(tmp_path / rows[0]["path"])
    assert rate == 16_000
    assert len(x) > rate
    assert np.abs(x).max() > 0.05


def run(out: Path, mix: str, seed: int = 0) -> list[dict[str, str]]:
    assert main([str(out), "--engines", "none", "--mix", mix, "--seed", str(seed)]) == 0
    return [json.loads(line) for line in (out / "speak.jsonl").read_text(encoding="utf-8").splitlines()]


def test_clips_are_16_khz_trimmed_and_logged(tmp_path: Path, said: list[str]) -> None:
    rows = run(tmp_path, "whistle=3")
    assert [row["path"] for row in rows] == [f"whistle_{k:04d}.flac" for k in range(3)]
    assert len({row["voice"] for row in rows}) == 3
    assert all(text.strip() for text in said)
    for row in rows:
        x, rate = soundfile.read(tmp_path / row["path"])
        assert rate == 16_000
        assert len(x) == pytest.approx(8_000, abs=800), "the pauses around it are cut"
        assert np.abs(x).max() <= 1.0


def test_the_same_seed_says_the_same_and_finished_clips_are_kept(tmp_path: Path, said: list[str]) -> None:
    run(tmp_path / "part", "whistle=1")
    said.clear()
    part = run(tmp_path / "part", "whistle=3")
    assert len(said) == 2
    assert part == run(tmp_path / "whole", "whistle=3")
    first, other = (tmp_path / name / "whistle_0002.flac" for name in ("part", "whole"))
    assert first.read_bytes() == other.read_bytes()
    assert run(tmp_path / "seed", "whistle=3", seed=1) != part


def test_an_unknown_engine_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([str(tmp_path), "--engines", "none", "--mix", "parrot=1"])
    assert "parrot" in capsys.readouterr().err


@pytest.mark.parametrize("engine", ["flite", "espeak"])
def test_a_program_that_is_not_installed_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: str
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingDependencyError, match=engine):
        main([str(tmp_path), "--engines", "none", "--mix", f"{engine}=1"])


def test_a_package_that_is_not_installed_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(speak.sys.modules, "hibari", None)
    with pytest.raises(MissingDependencyError, match="hibari"):
        main([str(tmp_path), "--engines", "none", "--mix", "hibari=1"])
