"""Calibration and limits of a model, learnt from development recordings; also anew for one that ships.

    python -m earwitness.detector.training.calibrating WEIGHTS --dev SET/manifest.tsv [MORE/manifest.tsv] \
        --partial PARTIAL/manifest.tsv --version 6.2 [--scores kept.npz]

Every development clip is scored clean and through the channels of ``CONDITIONS`` (each weighs the same);
engines weigh alike, and so do corpora of people (``weighing``). ``--dev`` takes several lists: of clips as
they are, and of the same ones made alike in noise and bandwidth (``testsets --channel``), which no engine's
clips keep on their way. ``--partial`` is a list of ``partial_set`` made of development recordings, which the
reading of single steps is learnt from (``splices``). ``--scores`` keeps what the clips scored, so that
calibrating the same weights anew takes seconds.

WEIGHTS is the folder that ``ship`` wrote: the networks (and the localiser) stay what they are.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import os
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from earwitness.contracts import Float32
from earwitness.detector.calibrate import LLR_LIMIT, Calibration, fit
from earwitness.detector.card import DEFAULT, Card
from earwitness.detector.localiser import Localiser
from earwitness.detector.model import SpectrogramDetector
from earwitness.detector.training.conditioning import fit_conditions
from earwitness.detector.training.limiting import by_kind, thresholds
from earwitness.detector.training.listening import CONDITIONS, condition, is_narrow, raw_scores
from earwitness.detector.training.splices import add_local, calibrated
from earwitness.detector.training.weighing import balanced, unseen_share

__all__ = ["calibration", "development_scores", "draft_of", "main", "runtime_of"]

WINDOW = 38  # frames of 80 ms: 3.04 s, the length trained on
HOP = 6  # 0.48 s
_OPEN = Calibration(1.0, 0.0, 1e9)


CLIP = ("whole", "statistics", "corpora", "sources", "labels", "names", "narrow")


def _score_all(detector: SpectrogramDetector, manifests: Sequence[Path]) -> dict[str, Any]:
    """Values of CLIP of every clip under every condition, scores of all windows, and whose each window is."""
    rows: list[tuple[Path, dict[str, str]]] = []
    for manifest in manifests:
        with manifest.open(encoding="utf-8") as handle:
            rows += [(manifest.parent, row) for row in csv.DictReader(handle, delimiter="\t")]
    found: dict[str, list[Any]] = {key: [] for key in (*CLIP, "windows", "window_of")}

    def scored(index: int) -> list[tuple[tuple[Any, ...], list[float]]]:
        return _score_clip(detector, *rows[index], index)

    # Streams share the detector; a thread a clip keeps all cores busy, as threads inside the networks do not.
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for values, each in (entry for heard in pool.map(scored, range(len(rows))) for entry in heard):
            found["windows"] += each
            found["window_of"] += [len(found["whole"])] * len(each)
            for key, value in zip(CLIP, values, strict=True):
                found[key].append(value)
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
            synthetic = row["label"] != "human"
            known = (row["site"], row["system" if synthetic else "site"], synthetic, name, is_narrow(heard))
            entries.append(((mean, statistics, *known), each))
    return entries


def development_scores(
    detector: SpectrogramDetector, manifests: Sequence[Path], kept: Path | None = None
) -> dict[str, Any]:
    """As ``_score_all``, or what ``kept`` has of these weights and these lists; new scores go there."""
    lists = [hashlib.sha256(manifest.read_bytes()).hexdigest() for manifest in manifests]
    made_by = " ".join([detector.card.sha256, *lists])
    if kept is not None and kept.exists():
        with np.load(kept) as table:
            if str(table["made_by"]) == made_by:
                return {key: table[key] for key in table.files if key != "made_by"}
    scores = _score_all(detector, manifests)
    if kept is not None:
        np.savez_compressed(kept, made_by=made_by, **scores)
    return scores


def _mapped(calibration: Calibration, raw: Any) -> Float32:
    return np.array([calibration(float(value)) for value in raw], dtype=np.float32)


def runtime_of(scores: dict[str, Any]) -> dict[str, Any]:
    """Calibration and thresholds: by what the clips went through, then once more on top for telephone band.

    The first step has twice the reach: ``verdict.weigh`` sets the limit after the second.
    """
    labels, wide, of = scores["labels"], ~scores["narrow"], scores["window_of"]
    weights = balanced(labels, scores["sources"])
    unseen = round(unseen_share(len(set(scores["sources"][labels].tolist()))), 4)
    conditions = fit_conditions(
        scores["whole"], scores["statistics"], labels, scores["names"], scores["corpora"], weights
    )

    def windows_of(values: Any, clips: Any) -> Calibration:
        """Of the windows of these clips; clips weigh by their windows, too, as long ones have more to say."""
        return fit(values[clips[of]], labels[of][clips[of]], weights[of][clips[of]])

    windows = replace(windows_of(scores["windows"], wide), limit=2 * LLR_LIMIT)
    pairs = zip(scores["whole"], scores["statistics"], strict=True)
    llr = np.array([conditions.llr(float(raw), seen) for raw, seen in pairs], dtype=np.float32)

    def limited(llr: Float32, clips: Any) -> dict[str, Any]:
        known, counts = (llr[clips], labels[clips], scores["names"][clips]), weights[clips]
        limits = by_kind(*known, conditions.names, counts)
        return {"thresholds": thresholds(*known, weights=counts), "limits": limits}

    whole = fit(scores["whole"][wide], labels[wide], weights[wide])
    table: dict[str, Any] = {
        "window": WINDOW,
        "hop": HOP,
        "whole": asdict(replace(whole, limit=2 * LLR_LIMIT)),
        "conditions": conditions.to_table(),
        "windows": asdict(windows),
        "unseen": unseen,
        **limited(_mapped(Calibration(1.0, 0.0, unseen=unseen), llr), wide),
    }
    if not wide.all() and len(set(labels[~wide])) == 2:
        narrow = replace(fit(llr[~wide], labels[~wide], weights[~wide]), unseen=unseen)
        table["telephone"] = {
            "whole": asdict(narrow),
            "windows": asdict(windows_of(_mapped(windows, scores["windows"]), ~wide)),
            **limited(_mapped(narrow, llr), ~wide),
        }
    return table


def calibration(
    draft: Card,
    data: bytes,
    dev: Sequence[Path],
    partial: Path,
    kept: Path | None = None,
    localiser: Localiser | None = None,
) -> dict[str, Any]:
    """What a card says of how the scores of the weights ``data`` are read: "runtime" and "calibrated_on".

    draft: with the hash of the weights. dev, partial: manifests. kept: file of scores. localiser: what looks
    at steps a second time.
    """
    scores = development_scores(SpectrogramDetector(draft, data, threads=1), dev, kept)
    runtime = runtime_of(scores)
    hearing = SpectrogramDetector(calibrated(draft, runtime), data, localiser=localiser)
    add_local(runtime, hearing, partial)
    about = {
        "scores": len(scores["whole"]),
        "conditions": list(CONDITIONS),
        "sources": sorted(set(scores["sources"].tolist())),
    }
    return {"runtime": runtime, "calibrated_on": about}


def draft_of(version: str, data: bytes) -> Card:
    """A card for weights whose scores nobody can read yet."""
    return Card(DEFAULT, version, hashlib.sha256(data).hexdigest(), WINDOW, HOP, _OPEN, _OPEN, {})


def main(argv: list[str] | None = None) -> int:
    """Command line."""
    parser = argparse.ArgumentParser(
        prog="earwitness.detector.training.calibrating", description=__doc__.partition("\n")[0]
    )
    parser.add_argument("weights", type=Path)
    parser.add_argument("--dev", type=Path, required=True, nargs="+")
    parser.add_argument("--partial", type=Path, required=True)
    parser.add_argument("--version", required=True)
    parser.add_argument("--scores", type=Path, help="file (.npz) to keep the development clips' scores in")
    args = parser.parse_args(argv)
    target = args.weights / f"{DEFAULT}.json"
    table = json.loads(target.read_text(encoding="utf-8"))
    data = (args.weights / table["file"]).read_bytes()
    second = table.get("localiser")
    localiser = second and Localiser((args.weights / second["file"]).read_bytes(), second["share"])
    draft = draft_of(args.version, data)
    found = calibration(draft, data, args.dev, args.partial, args.scores, localiser)
    table |= found | {"version": args.version}
    target.write_text(json.dumps(table, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(json.dumps(found["runtime"], indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
