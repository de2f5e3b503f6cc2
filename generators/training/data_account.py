"""The account of training data that goes into cards: sources, licences, recordings, speakers, hours.

    python -m earwitness.generators.training.data_account MANIFEST SPEECH --aligned TEXT/aligned \\
        --sentences "Prompts of Mimic Recording Studio" "Apache-2.0" > data.json

MANIFEST lists the recordings, SPEECH is the packed folder that the families of sound learnt from,
TEXT/aligned what the text model did, ``--sentences`` what was read aloud there. The result, an account a
family, is what ``ship --data`` takes. Counts what was packed, not what was planned.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from earwitness.generators.training.aligned import HELD_OUT
from earwitness.generators.training.teacher import CORPUS

__all__ = ["account", "aligned_account", "main"]

FAMILIES = ("gan", "vae", "conversion", "autoregressive")

RATE = 16_000
LATENTS_PER_S = 20
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


def aligned_account(aligned: Path, sentences: Sequence[str]) -> list[dict[str, Any]]:
    """What the text model learnt from: the teacher's speech, and the sentences (what they are, licence)."""
    content = json.loads((aligned / "aligned.json").read_text(encoding="utf-8"))
    kept = [entry for entry in content["sentences"] if entry["number"] % HELD_OUT]
    counted = {
        "recordings": len(kept),
        "speakers": len({entry["voice"] for entry in kept}),
        "hours": round(sum(entry["count"] for entry in kept) / LATENTS_PER_S / 3600, 3),
    }
    what, licence = sentences
    return [
        {"name": CORPUS, "what": f"{_TEACHER}, with its timing", "licence": "Apache-2.0", **counted},
        {"name": "sentences", "what": f"the text that was read: {what}", "licence": licence},
    ]


def main(words: Sequence[str] | None = None) -> int:
    """Command-line entry; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="earwitness.generators.training.data_account",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("manifest", type=Path)
    parser.add_argument("packed", type=Path)
    parser.add_argument("--aligned", type=Path, required=True)
    parser.add_argument("--sentences", nargs=2, metavar=("WHAT", "LICENCE"), required=True)
    arguments = parser.parse_args(words)
    sound = account(arguments.manifest, arguments.packed)
    text = aligned_account(arguments.aligned, arguments.sentences)
    whole = dict.fromkeys(FAMILIES, sound) | {"transformer": text}
    print(json.dumps(whole, indent=2, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
