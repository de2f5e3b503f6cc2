"""The weights cards shipped with detector and generators, and whether the weights are what they say."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from earwitness.errors import ModelError

__all__ = ["Card", "generator_cards", "read_cards", "weights_folder"]

_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Card:
    """One model that ships with EarWitness, as its card describes it and as its files are.

    sha256: what the card states. measured: what its measured numbers are, flattened to
    ``"set / measure" -> value``. problem: why the weights cannot be trusted, None when they can.
    """

    name: str
    version: str
    kind: str
    licence: str
    file: str
    path: str
    size_bytes: int | None
    sha256: str
    problem: str | None
    measured: dict[str, float | str] = field(default_factory=dict)
    card: dict[str, Any] = field(default_factory=dict)


def weights_folder() -> Path:
    """Where the shipped weights of the detector lie."""
    import earwitness.detector

    return Path(next(iter(earwitness.detector.__path__))) / "weights"


def read_cards(folder: Path | None = None) -> list[Card]:
    """Every card in the folder, the detector's if None, by name. Raises ModelError when a card is no JSON
    object."""
    folder = weights_folder() if folder is None else folder
    return [_read(path) for path in sorted(folder.glob("*.json"))]


def generator_cards() -> list[Card]:
    """The cards of the shipped generators. Raises ModelError as ``read_cards``."""
    import earwitness.generators

    return read_cards(Path(next(iter(earwitness.generators.__path__))) / "weights")


def _read(path: Path) -> Card:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(f"the weights card cannot be read: {error}.", subject=path.name) from error
    if not isinstance(content, dict):
        raise ModelError("the weights card is no JSON object.", subject=path.name)
    stated = str(content.get("sha256", ""))
    # A model of several files states the hash of each.
    files = content.get("files") or {str(content.get("file") or f"{path.stem}.onnx"): stated}
    weights = path.parent / next(iter(files))
    inspected = [_inspect(path.parent / name, str(digest)) for name, digest in files.items()]
    problem = next((found for _, found in inspected if found is not None), None)
    sizes = [size for size, _ in inspected]
    size = None if None in sizes else sum(one for one in sizes if one is not None)
    return Card(
        name=str(content.get("name") or path.stem),
        version=str(content.get("version") or "not stated"),
        kind=str(content.get("kind") or "detector"),
        licence=str(content.get("licence") or content.get("license") or "not stated"),
        file=", ".join(files),
        path=str(weights),
        size_bytes=size,
        sha256=stated,
        problem=problem,
        measured=dict(_flat(content.get("measured") or {})),
        card=content,
    )


def _inspect(weights: Path, stated: str) -> tuple[int | None, str | None]:
    try:
        digest = hashlib.sha256()
        with weights.open("rb") as file:
            while piece := file.read(_PIECE):
                digest.update(piece)
        size = weights.stat().st_size
    except OSError as error:
        return None, f"the weights cannot be read: {error.strerror}"
    if not stated:
        return size, "the card states no sha256"
    if digest.hexdigest() != stated.lower():
        return size, f"the weights are not those of the card: their sha256 is {digest.hexdigest()}"
    return size, None


def _flat(value: Any, name: str = "") -> list[tuple[str, float | str]]:
    """Nested measured numbers as rows; lists are for programs and left out."""
    if isinstance(value, dict):
        return [
            row for key, part in value.items() for row in _flat(part, f"{name} / {key}" if name else str(key))
        ]
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return []
    return [(name, value)]
