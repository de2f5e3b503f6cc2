"""Measured numbers reach the card from result files, and only from those of its own weights."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from earwitness.errors import ModelError
from earwitness.eval.card import main, measured


def result(sha256: str) -> dict[str, Any]:
    """A result file's content, as far as the card reads it."""
    clean = {
        "eer": {"rate": 0.123456},
        "cllr": 0.55555,
        "min_cllr": None,
        "verdicts": {"all": {"fpr": 0.01, "fnr": None, "abstained_human": 0.5, "abstained_synthetic": 0.25}},
    }
    return {
        "schema": "earwitness.eval.accuracy/1",
        "models": {"earwitness": {"sha256": sha256}},
        "systems": {"earwitness": {"conditions": {"clean": clean}}},
    }


def test_numbers_are_taken_over_by_list_system_and_condition() -> None:
    found = measured({"wild": result("ab"), "speed": {"schema": "earwitness.eval.speed/1"}}, "ab")
    assert found == {
        "wild": {
            "earwitness": {
                "clean": {
                    "eer": 0.1235,
                    "cllr": 0.556,
                    "fpr": 0.01,
                    "abstained_human": 0.5,
                    "abstained_synthetic": 0.25,
                }
            }
        }
    }


def test_numbers_of_other_weights_are_refused() -> None:
    with pytest.raises(ModelError, match="other weights"):
        measured({"wild": result("ab")}, "cd")


def test_the_card_on_disk_keeps_everything_else(tmp_path: Path) -> None:
    card, numbers = tmp_path / "card.json", tmp_path / "wild.json"
    card.write_text(json.dumps({"name": "x", "sha256": "ab", "measured": {"old": 1}}))
    numbers.write_text(json.dumps(result("ab")))
    assert main([str(card), str(numbers)]) == 0
    content = json.loads(card.read_text())
    assert content["name"] == "x"
    assert list(content["measured"]) == ["wild"]
