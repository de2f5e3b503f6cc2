"""Thresholds are those of the model that judged, moved by the prior."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from earwitness.cli import cards as module
from earwitness.cli.thresholds import thresholds_in_words
from earwitness.report import Report

LIMITS = {"synthetic": 3.0, "likely_synthetic": 1.5, "likely_human": -1.25, "stretch": 2.0}


@pytest.fixture
def lay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """``lay(**card)``: the one card in the weights folder."""
    monkeypatch.setattr(module, "weights_folder", lambda: tmp_path)

    def write(**card: Any) -> None:
        (tmp_path / "fake.json").write_text(json.dumps({"name": "fake"} | card))

    return write


def test_at_equal_odds(lay: Callable[..., None], make_report: Callable[..., Report]) -> None:
    lay(runtime={"thresholds": LIMITS})
    assert (
        thresholds_in_words(make_report(), 0.5)
        == "synthetic from LLR +3.00, likely synthetic from +1.50, likely human up to -1.25"
    )


def test_a_prior_moves_them(lay: Callable[..., None], make_report: Callable[..., Report]) -> None:
    lay(runtime={"thresholds": LIMITS})
    words = thresholds_in_words(make_report(), 0.1)
    assert f"synthetic from LLR {3 + math.log(9):+.2f}" in str(words)


@pytest.mark.parametrize(
    "card",
    [
        {},
        {"runtime": {}},
        {"runtime": {"thresholds": {"synthetic": 1}}},
        {"name": "other", "runtime": {"thresholds": LIMITS}},
    ],
)
def test_unknown_thresholds_are_not_invented(
    lay: Callable[..., None], make_report: Callable[..., Report], card: dict[str, Any]
) -> None:
    lay(**card)
    assert thresholds_in_words(make_report(), 0.5) is None


def test_telephone_recordings_are_told_their_own_thresholds(
    lay: Callable[..., None], make_report: Callable[..., Report]
) -> None:
    narrow = {"synthetic": 2.0, "likely_synthetic": 1.0, "likely_human": -0.5, "stretch": 2.0}
    lay(runtime={"thresholds": LIMITS, "telephone": {"thresholds": narrow}})
    report = make_report()
    phone = report.model_copy(update={"quality": report.quality.model_copy(update={"telephone": True})})
    assert "from LLR +3.00" in str(thresholds_in_words(report, 0.5))
    assert "from LLR +2.00" in str(thresholds_in_words(phone, 0.5))
    lay(runtime={"thresholds": LIMITS})
    assert "from LLR +3.00" in str(thresholds_in_words(phone, 0.5))
