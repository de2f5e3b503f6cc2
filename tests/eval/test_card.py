"""Measured numbers reach the card from result files, and only from those of its own weights."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from earwitness.errors import ModelError
from earwitness.eval.card import main, measured, measured_generator


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


def generators(sha256: str) -> dict[str, Any]:
    """A result of bench_generators, as far as the card reads it."""
    return {
        "schema": "earwitness.eval.generators/1",
        "weights": {"gan": sha256, "conversion": sha256, "vae": "other"},
        "copy": {"gan": {"n": 40, "pesq": {"mean": 2.71828, "low": 2.5, "high": 2.9}, "mos": {"mean": None}}},
        "convert": {"vae": {"n": 40, "nearer_to_target": {"rate": 0.75, "low": 0.6, "high": 0.9}}},
        "speed": {"copy": {"gan": {"rtf": 0.00912}}, "text": {}},
    }


def test_a_generators_card_takes_its_own_parts() -> None:
    results = {"bench": generators("ab"), "wild": result("ab")}
    assert measured_generator(results, "gan", "ab") == {
        "bench": {"copy": {"n": 40, "pesq": 2.7183, "real_time_factor": 0.0091}}
    }
    assert measured_generator(results, "conversion", "ab") == {
        "bench": {"convert": {"n": 40, "nearer_to_target": 0.75}}
    }
    with pytest.raises(ModelError, match="other weights"):
        measured_generator(results, "vae", "ab")


def test_the_card_of_a_generator_on_disk(tmp_path: Path) -> None:
    card, numbers = tmp_path / "gan.json", tmp_path / "bench.json"
    card.write_text(json.dumps({"name": "gan", "kind": "generator", "sha256": "ab"}))
    numbers.write_text(json.dumps(generators("ab")))
    assert main([str(card), str(numbers)]) == 0
    assert json.loads(card.read_text())["measured"]["bench"]["copy"]["pesq"] == 2.7183
