"""eval/perth_null.py: bounds are Clopper-Pearson's, of the worst condition."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from earwitness.eval.perth_null import CONDITIONS, main, summary, upper_bound
from earwitness.watermark import perth_net


@pytest.mark.parametrize(
    ("hits", "trials", "expected"),
    [(0, 100, 1 - 0.05 ** (1 / 100)), (0, 1, 0.95), (1, 10, 0.39416), (5, 5, 1.0), (5, 600, 0.01744)],
)
def test_upper_ends(hits: int, trials: int, expected: float) -> None:
    assert upper_bound(hits, trials) == pytest.approx(expected, abs=1e-5)


def test_nonsense_is_no_share() -> None:
    for hits, trials in ((1, 0), (3, 2), (-1, 2)):
        with pytest.raises(ValueError, match="no share"):
            upper_bound(hits, trials)


def test_the_worst_condition_counts() -> None:
    found = summary({"clean": [0.1] * 20, "hall": [0.1] * 18 + [0.96, 1.0]}, {"clean": [0.99]})
    bounds = found["false_alarm_bound"]
    assert bounds["0.5"] == bounds["0.95"] == pytest.approx(upper_bound(2, 20), abs=1e-5)
    assert bounds["1.0"] == pytest.approx(upper_bound(1, 20), abs=1e-5)
    assert found["marked"]["clean"]["reach"]["0.99"] == 1


def test_the_command_scores_every_condition(
    tmp_path: Path, speech_like: Callable[..., np.ndarray], write_wav: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """With a network that says 1 to what it marked (by a constant) and is clean."""
    for seed in range(2):
        write_wav(speech_like(1.5, seed=seed), name=f"{seed}.wav")
    write_wav(speech_like(0.5), name="short.wav")
    monkeypatch.setattr(perth_net, "marked", lambda sound: sound + np.float32(0.1))
    monkeypatch.setattr(perth_net, "score", lambda sound: float(abs(float(sound.mean())) > 0.09))
    out = tmp_path / "null.json"
    assert main(["--out", str(out), "--recordings", "9", "--marked", "1", str(tmp_path)]) == 0
    found = json.loads(out.read_text())
    assert set(found["unmarked"]) == set(CONDITIONS)
    assert {row["trials"] for row in found["unmarked"].values()} == {2}
    assert found["unmarked"]["clean"]["reach"]["1.0"] == 0
    assert found["marked"]["clean"]["reach"]["1.0"] == 1
    assert str(tmp_path) not in out.read_text()


def test_no_recordings_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--out", str(tmp_path / "x.json"), str(tmp_path)]) == 2
    assert "no recordings" in capsys.readouterr().err
