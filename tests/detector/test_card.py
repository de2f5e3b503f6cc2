"""The card beside the weights: read whole or refused, with a name and a way out."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from earwitness.detector import card as cards
from earwitness.detector.calibrate import Calibration, Local
from earwitness.detector.card import SecondLook, read_card, read_weights
from earwitness.errors import ModelError

CARD: dict[str, Any] = {
    "name": "other",
    "version": "3",
    "sha256": "0" * 64,
    "runtime": {
        "window": 38,
        "hop": 6,
        "whole": {"slope": 2.0, "offset": 1.0},
        "windows": {"slope": 1.0, "offset": 0.0},
        "thresholds": {"synthetic": 2},
    },
}
RUNTIME: dict[str, Any] = CARD["runtime"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A weights folder of the test's own."""
    monkeypatch.setattr(cards, "weights_folder", lambda: tmp_path)
    read_card.cache_clear()
    return tmp_path


@pytest.fixture(autouse=True)
def _forget() -> Any:
    yield
    read_card.cache_clear()


def test_a_card_says_how_steps_are_read(folder: Path) -> None:
    local = {
        "width": 9,
        "slope": 1.0,
        "share": 0.5,
        "offset": -1.0,
        "human": -1.0,
        "stretch": 2.0,
        "contrast": 4.0,
    }
    phone = {key: RUNTIME[key] for key in ("whole", "windows", "thresholds")}
    table = {**RUNTIME, "local": local, "telephone": {**phone, "local": {**local, "slope": 3.0}}}
    (folder / "other.json").write_text(json.dumps({**CARD, "runtime": table}), encoding="utf-8")
    card = read_card("other")
    assert card.local == Local(**local)
    assert card.telephone is not None
    assert card.telephone.local == Local(**{**local, "slope": 3.0})
    (folder / "plain.json").write_text(
        json.dumps({**CARD, "runtime": {**RUNTIME, "telephone": phone}}), "utf-8"
    )
    plain = read_card("plain")
    assert plain.local is None
    assert plain.telephone is not None
    assert plain.telephone.local is None


def test_a_card_names_its_localiser(folder: Path) -> None:
    named = {"file": "l.onnx", "sha256": "1" * 64, "share": 0.5}
    (folder / "other.json").write_text(json.dumps({**CARD, "localiser": named}), encoding="utf-8")
    assert read_card("other").localiser == SecondLook("l.onnx", "1" * 64, 0.5)
    (folder / "plain.json").write_text(json.dumps(CARD), encoding="utf-8")
    assert read_card("plain").localiser is None


def test_a_card_is_read(folder: Path) -> None:
    (folder / "other.json").write_text(json.dumps(CARD), encoding="utf-8")
    card = read_card("other")
    assert card.whole == Calibration(2.0, 1.0)
    assert card.thresholds == {"synthetic": 2.0}


DAMAGED: dict[str, str] = {
    "empty": "",
    "cut": json.dumps(CARD)[:60],
    "list": "[]",
    "nothing-in-it": "{}",
    "runtime-list": json.dumps({**CARD, "runtime": []}),
    "no-window": json.dumps({**CARD, "runtime": {k: v for k, v in RUNTIME.items() if k != "window"}}),
    "calibration": json.dumps({**CARD, "runtime": {**RUNTIME, "whole": {"slop": 1}}}),
    "local": json.dumps({**CARD, "runtime": {**RUNTIME, "local": {"width": 9}}}),
    "local-nothing": json.dumps({**CARD, "runtime": {**RUNTIME, "local": None}}),
    "localiser": json.dumps({**CARD, "localiser": {"file": "l.onnx"}}),
    "thresholds-list": json.dumps({**CARD, "runtime": {**RUNTIME, "thresholds": [1]}}),
    "threshold-word": json.dumps({**CARD, "runtime": {**RUNTIME, "thresholds": {"synthetic": "high"}}}),
}


@pytest.mark.parametrize("name", sorted(DAMAGED))
def test_a_damaged_card_is_an_error_with_a_name(folder: Path, name: str) -> None:
    (folder / f"{name}.json").write_text(DAMAGED[name], encoding="utf-8")
    with pytest.raises(ModelError, match=name) as caught:
        read_card(name)
    assert caught.value.hint


def test_a_missing_card_and_missing_weights(folder: Path) -> None:
    with pytest.raises(ModelError, match="nowhere"):
        read_card("nowhere")
    (folder / "other.json").write_text(json.dumps(CARD), encoding="utf-8")
    with pytest.raises(ModelError, match="cannot be read"):
        read_weights(read_card("other"))


def test_weights_of_another_card_are_refused() -> None:
    with pytest.raises(ModelError, match="not those of their card"):
        read_weights(replace(read_card(), sha256="0" * 64))
