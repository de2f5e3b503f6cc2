"""What a stopped bench goes on from: small values and sounds, each under a key that spells out what it is."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import soundfile

from earwitness.generation import Speech

__all__ = ["Kept"]


class Kept:
    """folder: made if it is not there. Values lie in ``values.jsonl``, sounds beside it as WAV (floats).

    A line that a crash cut short is skipped, and its value made again.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / "values.jsonl"
        self._values: dict[str, Any] = {}
        text = self._path.read_text(encoding="utf-8") if self._path.exists() else ""
        for line in text.splitlines():
            try:
                key, value = json.loads(line)
            except (ValueError, TypeError):
                continue
            self._values[key] = value
        if text and not text.endswith("\n"):
            with self._path.open("a", encoding="utf-8") as stream:
                stream.write("\n")

    def holds(self, key: str) -> bool:
        """Is a value kept under the key?"""
        return _short(key) in self._values

    def value(self, key: str, make: Callable[[], Any]) -> Any:
        """What is kept under the key, else what ``make`` gives (anything that JSON holds)."""
        short = _short(key)
        if short not in self._values:
            made = make()
            with self._path.open("a", encoding="utf-8") as stream:
                stream.write(json.dumps([short, made]) + "\n")
            self._values[short] = made
        return self._values[short]

    def sound(self, key: str, make: Callable[[], Speech]) -> Speech:
        """The same for a sound."""
        path = self._folder / f"{_short(key)}.wav"
        if not path.exists():
            made = make()
            aside = path.with_suffix(".part")
            soundfile.write(aside, made.samples, made.rate, format="WAV", subtype="FLOAT")
            aside.replace(path)
        samples, rate = soundfile.read(path, dtype="float32")
        return Speech(samples, rate)


def _short(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:24]
