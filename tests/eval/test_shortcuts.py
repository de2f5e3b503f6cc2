"""eval/shortcuts.py: lists whose classes differ in trivial things are found out, others are left alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from earwitness.eval.protocols import Clip
from earwitness.eval.shortcuts import NAMES, described, probe, shortcuts


def _clip(
    path: Path, synthetic: bool, rng: np.random.Generator, silence: float = 0.0, rate: int = 16_000
) -> Clip:
    samples = 0.1 * rng.standard_normal(rng.integers(8_000, 24_000))
    samples = np.concatenate([np.zeros(int(silence * rate)), samples])
    soundfile.write(path, samples, rate)
    return Clip(path, synthetic, "one", "", "", f"s{rng.integers(20)}", "en")


def test_equal_classes_give_nothing_away(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    found = shortcuts([_clip(tmp_path / f"{n}.wav", n % 2 == 0, rng) for n in range(80)])
    assert found is not None
    assert found["clips"] == 80
    assert 0.3 < found["auc"] < 0.65
    assert list(found["single"]) == sorted(
        found["single"], key=lambda name: -abs(found["single"][name] - 0.5)
    )
    assert set(found["single"]) == set(NAMES)


@pytest.mark.parametrize(
    ("silence", "rate", "worst"), [(0.4, 16_000, "leading_silence_s"), (0.0, 22_050, "rate_hz")]
)
def test_silence_and_rates_that_differ_are_found(
    silence: float, rate: int, worst: str, tmp_path: Path
) -> None:
    rng = np.random.default_rng(0)
    clips = []
    for n in range(60):
        synthetic = n % 2 == 0
        other = synthetic and rng.random() < 0.9
        clips.append(
            _clip(tmp_path / f"{n}.wav", synthetic, rng, silence if other else 0.0, rate if other else 16_000)
        )
    found = shortcuts(clips)
    assert found is not None
    assert found["troubling"]
    assert found["auc"] > 0.85
    assert worst in list(found["single"])[:6]


def test_too_few_clips_and_broken_ones(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    clips = [_clip(tmp_path / f"{n}.wav", n % 2 == 0, rng) for n in range(8)]
    assert shortcuts(clips) is None
    (tmp_path / "bad.wav").write_text("this is no sound")
    assert described(Clip(tmp_path / "bad.wav", True, "", "", "", "", "")) is None


def test_the_probe_needs_more_than_one_feature_and_sees_middles() -> None:
    rng = np.random.default_rng(0)
    table = rng.standard_normal((400, 2))
    folds = np.arange(400) % 5
    assert probe(table, np.abs(table[:, 0]) > 0.7, folds) > 0.9  # no side, but the middle
    assert probe(table, table.sum(1) > 0, folds) > 0.95
    assert abs(probe(table, rng.random(400) > 0.5, folds) - 0.5) < 0.12
