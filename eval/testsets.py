"""Put an evaluation set together: recordings of one role, copies of them, and spoken clips.

    python -m earwitness.eval.testsets OUT --real real.tsv --role heldout [--pairs DIR ...] [--speech DIR ...]

Copies come from ``detector.training.copysynth`` run with the same ``--role``, spoken clips from
``detector.training.speak``. Writes 16-kHz FLACs, all trimmed, and ``OUT/manifest.tsv`` with the columns
path, label, site, family, system, speaker, language that ``bench_accuracy`` reads. A recording that
has a copy is entered a second time as its twin from the pair (same crop, same resampling).
"""

from __future__ import annotations

import argparse
import csv
import sys
from pathlib import Path

import soundfile

from earwitness.detector.training.logs import PAIRS, SPEECH, logged
from earwitness.eval.corpora import RATE

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


def _pairs(folder: Path, out: Path) -> list[dict[str, str]]:
    rows = []
    for pair in logged(folder, PAIRS):
        both, _ = soundfile.read(folder / pair["path"], dtype="float32")
        shared = {"site": pair["corpus"], "speaker": pair["speaker"], "language": pair["language"]}
        for side, (label, family, system) in enumerate(
            [("human", "human", "human"), ("synthetic", pair["family"], pair["method"])]
        ):
            name = f"{folder.name}_{pair['id']}_{pair['method']}_{side}.flac"
            soundfile.write(out / name, both[:, side], RATE, subtype="PCM_16")
            rows.append({"path": name, "label": label, "family": family, "system": system, **shared})
    return rows


def _spoken(folder: Path, out: Path) -> list[dict[str, str]]:
    rows = []
    for clip in logged(folder, SPEECH):
        x, _ = soundfile.read(folder / clip["path"], dtype="float32")
        soundfile.write(out / f"tts_{clip['path']}", x, RATE, subtype="PCM_16")
        family = TTS_FAMILY[clip["engine"]]
        row = {"path": f"tts_{clip['path']}", "label": "synthetic", "site": clip["engine"], "family": family}
        rows.append({**row, "system": clip["engine"], "speaker": clip["voice"], "language": "en"})
    return rows


def main(argv: list[str] | None = None) -> int:
    """Command line."""
    parser = argparse.ArgumentParser(prog="earwitness.eval.testsets", description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--real", type=Path, required=True)
    parser.add_argument("--role", required=True)
    parser.add_argument("--pairs", type=Path, nargs="*", default=[])
    parser.add_argument("--speech", type=Path, nargs="*", default=[])
    args = parser.parse_args(argv)
    args.out.mkdir(parents=True, exist_ok=True)
    rows = [row for folder in args.pairs for row in _pairs(folder, args.out)]
    with args.real.open(encoding="utf-8") as handle:
        recordings = [r for r in csv.DictReader(handle, delimiter="\t") if r["role"] == args.role]
    for recording in recordings:
        name = recording["path"].replace("/", "_")
        x, _ = soundfile.read(args.real.parent / recording["path"], dtype="float32")
        soundfile.write(args.out / name, x, RATE, subtype="PCM_16")
        keys = {
            "site": recording["corpus"],
            "speaker": recording["speaker"],
            "language": recording["language"],
            "sex": recording.get("sex") or "",
        }
        kind = {key: recording[key] for key in ("label", "family", "system")}
        rows.append({"path": name, **kind, **keys})
    rows += [row for folder in args.speech for row in _spoken(folder, args.out)]
    if len({row["path"] for row in rows}) < len(rows):
        parser.error("two inputs hold files of the same name, and one overwrote the other")
    with (args.out / "manifest.tsv").open("w", newline="", encoding="utf-8") as handle:
        writer = csv.DictWriter(handle, COLUMNS, delimiter="\t")
        writer.writeheader()
        writer.writerows(rows)
    print(f"{len(rows)} clips, {sum(r['label'] == 'human' for r in rows)} human")
    return 0


if __name__ == "__main__":
    sys.exit(main())
