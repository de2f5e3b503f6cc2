"""What must not tell the classes apart."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from earwitness.generators.attacks.audit import (
    FEATURES,
    auc,
    audit,
    features,
    is_suspicious,
    write_audit,
)

Float32 = npt.NDArray[np.float32]


def entries(count: int, shift: float) -> list[dict[str, Any]]:
    rng = np.random.default_rng(0)
    found = []
    for number in range(count):
        base: dict[str, Any] = {"pair_id": str(number), "seconds": 36.0}
        for label, extra in (("human", 0.0), ("partial" if number % 2 else "synthetic", shift)):
            values = {name: float(rng.standard_normal()) for name in FEATURES}
            values["level_db"] += extra
            family = "human" if label == "human" else "vae"
            found.append({**base, "label": label, "family": family, "features": values})
    return found


def test_auc() -> None:
    assert auc([0, 1], [2, 3]) == 1.0
    assert auc([2, 3], [0, 1]) == 0.0
    assert auc([1, 1], [1, 1]) == 0.5
    assert auc([0, 1, 2], [1]) == 0.5
    assert auc([], [1]) == 0.5


def test_a_feature_that_gives_a_class_away_is_named() -> None:
    assert audit(entries(200, 0.0))["suspicious"] == []
    found = audit(entries(200, 1.0))
    assert found["suspicious"] == ["level_db"]
    assert found["auc"]["level_db"] == pytest.approx(0.76, abs=0.04)
    assert found["families"]["vae"]["attacks"] == found["attacks"] == 200
    assert found["partial"] == 100
    assert found["attack_hours"] == found["human_hours"] == pytest.approx(2.0)


def test_a_small_family_does_not_drown() -> None:
    every = entries(200, 0.0)
    for entry in every:
        if int(entry["pair_id"]) < 15 and entry["label"] != "human":
            entry["family"] = "formant"
            entry["features"]["end_db"] += 3.0
    found = audit(every)
    assert found["suspicious"] == []
    assert "end_db" in found["families"]["formant"]["suspicious"]
    assert found["families"]["vae"]["suspicious"] == []


def test_zeros_count_in_runs_only() -> None:
    x = np.tile(np.asarray([0.1, 0.0], np.float32), 8_000)
    assert features(x)["zeros"] == 0.0
    x[4_000:4_800] = 0.0
    assert features(x)["zeros"] == pytest.approx(800 / 16_000, abs=1e-3)


def test_few_files_tell_nothing() -> None:
    assert not is_suspicious(0.7, 8)
    assert is_suspicious(0.7, 100)
    assert not is_suspicious(0.9, 0)
    assert audit([])["attacks"] == 0


def test_features_are_those_that_are_named(speech_like: Callable[..., Float32], tmp_path: Path) -> None:
    x = np.concatenate([np.zeros(4_800, np.float32), speech_like(2.0)])
    found = features(x)
    assert set(found) == set(FEATURES)
    assert found["seconds"] == 2.3
    assert found["leading_silence_s"] == pytest.approx(0.3, abs=0.06)
    assert found["zeros"] == pytest.approx(4_800 / x.size, rel=0.05)
    assert found["trailing_silence_s"] < 0.1
    assert found["start_db"] == -120
    assert found["end_db"] > -120
    assert found["peak_db"] == pytest.approx(-6.0, abs=0.1)
    write_audit(tmp_path, audit([]))
    assert json.loads((tmp_path / "audit.json").read_text(encoding="utf-8"))["attacks"] == 0
    assert features(np.zeros(0, np.float32))["seconds"] == 0
