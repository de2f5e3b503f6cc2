"""Counting: rates, groups, targets, calibration and quality of invented answers."""

from __future__ import annotations

from typing import Any

import pytest

from earwitness.eval.mark_summary import calibration, group_table, quality_table, rates, targets


def answer(
    detected: bool, exact: bool | None = None, p: float | None = None, wrong: tuple[Any, ...] = ()
) -> dict[str, Any]:
    return {"detected": detected, "exact": exact, "p": p, "wrong": wrong}


YES, NO = answer(True, True), answer(False, False)


def test_rates_count_what_was_heard() -> None:
    entry = rates([YES, YES, NO, {"skipped": "no engine"}])
    assert entry["n"] == 3
    assert entry["detected"]["rate"] == pytest.approx(2 / 3)
    assert entry["exact"]["hits"] == 2
    assert rates([{"skipped": "no engine"}]) == {"n": 0, "skipped": ["no engine"]}
    assert "exact" not in rates([answer(True), answer(False)])


def test_groups_weigh_attacks_equally() -> None:
    found = group_table(
        {"opus_16k": [YES] * 10, "mp3_32k": [NO, YES], "gsm": [NO], "world": [{"skipped": "x"}]}
    )
    assert set(found) == {"codec", "gsm"}
    codec = found["codec"]["exact"]
    assert codec["mean"] == pytest.approx(0.75)
    assert codec["worst"] == 0.5
    assert (codec["hits"], codec["n"]) == (11, 12)


def test_targets_are_met_or_not() -> None:
    found = targets(
        {"opus_16k": [YES], "white_20db": [YES], "gsm": [YES, NO], "crop_1s": [answer(True, False)]}
    )
    assert set(found) == {"mild", "gsm", "crop_1s"}
    assert found["mild"]["met"]
    assert not found["gsm"]["met"]
    assert found["crop_1s"]["what"] == "detected"
    assert found["crop_1s"]["met"]


def test_calibration_counts_own_and_wrong_keys() -> None:
    found = calibration(
        [
            ("none", answer(False, False, 0.5, ((0.04, False),))),
            ("gsm", answer(False, False, 0.9, ((1e-9, True),))),
            ("gsm", {"skipped": "x"}),
        ]
    )
    assert found["false_alarms"]["hits"] == 1
    assert found["false_alarms"]["n"] == 4
    assert found["attacks_with_alarms"] == ["gsm"]
    assert found["smallest_p"] == 1e-9
    assert found["share_under"]["0.1"] == 0.5
    assert found["by_group"]["none"]["n"] == 1


def test_quality_is_summed_from_its_bad_side() -> None:
    measured = [{"pesq_wb": 4.0 + k / 100, "modulation_db": k / 100, "stoi": None} for k in range(100)]
    found = quality_table(measured)
    assert found["pesq_wb"]["bad_5_percent"] == pytest.approx(4.05)
    assert found["modulation_db"]["bad_5_percent"] == pytest.approx(0.94)
    assert "stoi" not in found
