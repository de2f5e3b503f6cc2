"""From a checkpoint to a card: files that the runtime accepts, and what they were made of."""

import hashlib
import json
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from earwitness.detector import card as cards
from earwitness.detector.card import read_card, read_weights
from earwitness.detector.model import SpectrogramDetector
from earwitness.detector.training.ship import main


def test_the_runtime_accepts_card_and_weights(shipped: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cards, "weights_folder", lambda: shipped / "out")
    read_card.cache_clear()
    try:
        card = read_card()
        detector = SpectrogramDetector(card, read_weights(card), threads=1)
    finally:
        read_card.cache_clear()
    assert card.version == "7"
    assert card.telephone is not None
    assert set(card.telephone.thresholds) == set(card.thresholds)
    assert set(card.thresholds) == {"synthetic", "likely_synthetic", "likely_human"}
    for way in (card, card.telephone):
        assert way.limits is not None
        assert set(way.limits.of([0.5, 0.5])) == {*card.thresholds, "stretch", "contrast"}
    assert card.conditions is not None
    assert card.conditions.names == ("clean", "g711")
    for local in (card.local, card.telephone.local):
        assert local is not None
        assert np.isfinite([getattr(local, field.name) for field in fields(local)]).all()
    assert detector.steps(np.zeros((1, *detector.vector_shape), np.float32)) is not None
    assert detector.info.sha256 == hashlib.sha256((shipped / "out" / "spectro.onnx").read_bytes()).hexdigest()


def test_the_card_tells_about_data_and_calibration(shipped: Path) -> None:
    card = json.loads((shipped / "out" / "spectro.json").read_text(encoding="utf-8"))
    assert card["training_data"] == ["somebody's voices"]
    assert card["calibrated_on"]["scores"] == 8, "four clips, two conditions"
    assert card["calibrated_on"]["sources"] == ["engine 1", "engine 3", "site 0", "site 1"]
    for table in (card["runtime"], card["runtime"]["telephone"]["whole"]):
        assert table["unseen"] == 0.25, "one engine more than the two, of four"
    assert card["licence"]
    assert np.isfinite([card["runtime"]["whole"][k] for k in ("slope", "offset")]).all()


def test_development_recordings_of_parts_must_be_given(shipped: Path) -> None:
    dev, data = str(shipped / "manifest.tsv"), str(shipped / "data.json")
    with pytest.raises(SystemExit):
        main(
            [str(shipped / "best.pt"), "--dev", dev, "--data", data, "--version", "7", "--out", str(shipped)]
        )
