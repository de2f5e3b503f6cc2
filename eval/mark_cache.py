"""Results of the watermark bench that were computed before, in one SQLite file.

A crash loses at most the clip that was being worked on.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

__all__ = ["MarkCache"]


class MarkCache:
    """Small JSON objects by (what was asked, clip, attack). what: identities and seeds, spelt out."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._base = sqlite3.connect(folder / "watermark.sqlite")
        self._base.execute(
            "CREATE TABLE IF NOT EXISTS results"
            " (what TEXT, clip TEXT, attack TEXT, result TEXT, PRIMARY KEY (what, clip, attack))"
        )

    def of_clip(self, what: str, clip: str) -> dict[str, dict[str, Any]]:
        """All that is known of a clip, by attack."""
        rows = self._base.execute(
            "SELECT attack, result FROM results WHERE what = ? AND clip = ?", (_short(what), clip)
        )
        return {attack: json.loads(result) for attack, result in rows}

    def put(self, what: str, clip: str, results: Mapping[str, Mapping[str, Any]]) -> None:
        """Keep results of a clip, on disk at once."""
        lines: Iterable[tuple[str, ...]] = (
            (_short(what), clip, attack, json.dumps(result)) for attack, result in results.items()
        )
        with self._base:
            self._base.executemany("INSERT OR REPLACE INTO results VALUES (?, ?, ?, ?)", lines)

    def close(self) -> None:
        """Close the file."""
        self._base.close()


def _short(what: str) -> str:
    return hashlib.sha256(what.encode()).hexdigest()[:24]
