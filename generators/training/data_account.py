"""The account of training data that goes into a card: sources, licences, recordings, speakers, hours.

    python -m earwitness.generators.training.data_account MANIFEST SPEECH

MANIFEST lists the recordings, SPEECH is the packed folder that was learnt from; the result goes to the
standard output. Counts what was packed, not what was planned.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from earwitness.generators.training.teacher import CORPUS

__all__ = ["account", "main"]

RATE = 16_000
_TEACHER = "speech of the package hibari-tts (a student of Kokoro-82M), also with bent pitch and formants"


def account(manifest: Path, packed: Path) -> list[dict[str, Any]]:
    """An entry a corpus of what lies in the packed folder, held-out speakers left out."""
    with manifest.open(encoding="utf-8") as handle:
        rows = {row["path"]: row for row in csv.DictReader(handle, delimiter="\t")}
    content = json.loads((packed / "speech.json").read_text(encoding="utf-8"))
    found: dict[str, dict[str, Any]] = {}
    for _, samples, speaker, held_out, path in content["recordings"]:
        if held_out:
            continue
        row = rows[path]
        entry = found.setdefault(
            row["corpus"],
            {"licence": row["licence"], "recordings": 0, "speakers": set(), "hours": 0.0},
        )
        entry["recordings"] += 1
        entry["speakers"].add(speaker)
        entry["hours"] += samples / RATE / 3600
    return [_told(name, entry) for name, entry in sorted(found.items())]


def _told(name: str, entry: dict[str, Any]) -> dict[str, Any]:
    kind = {"what": _TEACHER} if name == CORPUS else {"what": "recorded human speech, see eval/corpora.toml"}
    counted = {"speakers": len(entry["speakers"]), "hours": round(entry["hours"], 3)}
    return {"name": name, **kind, **entry, **counted}


def main(words: Sequence[str] | None = None) -> int:
    """Command-line entry; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="earwitness.generators.training.data_account",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("manifest", type=Path)
    parser.add_argument("packed", type=Path)
    arguments = parser.parse_args(words)
    print(json.dumps(account(arguments.manifest, arguments.packed), indent=2, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
