"""What is said of the clips of each generator: every clip counts, none of a generator with a clip or two."""

from __future__ import annotations

from pathlib import Path

import pytest

from earwitness.eval.generators_found import FEWEST, generators_found
from earwitness.eval.protocols import Clip, Outcome


def clip(system: str) -> Clip:
    synthetic = system != "human"
    return Clip(Path("x.wav"), synthetic, "c", "flow" if synthetic else "human", system, "s", "en")


def test_every_clip_of_a_generator_counts() -> None:
    clips = [clip("human")] * 4 + [clip("A")] * 5 + [clip("B")] * 4
    people = [Outcome(score, "likely_human") for score in (-3.0, -2.0, -1.0, 0.0)]
    easy = [Outcome(2.0, verdict) for verdict in ("synthetic", "likely_synthetic", "partly_synthetic")]
    easy += [Outcome(-1.5, "inconclusive"), Outcome(None, None, "it broke")]
    hard = [Outcome(-4.0, "likely_human")] * 3 + [Outcome(3.0, "inconclusive")]
    found = generators_found(clips, [*people, *easy, *hard])
    assert list(found) == ["A", "B"]
    assert found["A"]["family"] == "flow"
    assert found["A"]["found"]["rate"] == pytest.approx(3 / 5)
    assert found["A"]["called_human"]["rate"] == 0
    assert found["A"]["auc"] == pytest.approx((3 * 1 + 0.5) / 4)
    assert found["B"]["found"]["hits"] == 0
    assert found["B"]["called_human"]["rate"] == pytest.approx(3 / 4)
    assert found["B"]["auc"] == pytest.approx(1 / 4)
    assert found["A"]["found"]["low"] < 3 / 5 < found["A"]["found"]["high"]


def test_of_a_clip_or_two_nothing_is_said() -> None:
    clips = [clip("human"), *[clip("A")] * (FEWEST - 1)]
    assert generators_found(clips, [Outcome(0.0, "inconclusive")] * len(clips)) == {}


def test_without_people_there_is_no_curve() -> None:
    found = generators_found([clip("A")] * 3, [Outcome(1.0, "synthetic")] * 3)
    assert found["A"]["auc"] is None
    assert found["A"]["found"]["rate"] == 1
