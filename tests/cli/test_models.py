"""The list of models: a table for people, whole cards for programs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from earwitness.api import cards as module

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty weights folder in place of the shipped ones."""
    monkeypatch.setattr(module, "weights_folder", lambda: tmp_path)
    monkeypatch.setattr(module, "generator_cards", list)
    return tmp_path


def lay(folder: Path, **card: Any) -> None:
    import hashlib

    (folder / "m.onnx").write_bytes(b"1234")
    content = {
        "name": "m",
        "version": "7.1",
        "licence": "Apache-2.0",
        "sha256": hashlib.sha256(b"1234").hexdigest(),
    }
    (folder / "m.json").write_text(json.dumps(content | card))


def test_table(earwitness: Call, weights: Path) -> None:
    lay(weights, measured={"held out": {"EER": 0.1234}})
    code, out, _ = earwitness("models")
    assert code == 0
    for words in ("m 7.1", "Apache-2.0", "4 bytes", "matches the card", "held out / EER", "0.1234"):
        assert words in out


def test_json(earwitness: Call, weights: Path) -> None:
    lay(weights, extra={"deep": [1]})
    code, out, _ = earwitness("models", "--json")
    assert code == 0
    (card,) = json.loads(out)
    assert card["version"] == "7.1"
    assert card["card"]["extra"] == {"deep": [1]}


def test_altered_weights_are_an_error(earwitness: Call, weights: Path) -> None:
    lay(weights, sha256="00" * 32)
    code, out, _ = earwitness("models")
    assert code == 2
    assert "not those of the card" in " ".join(out.split())


def test_no_model_is_an_error(earwitness: Call, weights: Path) -> None:
    code, out, _ = earwitness("models")
    assert code == 2
    assert "No model is installed" in out
    assert weights.is_dir()


def test_many_numbers_are_cut_and_counted(earwitness: Call, weights: Path) -> None:
    lay(weights, measured={f"set {k}": k / 100 for k in range(40)})
    _, out, _ = earwitness("models")
    assert "and 16 more: earwitness models --json" in out


def test_what_ships_is_what_its_cards_say(earwitness: Call) -> None:
    code, out, _ = earwitness("models", "--json")
    assert code == 0
    cards = {card["name"]: card for card in json.loads(out)}
    assert {"spectro", "gan", "vae", "autoregressive"} <= set(cards)
    assert all(card["problem"] is None for card in cards.values())
    sizes = [card["size_bytes"] for card in cards.values() if card["kind"] == "generator"]
    assert sum(sizes) < 40e6  # promised of all generators together
