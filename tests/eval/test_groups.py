"""Groups of people: rates over all their clips, exact intervals, the gap; none where too few are known."""

from __future__ import annotations

from pathlib import Path

import pytest

from earwitness.eval.groups import FEWEST, groups
from earwitness.eval.protocols import Clip, Outcome, read_manifest


def clip(sex: str, *, synthetic: bool = False, language: str = "en") -> Clip:
    traits = (("sex", sex),) if sex else ()
    return Clip(Path("x.wav"), synthetic, "c", "human", "human", "s", language, traits)


def told(*verdicts: str | None) -> list[Outcome]:
    return [Outcome(0.0, verdict) for verdict in verdicts]


FINE, FAKE, OPEN = "likely_human", "likely_synthetic", "inconclusive"


def test_rates_count_every_clip_of_a_group() -> None:
    women = told(*[FAKE] * 2, *[OPEN] * 8, *[FINE] * 10)
    men = told(*[FINE] * 18, "partly_synthetic", None)
    found = groups([clip("f")] * 20 + [clip("m")] * 20, women + men)
    assert list(found) == ["sex"], "one language and one corpus are no groups"
    sex = found["sex"]
    assert sex["groups"]["f"]["flagged"]["rate"] == 0.1
    assert sex["groups"]["f"]["undecided"]["rate"] == 0.4
    assert sex["groups"]["m"]["flagged"] | {"low": 0, "high": 0} == {
        "hits": 1, "n": 20, "rate": 0.05, "low": 0, "high": 0,
    }  # fmt: skip
    assert sex["groups"]["m"]["undecided"]["rate"] == 0.05, "an error is no answer"
    assert sex["gap_flagged"] == pytest.approx(0.05)
    assert sex["gap_undecided"] == pytest.approx(0.35)
    assert sex["groups"]["f"]["flagged"]["low"] < 0.1 < sex["groups"]["f"]["flagged"]["high"]


def test_synthetic_clips_and_unknown_people_are_left_out() -> None:
    clips = [clip("f")] * 20 + [clip("m")] * 20 + [clip("f", synthetic=True)] * 30 + [clip("")] * 30
    found = groups(clips, told(*[FINE] * 40, *[FAKE] * 60))
    assert {rates["flagged"]["n"] for rates in found["sex"]["groups"].values()} == {20}
    assert found["sex"]["gap_flagged"] == 0


def test_groups_of_a_few_say_nothing() -> None:
    clips = [clip("f")] * FEWEST + [clip("m")] * (FEWEST - 1)
    assert groups(clips, told(*[FINE] * len(clips))) == {}


def test_languages_are_groups_too() -> None:
    clips = [clip("", language="en")] * 20 + [clip("", language="de")] * 20
    found = groups(clips, told(*[FAKE] * 20, *[FINE] * 20))
    assert found["language"]["gap_flagged"] == 1


def test_traits_are_read_from_the_manifest(tmp_path: Path) -> None:
    (tmp_path / "a.wav").touch()
    (tmp_path / "m.tsv").write_text("path\tlabel\tsex\tage\na.wav\thuman\tf\t\n", encoding="utf-8")
    (only,) = read_manifest(tmp_path / "m.tsv")
    assert only.trait("sex") == "f"
    assert only.trait("age") == only.trait("native") == only.trait("corpus") == ""
