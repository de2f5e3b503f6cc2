"""Turn checkpoints into what ships: ONNX in 8 bits, calibration and limits from development recordings, card.

    python -m earwitness.detector.training.ship RUN/best.pt [RUN2/best.pt ...] --dev SET/manifest.tsv \
        --partial PARTIAL/manifest.tsv --data data.json --version 1 --out detector/weights

Every development clip is scored clean and through the channels of ``CONDITIONS`` (each weighs the same).
``--partial`` is a list of ``partial_set`` made of development recordings, which the reading of single steps
is learnt from (``splices``).
``--scores`` keeps what the development clips scored, so that calibrating the same weights anew takes seconds.
``--data`` is the card's account of the training data (sources, hours, speakers, licences). Measured errors
are written into the card afterwards by ``earwitness.eval.card``.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from earwitness.contracts import Float32
from earwitness.detector.calibrate import LLR_LIMIT, Calibration, fit
from earwitness.detector.card import DEFAULT, Card
from earwitness.detector.model import SpectrogramDetector
from earwitness.detector.training.conditioning import fit_conditions
from earwitness.detector.training.export import export, load_network, view_of
from earwitness.detector.training.limiting import by_kind, thresholds
from earwitness.detector.training.listening import CONDITIONS, condition, is_narrow, raw_scores
from earwitness.detector.training.quantise import quantise, some_sounds
from earwitness.detector.training.splices import add_local, calibrated

__all__ = ["main"]

WINDOW = 38  # frames of 80 ms: 3.04 s, the length trained on
HOP = 6  # 0.48 s
_OPEN = Calibration(1.0, 0.0, 1e9)


CLIP = ("whole", "statistics", "corpora", "labels", "names", "narrow")


def _score_all(detector: SpectrogramDetector, manifest: Path) -> dict[str, Any]:
    with manifest.open(encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle, delimiter="\t"))
    found: dict[str, list[Any]] = {key: [] for key in (*CLIP, "windows", "window_labels", "window_narrow")}

    def scored(index: int) -> list[tuple[tuple[Any, ...], list[float]]]:
        return _score_clip(detector, manifest.parent, rows[index], index)

    # Streams share the detector; a thread a clip keeps all cores busy, as threads inside the networks do not.
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for values, each in (entry for heard in pool.map(scored, range(len(rows))) for entry in heard):
            for key, value in zip(CLIP, values, strict=True):
                found[key].append(value)
            labelled, narrow = values[CLIP.index("labels")], values[CLIP.index("narrow")]
            found["windows"] += each
            found["window_labels"] += [labelled] * len(each)
            found["window_narrow"] += [narrow] * len(each)
    return {key: np.asarray(value) for key, value in found.items()}


def _score_clip(
    detector: SpectrogramDetector, folder: Path, row: dict[str, str], index: int
) -> list[tuple[tuple[Any, ...], list[float]]]:
    """Under every condition under which the clip can be scored: values in the order of CLIP, its windows."""
    x, _ = soundfile.read(folder / row["path"], dtype="float32")
    entries = []
    for name in CONDITIONS:
        heard = condition(x, name, index)
        mean, each, statistics = raw_scores(detector, heard)
        if mean is not None:
            known = (row["site"], row["label"] != "human", name, is_narrow(heard))
            entries.append(((mean, statistics, *known), each))
    return entries


def _scores(detector: SpectrogramDetector, manifest: Path, kept: Path | None) -> dict[str, Any]:
    """As ``_score_all``, or what ``kept`` has of these weights and this list; new scores go there."""
    made_by = f"{detector.card.sha256} {hashlib.sha256(manifest.read_bytes()).hexdigest()}"
    if kept is not None and kept.exists():
        with np.load(kept) as table:
            if str(table["made_by"]) == made_by:
                return {key: table[key] for key in table.files if key != "made_by"}
    scores = _score_all(detector, manifest)
    if kept is not None:
        np.savez_compressed(kept, made_by=made_by, **scores)
    return scores


def _mapped(calibration: Calibration, raw: Any) -> Float32:
    return np.array([calibration(float(value)) for value in raw], dtype=np.float32)


def _runtime(scores: dict[str, Any]) -> dict[str, Any]:
    """Calibration and thresholds: by what the clips went through, then once more on top for telephone band.

    The first step has twice the reach: ``verdict.weigh`` sets the limit after the second.
    """
    wide, window_wide = ~scores["narrow"], ~scores["window_narrow"]
    parts = ("whole", "statistics", "labels", "names", "corpora")
    conditions = fit_conditions(*(scores[key] for key in parts))
    windows = fit(scores["windows"][window_wide], scores["window_labels"][window_wide])
    windows = replace(windows, limit=2 * LLR_LIMIT)
    pairs = zip(scores["whole"], scores["statistics"], strict=True)
    llr = np.array([conditions.llr(float(raw), seen) for raw, seen in pairs], dtype=np.float32)
    window_llr = _mapped(windows, scores["windows"])

    def limited(llr: Float32, narrow: bool) -> dict[str, Any]:
        clips = scores["narrow"] == narrow
        known = llr[clips], scores["labels"][clips], scores["names"][clips]
        return {"thresholds": thresholds(*known), "limits": by_kind(*known, conditions.names)}

    table: dict[str, Any] = {
        "window": WINDOW,
        "hop": HOP,
        "whole": asdict(replace(fit(scores["whole"][wide], scores["labels"][wide]), limit=2 * LLR_LIMIT)),
        "conditions": conditions.to_table(),
        "windows": asdict(windows),
        **limited(llr, False),
    }
    if not wide.all() and len(set(scores["labels"][~wide])) == 2:
        narrow = fit(llr[~wide], scores["labels"][~wide])
        narrow_windows = fit(window_llr[~window_wide], scores["window_labels"][~window_wide])
        table["telephone"] = {
            "whole": asdict(narrow),
            "windows": asdict(narrow_windows),
            **limited(_mapped(narrow, llr), True),
        }
    return table


def main(argv: list[str] | None = None) -> int:
    """Command line."""
    parser = argparse.ArgumentParser(prog="earwitness.detector.training.ship", description=__doc__)
    parser.add_argument("checkpoints", type=Path, nargs="+", help="several: their scores are averaged")
    parser.add_argument("--dev", type=Path, required=True)
    parser.add_argument("--partial", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--version", required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--scores", type=Path, help="file (.npz) to keep the development clips' scores in")
    parser.add_argument("--float", action="store_true", help="leave the weights in 32 bits")
    args = parser.parse_args(argv)
    target = args.out / f"{DEFAULT}.onnx"
    nets = [load_network(path) for path in args.checkpoints]
    export(nets, target)
    if not args.float:
        quantise(target, target, some_sounds(args.dev))
    data = target.read_bytes()
    sha256 = hashlib.sha256(data).hexdigest()
    draft = Card(DEFAULT, args.version, sha256, WINDOW, HOP, _OPEN, _OPEN, {})
    scores = _scores(SpectrogramDetector(draft, data, threads=1), args.dev, args.scores)
    runtime = _runtime(scores)
    add_local(runtime, SpectrogramDetector(calibrated(draft, runtime), data), args.partial)
    card = {
        "name": DEFAULT,
        "version": args.version,
        "kind": "detector",
        "file": target.name,
        "licence": "Apache-2.0",
        "sha256": sha256,
        "architecture": "residual CNNs on linear-frequency log spectrograms, attentive statistics pooling",
        "members": [view_of(net) for net in nets],
        "runtime": runtime,
        "calibrated_on": {"scores": len(scores["whole"]), "conditions": list(CONDITIONS)},
        **json.loads(args.data.read_text(encoding="utf-8")),
    }
    (args.out / f"{DEFAULT}.json").write_text(json.dumps(card, indent=2, ensure_ascii=False) + "\n", "utf-8")
    print(json.dumps(runtime, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
