"""Cards are read as they are, and weights that differ from their card are found out."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from earwitness.api.cards import read_cards, weights_folder
from earwitness.errors import ModelError

WEIGHTS = b"weights" * 1000


def lay(folder: Path, name: str = "small", weights: bytes | None = WEIGHTS, **card: Any) -> None:
    content = {"name": name, "version": "1", "sha256": hashlib.sha256(WEIGHTS).hexdigest()} | card
    (folder / f"{name}.json").write_text(json.dumps(content))
    if weights is not None:
        (folder / f"{name}.onnx").write_bytes(weights)


def test_a_whole_card(tmp_path: Path) -> None:
    lay(
        tmp_path,
        licence="Apache-2.0",
        kind="detector",
        measured={"wild": {"eer": 0.25, "n": 589}, "list": [1, 2]},
    )
    (card,) = read_cards(tmp_path)
    assert (card.name, card.version, card.kind, card.licence) == ("small", "1", "detector", "Apache-2.0")
    assert card.size_bytes == len(WEIGHTS)
    assert card.problem is None
    assert card.measured == {"wild / eer": 0.25, "wild / n": 589}


def test_cards_come_by_name(tmp_path: Path) -> None:
    lay(tmp_path, "b")
    lay(tmp_path, "a", file="b.onnx", weights=None)
    assert [card.name for card in read_cards(tmp_path)] == ["a", "b"]
    assert all(card.problem is None for card in read_cards(tmp_path))


def test_altered_missing_and_unstated_weights_are_problems(tmp_path: Path) -> None:
    lay(tmp_path, "altered", WEIGHTS[:-1] + b"!")
    lay(tmp_path, "missing", None)
    lay(tmp_path, "unstated", sha256="")
    problems = {card.name: card.problem for card in read_cards(tmp_path)}
    assert "not those of the card" in (problems["altered"] or "")
    assert "cannot be read" in (problems["missing"] or "")
    assert "no sha256" in (problems["unstated"] or "")


@pytest.mark.parametrize("text", ["{", "[1]", "\x00"])
def test_a_broken_card_is_our_error(tmp_path: Path, text: str) -> None:
    (tmp_path / "broken.json").write_text(text)
    with pytest.raises(ModelError, match=r"broken\.json"):
        read_cards(tmp_path)


def test_an_empty_folder_has_none(tmp_path: Path) -> None:
    assert read_cards(tmp_path) == []


def test_the_shipped_weights_match_their_cards() -> None:
    cards = read_cards()
    assert cards
    assert weights_folder().is_dir()
    for card in cards:
        assert card.problem is None
        assert card.licence != "not stated"
        assert card.measured


def test_a_model_of_several_files_is_whole_or_not(tmp_path: Path) -> None:
    digest = hashlib.sha256(WEIGHTS).hexdigest()
    lay(tmp_path, "two", files={"two.onnx": digest, "more.npy": digest})
    (card,) = read_cards(tmp_path)
    assert "cannot be read" in (card.problem or "")
    (tmp_path / "more.npy").write_bytes(WEIGHTS)
    (card,) = read_cards(tmp_path)
    assert (card.problem, card.size_bytes, card.file) == (None, 2 * len(WEIGHTS), "two.onnx, more.npy")
    (tmp_path / "more.npy").write_bytes(WEIGHTS[1:])
    (card,) = read_cards(tmp_path)
    assert "not those of the card" in (card.problem or "")
