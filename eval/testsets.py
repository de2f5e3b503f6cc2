"""Put an evaluation set together: recordings of one role, copies of them, and spoken clips.

    python -m earwitness.eval.testsets OUT --real real.tsv [MORE/real.tsv ...] --role heldout \
        [--pairs DIR ...] [--speech DIR ...] [--equalise | --channel] [--seed 0]

Copies come from ``detector.training.copysynth`` run with the same ``--role``, spoken clips from
``detector.training.speak``. Writes 16-kHz FLACs, all trimmed, and ``OUT/manifest.tsv`` with the columns
path, label, site, family, system, speaker, language that ``bench_accuracy`` reads. A recording that
has a copy is entered a second time as its twin from the pair (same crop, same resampling).
``--equalise`` makes both classes alike in length, ends, level, zeros and offset, ``--channel`` in noise and
bandwidth too (see ``alike``): most of what has nothing to do with synthesis.
"""

from __future__ import annotations

import argparse
import csv
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from earwitness.detector.training.logs import PAIRS, SPEECH, logged
from earwitness.eval import alike
from earwitness.eval.corpora import RATE
from earwitness.samples import Float32

__all__ = ["COLUMNS", "main"]

COLUMNS = ("path", "label", "site", "family", "system", "speaker", "language", "sex")
TTS_FAMILY = {
    "kokoro": "non-autoregressive",
    "own": "transformer LM",
    "hibari": "non-autoregressive",
    "piper": "VAE/VITS",
    "flite": "parametric",
    "espeak": "formant",
}


@dataclass(frozen=True, slots=True)
class _Entry:
    """A line of the manifest, and the file (and channel of it) that its clip is."""

    row: dict[str, str]
    source: Path
    side: int = 0


def _pairs(folder: Path) -> list[_Entry]:
    entries = []
    for pair in logged(folder, PAIRS):
        shared = {"site": pair["corpus"], "speaker": pair["speaker"], "language": pair["language"]}
        for side, (label, family, system) in enumerate(
            [("human", "human", "human"), ("synthetic", pair["family"], pair["method"])]
        ):
            name = f"{folder.name}_{pair['id']}_{pair['method']}_{side}.flac"
            row = {"path": name, "label": label, "family": family, "system": system, **shared}
            entries.append(_Entry(row, folder / pair["path"], side))
    return entries


def _recorded(table: Path, role: str) -> list[_Entry]:
    entries = []
    with table.open(encoding="utf-8") as handle:
        recordings = [r for r in csv.DictReader(handle, delimiter="\t") if r["role"] == role]
    for recording in recordings:
        row = {
            "path": recording["path"].replace("/", "_"),
            **{key: recording[key] for key in ("label", "family", "system", "speaker", "language")},
            "site": recording["corpus"],
            "sex": recording.get("sex") or "",
        }
        entries.append(_Entry(row, table.parent / recording["path"]))
    return entries


def _spoken(folder: Path) -> list[_Entry]:
    entries = []
    for clip in logged(folder, SPEECH):
        engine = clip["engine"]
        row = {"path": f"tts_{clip['path']}", "label": "synthetic", "site": engine, "system": engine}
        row |= {"family": TTS_FAMILY[engine], "speaker": clip["voice"], "language": "en"}
        entries.append(_Entry(row, folder / clip["path"]))
    return entries


def _read(entry: _Entry) -> Float32:
    x, _ = soundfile.read(entry.source, dtype="float32", always_2d=True)
    return np.ascontiguousarray(x[:, entry.side])


def _equalised(entries: list[_Entry], seed: int, channel: bool) -> list[Float32]:
    """The clips of a list, made alike; channel: in noise and bandwidth too."""
    synthetic = [entry.row["label"] == "synthetic" for entry in entries]
    chances = [alike.chance(seed, entry.row["path"]) for entry in entries]
    sizes = [soundfile.info(entry.source).frames for entry in entries]
    clips = alike.pieces(lambda k: _read(entries[k]), sizes, synthetic, chances)
    if channel:
        clips = alike.same_bandwidth(alike.same_floor(clips, synthetic, chances), synthetic)
    return [alike.dithered(x, rng) for x, rng in zip(clips, chances, strict=True)]


def main(argv: list[str] | None = None) -> int:
    """Command line."""
    parser = argparse.ArgumentParser(prog="earwitness.eval.testsets", description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--real", type=Path, required=True, nargs="+")
    parser.add_argument("--role", required=True)
    parser.add_argument("--pairs", type=Path, nargs="*", default=[])
    parser.add_argument("--speech", type=Path, nargs="*", default=[])
    parser.add_argument("--equalise", action="store_true", help="make both classes alike but for synthesis")
    parser.add_argument("--channel", action="store_true", help="--equalise, and noise and bandwidth too")
    parser.add_argument("--seed", type=int, default=0, help="of --equalise")
    args = parser.parse_args(argv)
    args.out.mkdir(parents=True, exist_ok=True)
    entries = [entry for folder in args.pairs for entry in _pairs(folder)]
    entries += [entry for table in args.real for entry in _recorded(table, args.role)]
    entries += [entry for folder in args.speech for entry in _spoken(folder)]
    rows = [entry.row for entry in entries]
    if len({row["path"] for row in rows}) < len(rows):
        parser.error("two inputs hold files of the same name, and one would overwrite the other")
    alone = not (args.equalise or args.channel)
    clips = map(_read, entries) if alone else _equalised(entries, args.seed, args.channel)
    for row, clip in zip(rows, clips, strict=True):
        soundfile.write(args.out / row["path"], clip, RATE, subtype="PCM_16")
    with (args.out / "manifest.tsv").open("w", newline="", encoding="utf-8") as handle:
        writer = csv.DictWriter(handle, COLUMNS, delimiter="\t")
        writer.writeheader()
        writer.writerows(rows)
    print(f"{len(rows)} clips, {sum(r['label'] == 'human' for r in rows)} human")
    return 0


if __name__ == "__main__":
    sys.exit(main())
