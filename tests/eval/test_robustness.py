"""The sweep's subset, its numbers by hand, and a run on tones whose right answer is known."""

from __future__ import annotations

from pathlib import Path

import pytest

from earwitness.errors import UsageError
from earwitness.eval import robustness, sweep, sweep_lengths
from earwitness.eval.protocols import Clip, Outcome, read_manifest


def clip(index: int, *, synthetic: bool, corpus: str = "c", system: str = "human") -> Clip:
    return Clip(Path(f"{index:03d}.wav"), synthetic, corpus, "f", system, f"s{index}", "en")


def test_a_subset_has_every_corpus_and_system_in_its_share() -> None:
    people = [clip(k, synthetic=False, corpus="ab"[k >= 60]) for k in range(90)]
    fakes = [clip(k, synthetic=True, system="xy"[k >= 30]) for k in range(60)]
    found = robustness.subset(people + fakes, 50)
    assert sum(not c.synthetic for c in found) == 30
    assert sum(c.corpus == "a" for c in found if not c.synthetic) == 20
    assert sum(c.system == "x" for c in found if c.synthetic) == 10
    assert len(set(found)) == 50
    assert len(robustness.subset(people + fakes, 0)) == 150
    few = robustness.subset(people + fakes[:5], 50)
    assert (sum(not c.synthetic for c in few), len(few)) == (45, 50)


def test_numbers_by_hand() -> None:
    clips = [clip(k, synthetic=k >= 4) for k in range(8)]
    verdicts = ["likely_human", "likely_human", "inconclusive", "synthetic"]
    verdicts += ["synthetic", "likely_synthetic", "inconclusive", "likely_human"]
    outcomes = [Outcome(float(k), v, 0.5) for k, v in enumerate(verdicts)]
    found = robustness.numbers(clips, outcomes, 5, 0)
    assert (found["auc"], found["eer"]["rate"]) == (1.0, 0.0)
    assert (found["false_alarms"]["rate"], found["false_alarms_decided"]["n"]) == (0.25, 3)
    assert (found["undecided_human"]["rate"], found["undecided_synthetic"]["rate"]) == (0.25, 0.25)
    assert (found["missed"]["rate"], found["caught"]["rate"]) == (0.25, 0.5)


def test_without_scores_there_are_shares_all_the_same() -> None:
    clips = [clip(0, synthetic=False), clip(1, synthetic=True)]
    found = robustness.numbers(clips, [Outcome(None, "inconclusive")] * 2, 5, 0)
    assert found["eer"] is None
    assert found["undecided_human"]["rate"] == 1.0


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few points and lengths only: each clip goes through every one."""
    names = ["phone_call", "opus=16", "level=-20", "white=10", "recorded=10"]
    monkeypatch.setattr(sweep, "POINTS", {name: sweep.POINTS[name] for name in names})
    monkeypatch.setattr(sweep_lengths, "SECONDS", (2, 1))


@pytest.mark.usefixtures("front_door", "short")
def test_a_run_on_tones(manifest: Path, tmp_path: Path) -> None:
    clips = read_manifest(manifest)
    request = robustness.Request(
        clips=clips,
        described={"name": "m"},
        cache=tmp_path / "cache",
        rounds=5,
        noises=(clips[0].path,),
    )
    told: list[tuple[int, int]] = []
    found = robustness.measure(request, lambda done, total: told.append((done, total)))
    assert told[-1][0] == told[-1][1] > 60
    assert found["manifest"]["name"] == "m"
    assert found["subset"]["target_human"] == 6
    assert found["clean"]["eer"]["rate"] == 0.0
    assert set(found["axes"]) == {"telephone", "codec", "level", "noise", "length"}
    (level,) = found["axes"]["level"]["kinds"]["level"]
    assert (level["name"], level["value"], level["eer"]["rate"]) == ("level=-20", -20.0, 0.0)
    assert [p["value"] for p in found["axes"]["length"]["kinds"]["length"]] == [2.0, 1.0]
    points = found["target"]["points"]
    assert list(points) == ["clean", "phone_call", "opus=16", "white=10", "recorded=10"]
    # People hum at 400-500 Hz: all are told they are human, clearly enough.
    assert points["clean"]["met"]
    assert points["clean"]["false_alarms"]["n"] == 6


@pytest.mark.usefixtures("front_door", "short")
def test_one_class_alone_is_refused(manifest: Path, tmp_path: Path) -> None:
    people = [c for c in read_manifest(manifest) if not c.synthetic]
    with pytest.raises(UsageError, match="human and synthetic"):
        robustness.measure(robustness.Request(clips=people, described={}, cache=tmp_path))


def test_a_target_is_missed_by_one_alarm_in_twenty() -> None:
    outcomes = [Outcome(0.0, "likely_human")] * 19 + [Outcome(9.0, "synthetic")]
    found = robustness._target(["clean"], [outcomes])["points"]["clean"]
    assert (found["false_alarms"]["rate"], found["met"]) == (0.05, False)
    undecided = [Outcome(0.0, "likely_human")] * 8 + [Outcome(None)] * 2
    assert not robustness._target(["clean"], [undecided])["points"]["clean"]["met"]
