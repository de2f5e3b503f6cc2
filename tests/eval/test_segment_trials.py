"""Trials of made and of public recordings, and answers that are asked for once."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

import earwitness
from earwitness.errors import AudioError, UsageError
from earwitness.eval.segment_trials import Trial, ask, conditions_of, of_pairs, of_partialspoof

RATE = 16_000


def tone_trial(pitch: float, name: str) -> Trial:
    memory = io.BytesIO()
    samples = 0.3 * np.sin(2 * np.pi * pitch * np.arange(RATE) / RATE)
    soundfile.write(memory, samples, RATE, format="WAV")
    return Trial(memory.getvalue(), name, "human", "human", "s", ())


def test_made_recordings_carry_their_truth(pairs: Path) -> None:
    partial, human = of_pairs(pairs, None, {"partial": 1, "human": 1}, 0)
    assert (partial.kind, partial.engine, partial.speaker) == ("partial", "world", "ann")
    assert partial.truth
    assert (human.kind, human.truth) == ("human", ())
    assert isinstance(partial.source, bytes)
    samples, rate = soundfile.read(io.BytesIO(partial.source))
    assert rate == RATE
    assert len(samples) / RATE > partial.truth[-1][1]


def test_partialspoof(tmp_path: Path) -> None:
    protocol = tmp_path / "protocols" / "PartialSpoof.LA.cm.eval.trl.txt"
    protocol.parent.mkdir()
    protocol.write_text("LA_1 CON_E_1 - CON spoof\nLA_2 LA_E_2 - - bonafide\n")
    (tmp_path / "eval" / "con_wav").mkdir(parents=True)
    for name in ("CON_E_1", "LA_E_2"):
        soundfile.write(tmp_path / "eval" / "con_wav" / f"{name}.wav", np.zeros(1600), RATE)
    labels = {"CON_E_1": np.array(["1", "0", "0", "1", "1"])}
    label_file = tmp_path / "eval_seglab_0.02.npy"
    np.save(label_file, np.array(labels | {"LA_E_2": np.array(["1"] * 5)}, dtype=object))
    spoof, human = of_partialspoof(tmp_path, None)
    assert (spoof.kind, spoof.speaker, spoof.truth) == ("partial", "partialspoof/LA_1", ((0.02, 0.06),))
    assert (human.kind, human.truth) == ("human", ())
    assert len(of_partialspoof(tmp_path, "eval", limit=1)) == 1
    np.save(label_file, np.array(labels, dtype=object))
    with pytest.raises(UsageError, match="does not name it"):
        of_partialspoof(tmp_path, None)


def test_an_answer_is_asked_for_once_a_condition(front_door: list[str], tmp_path: Path) -> None:
    trials = [tone_trial(400, "low"), tone_trial(3000, "high")]
    said: list[tuple[int, int]] = []
    first = ask(trials, "clean", cache=tmp_path, progress=lambda *n: said.append(n))
    assert said == [(0, 2), (1, 2), (2, 2)]
    assert [str(report.verdict) for report in first if report] == ["likely_human", "synthetic"]
    assert ask(trials, "clean", cache=tmp_path) == first
    assert len(front_door) == 2
    through = ask(trials, "gain_minus_20db", cache=tmp_path)
    assert len(front_door) == 4
    assert [report.verdict for report in through if report] == [r.verdict for r in first if r]


def test_what_cannot_be_read_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise AudioError("broken.")

    monkeypatch.setitem(vars(earwitness), "check", refuse)
    assert ask([tone_trial(400, "low")], "clean", cache=tmp_path) == [None]


def test_conditions() -> None:
    assert conditions_of("clean,gsm") == ["clean", "gsm"]
    with pytest.raises(UsageError, match="cannot be used here"):
        conditions_of("babble_10db")
