"""Logs of what was made: JSON lines, one or several files a folder. Light: no heavy imports here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

__all__ = ["PAIRS", "SPEECH", "logged"]

PAIRS, SPEECH = "pairs-*.jsonl", "speak.jsonl"
"""Of ``copysynth`` and of ``speak``."""


def logged(folder: Path, pattern: str) -> list[dict[str, Any]]:
    """All entries of the logs of a folder, by file name and line."""
    return [
        json.loads(line)
        for log in sorted(folder.glob(pattern))
        for line in log.read_text(encoding="utf-8").splitlines()
    ]
