"""Metrics of published score files: read as they are, and equal to what was published with them."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest

from earwitness.errors import SourceNotFoundError, UsageError
from earwitness.eval import metrics
from earwitness.eval.score_files import main, read_scores

# EER in per cent as published beside the scores (results/metrics.csv of the repository below).
ARENA = {
    "In_The_Wild": 1.278,
    "ASVspoof2019": 0.408,
    "Fake_or_Real": 0.972,
    "ADD_2022_track1": 5.179,
    "DIFFADD": 0.150,
    "SONAR": 0.658,
}


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    scores, protocol = tmp_path / "scores.txt", tmp_path / "protocol.csv"
    scores.write_text("a 3.5\nb 1.0\nc -2.25\nd with blanks.wav 2.0\n")
    protocol.write_text("file_name,label\na,bonafide\nb,bonafide\nc,spoof\nd with blanks.wav,spoof\n")
    return scores, protocol


def test_higher_is_turned_to_synthetic(files: tuple[Path, Path]) -> None:
    human, synthetic = read_scores(*files)
    assert human.tolist() == [-3.5, -1.0]
    assert synthetic.tolist() == [2.25, -2.0]
    human, _ = read_scores(*files, "synthetic")
    assert human.tolist() == [3.5, 1.0]


def test_the_command_prints_numbers(files: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(file) for file in files]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["human"], found["synthetic"], found["auc"]) == (2, 2, 0.75)
    assert main([str(files[0]), "nowhere.csv"]) == 2
    assert "no such file" in capsys.readouterr().err


def test_what_is_wrong_is_said(files: tuple[Path, Path], tmp_path: Path) -> None:
    scores, protocol = files
    with pytest.raises(SourceNotFoundError):
        read_scores(tmp_path / "none", protocol)
    protocol.write_text("file_name,label\ne,spoof\n")
    with pytest.raises(UsageError, match="no score for e"):
        read_scores(scores, protocol)
    protocol.write_text("file_name,label\na,fake\n")
    with pytest.raises(UsageError, match="line 2"):
        read_scores(scores, protocol)
    scores.write_text("a three\n")
    with pytest.raises(UsageError, match="line 1 holds no score"):
        read_scores(scores, protocol)


@pytest.mark.parametrize("name", sorted(ARENA))
@pytest.mark.skipif(
    "EARWITNESS_ARENA" not in os.environ, reason="EARWITNESS_ARENA names no checkout of the scores"
)
def test_published_scores_give_the_published_rates(name: str) -> None:
    """EARWITNESS_ARENA: a checkout of Momenta-Network/Momenta-Speech-DF-Arena-Benchmark (scores: MIT)."""
    folder = Path(os.environ["EARWITNESS_ARENA"])
    human, synthetic = read_scores(
        folder / "scores" / f"{name}.txt", folder / "protocol_files" / f"{name}.csv"
    )
    # They interpolate nothing: the mean of both rates at the threshold where they differ least.
    assert 100 * metrics.eer(human, synthetic).argmin == pytest.approx(ARENA[name], abs=0.0006)
    assert metrics.eer(human, synthetic).rate <= metrics.eer(human, synthetic).argmin + 1e-3


def test_as_many_scores_as_a_challenge_has_are_quick(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    labels = rng.random(100_000) < 0.9
    values = rng.standard_normal(labels.size) - 3 * labels
    (tmp_path / "s.txt").write_text("".join(f"u{n} {value}\n" for n, value in enumerate(values)))
    rows = "".join(f"u{n},{'spoof' if spoof else 'bonafide'}\n" for n, spoof in enumerate(labels))
    (tmp_path / "p.csv").write_text("file_name,label\n" + rows)
    human, synthetic = read_scores(tmp_path / "s.txt", tmp_path / "p.csv")
    assert metrics.eer(human, synthetic).rate == pytest.approx(0.0668, abs=0.004)  # normal, 3 sigma apart
