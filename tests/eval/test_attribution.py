"""Attribution by hand: a space of two engines in a plane, clips at known places."""

from __future__ import annotations

import json
import os
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import soundfile

import earwitness
from earwitness.detector import enrolled
from earwitness.detector.attribution import Engine, EngineSpace
from earwitness.eval import attribution
from earwitness.eval.attribution import Heard, Sample, enrolment, known_numbers, open_set
from earwitness.eval.protocols import Clip

MANY = 10**6
SPACE = EngineSpace(
    np.zeros(2, np.float32),
    np.eye(2, dtype=np.float32),
    [
        Engine("A", "gan", np.array([0, 0], np.float32), MANY),
        Engine("B", "codec", np.array([10, 0], np.float32), MANY),
    ],
    sharpness=0.5,
    reach=2.0,
)


def heard(engine: str, x: float, y: float = 0.0, reported: tuple[str, str] | None = None) -> Heard:
    family = {"A": "gan", "B": "codec"}.get(engine, "undisclosed")
    return Heard(Sample(Path("x.wav"), None, engine, family), (x, y), reported)


KNOWN = [
    heard("A", 0.5, reported=("gan", "A")),
    heard("A", 1.0, reported=("codec", "B")),
    heard("A", 9.0),
    heard("B", 10.0),
    heard("B", 13.0),
]


def test_known_engines_are_counted_whatever_the_verdict() -> None:
    found = known_numbers(KNOWN, SPACE)
    assert found["all"]["engine"]["hits"] == 4
    assert found["all"]["family"]["hits"] == 3, "13 is beyond reach: unknown, and that is wrong"
    assert found["all"]["called_unknown"]["hits"] == 1
    assert (found["all"]["named_family"]["hits"], found["all"]["named_family"]["n"]) == (3, 4)
    assert (found["all"]["named_engine"]["hits"], found["all"]["named_engine"]["n"]) == (3, 4)
    assert found["engines"]["A"]["engine"]["rate"] == pytest.approx(2 / 3)
    assert found["engines"]["A"]["nearest"] == {"A": 2, "B": 1}
    assert (found["all"]["reported"]["hits"], found["all"]["reported_family"]["rate"]) == (2, 0.5)


def test_clips_without_traces_are_counted_and_not_attributed() -> None:
    found = known_numbers([*KNOWN, Heard(KNOWN[0].sample, None, None)], SPACE)["all"]
    assert (found["clips"], found["family"]["n"]) == (6, 5)


def test_strangeness_tells_unknown_from_known() -> None:
    unknown = [heard("X", 5.0), heard("X", 30.0), heard("Y", 0.2)]
    found = open_set(KNOWN, unknown, SPACE)
    # Distances of the known, in reaches: 0.25, 0.5, 0.5, 0, 1.5; of the unknown: 2.5, 10, 0.1.
    assert found["all"]["auroc"] == pytest.approx((5 + 5 + 1) / 15)
    assert found["known_flagged"]["hits"] == 1
    assert found["all"]["fpr95"]["hits"] == 1
    assert found["engines"]["X"]["flagged"]["rate"] == 1.0
    assert found["engines"]["Y"]["flagged"]["rate"] == 0.0
    assert found["engines"]["Y"]["family"]["hits"] == 0
    assert found["engines"]["Y"]["nearest"] == {"A": 1}
    assert open_set([], unknown, SPACE)["all"]["auroc"] is None


def test_an_enrolled_engine_is_named_and_others_keep_their_names(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(enrolled.VARIABLE, str(tmp_path))
    far = [heard("X", 5.0, 20.0 + 0.1 * k) for k in range(12)]
    found = enrolment([*KNOWN, *far], "X", SPACE, clips=6, draws=3, seed=1)
    assert found is not None
    assert (found["named"]["hits"], found["named"]["n"]) == (18, 18)
    assert found["wrongly_given"] == found["wrongly_given"] | {"hits": 0, "n": 15}
    assert os.environ[enrolled.VARIABLE] == str(tmp_path)
    assert list(tmp_path.iterdir()) == [], "the user's own enrolments are left alone"


def test_too_few_clips_are_not_enrolled() -> None:
    assert enrolment([heard("X", 0.0)] * 10, "X", SPACE, clips=6, draws=1, seed=0) is None


def test_clips_that_an_enrolled_engine_takes_away_are_counted() -> None:
    crowd = [heard("X", 0.1 * k) for k in range(12)]
    found = enrolment([*KNOWN, *crowd], "X", SPACE, clips=6, draws=1, seed=0)
    assert found is not None
    assert found["wrongly_given"]["hits"] > 0


def test_samples_of_pairs_and_of_a_list(tmp_path: Path) -> None:
    (tmp_path / "pairs-0.jsonl").write_text(json.dumps({"path": "1.flac", "method": "own_gan"}) + "\n")
    (pair,) = attribution.of_pairs(tmp_path)
    assert (pair.side, pair.engine, pair.family) == (1, "EarWitness GAN", "gan_vocoder")
    clips = [
        Clip(tmp_path / s, s != "human", "c", "f", s, "", "") for s in ("piper", "New one", "human", "x")
    ]
    found = attribution.of_clips(clips, ["piper", "New one"])
    assert [(s.engine, s.family) for s in found] == [("Piper", "vae"), ("New one", "undisclosed")]


def test_the_synthetic_side_goes_through_the_front_door(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    soundfile.write(tmp_path / "p.flac", np.tile(np.array([[0.1, 0.5]], np.float32), (100, 1)), 16_000)

    def level(source: object) -> float:
        return float(soundfile.read(source)[0].mean())

    def listen(source: object, *, name: str) -> list[SimpleNamespace]:
        return [SimpleNamespace(traces=None), SimpleNamespace(traces=(level(source), len(name)))]

    def check(source: object, *, name: str) -> SimpleNamespace:
        assert name.endswith(".wav")
        loud = level(source) > 0.4
        return SimpleNamespace(attribution=[SimpleNamespace(family="gan", engine="A")] if loud else [])

    monkeypatch.setattr(attribution, "listen", listen)
    monkeypatch.setitem(vars(earwitness), "check", check)
    loud, quiet = attribution.hear([Sample(tmp_path / "p.flac", side, "A", "gan") for side in (1, 0)])
    assert loud.traces is not None
    assert quiet.traces is not None
    assert loud.traces[0] == pytest.approx(0.5, abs=0.001)
    assert quiet.traces[0] == pytest.approx(0.1, abs=0.001)
    assert (loud.reported, quiet.reported) == (("gan", "A"), None)
