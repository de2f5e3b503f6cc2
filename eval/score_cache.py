"""Scores that were computed before: one JSON line each, so that a benchmark can be interrupted.

A score is found again only for the same model and code, the same bytes and the same condition.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict
from pathlib import Path

from earwitness.eval.protocols import Outcome

__all__ = ["ScoreCache", "default_cache_dir", "file_sha256"]


def default_cache_dir() -> Path:
    """``$XDG_CACHE_HOME/earwitness/eval``, by default under ``~/.cache``."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "earwitness" / "eval"


def file_sha256(path: Path) -> str:
    """Hex digest of a file's bytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


class ScoreCache:
    """Outcomes of one system (a model with its code), kept in one append-only file.

    folder: where the files lie. system: exact identity, hashes included. A line that was cut short
    by a crash is skipped and its score computed again.
    """

    def __init__(self, folder: Path, system: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / f"{hashlib.sha256(system.encode()).hexdigest()[:24]}.jsonl"
        self._found: dict[tuple[str, str], Outcome] = {}
        broken_end = False
        if self._path.exists():
            text = self._path.read_text(encoding="utf-8")
            broken_end = bool(text) and not text.endswith("\n")
            for line in text.splitlines():
                self._read(line)
        self._stream = self._path.open("a", encoding="utf-8")
        if broken_end:
            self._stream.write("\n")

    def _read(self, line: str) -> None:
        try:
            entry = json.loads(line)
            self._found[entry["sha256"], entry["condition"]] = Outcome(**entry["outcome"])
        except (ValueError, KeyError, TypeError):
            return

    def get(self, sha256: str, condition: str) -> Outcome | None:
        """The kept outcome, or None."""
        return self._found.get((sha256, condition))

    def put(self, sha256: str, condition: str, outcome: Outcome) -> None:
        """Keep an outcome, on disk at once. Errors are kept for this run only."""
        self._found[sha256, condition] = outcome
        if outcome.error is None:
            entry = {"sha256": sha256, "condition": condition, "outcome": asdict(outcome)}
            self._stream.write(json.dumps(entry) + "\n")
            self._stream.flush()

    def close(self) -> None:
        """Close the file."""
        self._stream.close()
