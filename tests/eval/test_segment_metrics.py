"""Found and bounded: numbers that can be worked out by hand."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

from earwitness.eval.segment_metrics import Heard, bucket_of, called, hear, summary
from earwitness.report import Report, Segment, Verdict

MakeReport = Callable[..., Report]
STEP = 0.1


@pytest.fixture
def told(make_report: MakeReport) -> Callable[..., Report]:
    """``told([llr a step of 0.1 s], verdict)``; None where a step was not judged."""

    def tell(
        llrs: list[float | None], verdict: Verdict = Verdict.INCONCLUSIVE, channel: Any = None
    ) -> Report:
        steps = tuple(
            Segment(
                start_s=round(k * STEP, 3), end_s=round((k + 1) * STEP, 3), llr_synthetic=llr, channel=channel
            )
            for k, llr in enumerate(llrs)
        )
        report = make_report()
        facts = report.file.model_copy(update={"duration_s": len(llrs) * STEP})
        return report.model_copy(update={"segments": steps, "verdict": verdict, "file": facts})

    return tell


def heard(
    report: Report, truth: list[tuple[float, float]], kind: str = "partial", cluster: str = "a"
) -> Heard:
    engine = "human" if kind == "human" else "e"
    return hear(report, kind=kind, engine=engine, cluster=cluster, truth=truth, threshold=1.0)


def test_time_is_called_from_the_threshold_on_and_neighbours_are_one(told: Callable[..., Report]) -> None:
    report = told([0.9, 1.0, 5.0, None, 2.0, -1.0])
    assert called(report, 1.0) == [(0.1, 0.3), (0.4, 0.5)]
    assert called(report, 6.0) == []


def test_without_a_threshold_the_verdict_says_what_is_called(told: Callable[..., Report]) -> None:
    report = told([5.0, None, -5.0])
    human = report.model_copy(update={"verdict": Verdict.LIKELY_HUMAN})
    assert called(human) == [], "whatever the time line says"
    throughout = report.model_copy(update={"verdict": Verdict.SYNTHETIC})
    assert called(throughout) == [(0.0, 0.1), (0.2, 0.3)], "all that was judged"
    stretch = Segment(start_s=0.02, end_s=0.08, llr_synthetic=4.0)
    partly = report.model_copy(update={"verdict": Verdict.PARTLY_SYNTHETIC, "stretches": (stretch,)})
    assert called(partly) == [(0.02, 0.08)]


def test_frames_carry_the_step_they_lie_in_and_any_synthetic_sound_counts(
    told: Callable[..., Report],
) -> None:
    one = heard(told([1.0, None, 3.0]), [(0.09, 0.21)])
    assert len(one.frames) == 15
    assert one.frames[4] == 1.0
    assert one.frames[10] == 3.0
    assert [math.isnan(value) for value in one.frames] == [False] * 5 + [True] * 5 + [False] * 5
    assert one.flags.tolist() == [False] * 4 + [True] * 7 + [False] * 4


def test_of_two_channels_the_higher_counts(told: Callable[..., Report]) -> None:
    left, right = told([0.0, 2.0], channel=0), told([3.0, None], channel=1)
    both = left.model_copy(update={"segments": (*left.segments, *right.segments)})
    one = heard(both, [])
    assert (one.frames[0], one.frames[9]) == (3.0, 2.0)
    assert one.called == ((0.0, 0.2),)


def test_precision_recall_and_f1_of_seconds(told: Callable[..., Report]) -> None:
    # True from 0.5 to 1.5; called from 1.0 to 2.0: half of it is right, half is found.
    parts = heard(told([0.0] * 10 + [2.0] * 10, Verdict.PARTLY_SYNTHETIC), [(0.5, 1.5)])
    assert parts.times == pytest.approx((0.5, 0.5, 0.5))
    human = heard(told([2.0] * 5 + [0.0] * 5), [], "human", "b")
    found = summary([parts, human], rounds=20)
    assert found["time_partial"]["f1"]["rate"] == pytest.approx(0.5)
    assert found["time"]["precision"]["rate"] == pytest.approx(1 / 3)
    assert found["time"]["recall"]["rate"] == pytest.approx(0.5)
    assert found["time"]["f1"]["rate"] == pytest.approx(0.4)
    interval = found["time"]["precision"]["interval"]
    assert (interval["low"], interval["high"]) == pytest.approx((0.0, 0.5))
    assert (found["files"]["partial"]["rate"], found["files"]["human"]["rate"]) == (1.0, 0.0)
    assert found["files"]["synthetic"]["rate"] is None
    assert found["engines"]["e"]["time"]["f1"]["rate"] == pytest.approx(0.4)


def test_a_perfect_and_a_deaf_answer(told: Callable[..., Report]) -> None:
    perfect = heard(told([-3.0] * 10 + [3.0] * 10), [(1.0, 2.0)])
    found = summary([perfect], rounds=5)
    assert found["frames"]["eer"]["rate"] == 0.0
    assert found["time"]["f1"]["rate"] == 1.0
    assert found["stretches"]["all"]["border_error_s"] == {"median": 0.0, "p90": 0.0}
    deaf = heard(told([0.0] * 20), [(1.0, 2.0)])
    found = summary([deaf], rounds=5)
    assert found["frames"]["eer"]["rate"] == pytest.approx(0.5)
    assert found["time"]["f1"]["rate"] == 0.0
    assert found["time"]["precision"]["rate"] is None
    # No threshold does better than chance: the hull of the ROC is the diagonal.
    turned = heard(told([3.0] * 10 + [-3.0] * 10), [(1.0, 2.0)])
    assert summary([turned], rounds=5)["frames"]["eer"]["rate"] == pytest.approx(0.5)


def test_frames_without_a_score_are_left_out_and_counted(told: Callable[..., Report]) -> None:
    found = summary([heard(told([-3.0] * 10 + [3.0] * 5 + [None] * 5), [(1.0, 2.0)])], rounds=5)["frames"]
    assert found["eer"]["rate"] == 0.0
    assert (found["frames"], found["synthetic"]) == (100, 50)
    assert (found["unscored"], found["unscored_synthetic"]) == (25, 25)


def test_fully_synthetic_recordings_count_as_files_only(told: Callable[..., Report]) -> None:
    parts = heard(told([0.0] * 20), [(1.0, 2.0)])
    whole = heard(told([5.0] * 20, Verdict.SYNTHETIC), [(0.0, 2.0)], "synthetic")
    found = summary([parts, whole], rounds=5)
    assert found["time"]["recall"]["rate"] == 0.0
    assert found["stretches"]["all"]["n"] == 1
    assert found["files"]["synthetic"]["hits"] == 1


def test_stretches_by_length_and_how_far_off_their_borders_are(told: Callable[..., Report]) -> None:
    # A short one, called 0.1 s late and ended 0.2 s late; a long one of which a quarter is called.
    llrs = [0.0] * 6 + [2.0] * 7 + [0.0] * 7 + [2.0] * 10 + [0.0] * 40
    one = heard(told(llrs, Verdict.PARTLY_SYNTHETIC), [(0.5, 1.1), (2.0, 6.0)])
    found = summary([one], rounds=5)["stretches"]
    assert list(found) == ["all", "0.5-1 s", "over 4 s"]
    short, long = found["0.5-1 s"], found["over 4 s"]
    assert short["recall"]["rate"] == pytest.approx(5 / 6)
    assert short["border_error_s"]["median"] == pytest.approx(0.15)
    assert (short["located"]["rate"], long["located"]["rate"]) == (1.0, 0.0)
    assert long["recall"]["rate"] == pytest.approx(0.25)
    assert long["border_error_s"]["median"] is None
    # The recording counts where its longest stretch does.
    assert (short["files"]["n"], long["files"]["n"], found["all"]["files"]["n"]) == (0, 1, 1)


@pytest.mark.parametrize(
    ("length", "name"),
    [(0.4, "under 0.5 s"), (0.5, "0.5-1 s"), (1.0, "1-2 s"), (3.99, "2-4 s"), (4.0, "over 4 s")],
)
def test_buckets(length: float, name: str) -> None:
    assert bucket_of((0.0, length)) == name
