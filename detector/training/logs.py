"""Logs of what was made: JSON lines, one or several files a folder. Light: no heavy imports here."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

__all__ = ["PAIRS", "SPEECH", "hours", "logged"]

PAIRS, SPEECH = "pairs-*.jsonl", "speak.jsonl"
"""Of ``copysynth`` and of ``speak``."""


def logged(folder: Path, pattern: str) -> list[dict[str, Any]]:
    """All entries of the logs of a folder, by file name and line."""
    return [
        json.loads(line)
        for log in sorted(folder.glob(pattern))
        for line in log.read_text(encoding="utf-8").splitlines()
    ]


def hours(clips: Sequence[Path]) -> float:
    """Length of sound files together, in hours, to a thousandth."""
    import soundfile

    return round(sum(float(soundfile.info(path).duration) for path in clips) / 3600, 3)
