"""Targets stand beside what was measured, and "met" is said of nothing that is not."""

from __future__ import annotations

from typing import Any

import pytest

from earwitness.eval.report import RESULTS, read_result
from earwitness.eval.target_tables import target_table


def accuracy(**clean: Any) -> dict[str, Any]:
    numbers = {"eer": {"rate": 0.04}, "macro_eer": {"rate": 0.11}} | clean
    return {
        "schema": "earwitness.eval.accuracy/1",
        "systems": {"earwitness": {"conditions": {"clean": numbers}}},
    }


def rows(results: dict[str, dict[str, Any]]) -> dict[str, tuple[str, str, str]]:
    lines = [line.strip("| ").split(" | ") for line in target_table(results).splitlines()[4:]]
    return {what: (target, told, verdict) for what, target, told, verdict in lines}


def test_clips_from_the_wild_have_another_target_than_what_was_held_out() -> None:
    found = rows({"heldout": accuracy(), "wild_dev": accuracy()})
    assert found["heldout: EER"] == ("at most 4 %", "4.0 %", "met")
    assert found["wild_dev: EER"] == ("at most 10 %", "4.0 %", "met")
    assert found["wild_dev: EER, mean of corpora"] == ("at most 10 %", "11.0 %", "missed")
    assert "heldout: EER, mean of corpora" not in found


@pytest.mark.parametrize(("value", "verdict"), [(0.25, "met"), (0.251, "missed")])
def test_a_limit_itself_is_met_and_more_is_not(value: float, verdict: str) -> None:
    found = rows({"heldout": accuracy(act_dcf=value, cllr=0.2)})
    assert found["heldout: actDCF"][2] == verdict
    assert found["heldout: Cllr"] == ("at most 0.30", "0.20", "met")


def test_only_the_families_that_were_asked_for_have_a_row() -> None:
    families = {
        "transformer LM": {"missed_at_2_percent": 0.3},
        "diffusion/flow": {"missed_at_2_percent": 0.1},
        "VAE/VITS": {"missed_at_2_percent": 0.9},
    }
    found = rows({"heldout": accuracy(families=families)})
    assert found["heldout: transformer LM missed at 2 % false alarms"][2] == "missed"
    assert found["heldout: diffusion/flow missed at 2 % false alarms"][2] == "met"
    assert not any("VITS" in what for what in found)


def test_the_head_counts_what_is_met() -> None:
    found = target_table({"wild_dev": accuracy()})
    assert found.startswith("Targets of the detector (1 of 2 met)\n")


def test_nothing_measured_makes_no_table() -> None:
    assert target_table({}) == ""
    assert target_table({"other": {"schema": "another"}}) == ""


def test_every_target_of_the_detector_was_measured() -> None:
    results = {path.stem: read_result(path) for path in sorted(RESULTS.glob("*.json"))}
    found = rows(results)
    text = "\n".join(found)
    for needle in (
        "wild_dev: EER",
        "heldout: EER",
        "heldout: actDCF",
        "heldout: Cllr",
        "people called synthetic",
        "people undecided",
        "missed at 2 % false alarms",
        "recordings found",
        "F1 of the time",
        "family right",
        "AUROC",
        "AASIST",
        "largest gap",
    ):
        assert needle in text
    assert {verdict for *_, verdict in found.values()} <= {"met", "missed"}
