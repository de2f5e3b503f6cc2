"""Learn the space in which engines are told apart, from the shipped detector's traces of known engines.

    python -m earwitness.detector.training.attribute OUT/engines.npz --pairs PAIRS ... --real REAL/real.tsv \
        --speech TTS [--weights FOLDER] [--each 150] [--seed 0]

The detector is the one that ships, or the one that ``ship`` wrote into FOLDER.
Every clip is heard clean or through a random channel (half and half). Linear discriminant analysis with a
shrunk covariance (Ledoit and Wolf 2004) gives the map; a fifth of the speakers stays out of it and says how
sharply probability falls with distance and where the known ends. Prints what their clips were taken for.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile
from rich.progress import track
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

from earwitness.contracts import Float32
from earwitness.detector.attribution import Engine, EngineSpace
from earwitness.detector.model import SpectrogramDetector, load_default
from earwitness.detector.training.augment import channel
from earwitness.detector.training.localise import load
from earwitness.detector.training.logs import PAIRS, SPEECH, logged
from earwitness.detector.training.recipes import FAMILIES, engine_of, family, kind_of
from earwitness.report import UNKNOWN

__all__ = ["Clip", "clips_of", "fit_space", "main", "traces_of"]

OUT_OF = 5  # every fifth speaker is held back
DIMENSIONS = 24
FEWEST = 10  # clips of an engine: fewer say more about their voice than about the engine
KNOWN = 0.95  # share of held-back clips of known engines that are to be within reach
RIGHT = 0.9  # share of the held-back clips whose engine is named that are to be named right
SHARPNESS = np.geomspace(0.005, 0.5, 25)


@dataclass(frozen=True, slots=True)
class Clip:
    """side: column of the file that is synthetic (None: mono). speaker: nobody's clips are on two sides."""

    path: Path
    side: int | None
    engine: str
    family: str
    speaker: str


def clips_of(
    pairs: Sequence[Path], real: Path, speech: Sequence[Path], each: int, seed: int, fewest: int = FEWEST
) -> list[Clip]:
    """At most ``each`` clips of every engine that has ``fewest`` of them, in a seeded random order.

    Copies with the errors of decoders that nobody has built are of no engine, and left out.
    """
    found: list[Clip] = []
    for folder in pairs:
        for row in logged(folder, PAIRS):
            if family(row["method"]) == FAMILIES["shaken"]:
                continue
            found.append(Clip(folder / row["path"], 1, *engine_of(row["method"]), row["speaker"]))
    for folder in speech:
        for row in logged(folder, SPEECH):
            found.append(Clip(folder / row["path"], None, *engine_of(row["engine"]), row["voice"]))
    with real.open(encoding="utf-8") as handle:
        for row in csv.DictReader(handle, delimiter="\t"):
            if row["label"] == "synthetic" and row["role"] == "train":
                kind = kind_of(row["family"])
                found.append(Clip(real.parent / row["path"], None, row["system"], kind, row["path"]))
    order = np.random.default_rng(seed).permutation(len(found))
    taken: dict[str, list[Clip]] = {}
    for index in order:
        taken.setdefault(found[index].engine, []).append(found[index])
    return [clip for name in sorted(taken) if len(taken[name]) >= fewest for clip in taken[name][:each]]


def traces_of(detector: SpectrogramDetector, samples: Float32) -> Float32 | None:
    """Traces (d,) of 16-kHz speech (n,), all of it taken for speech; None for what is too short."""
    stream = detector.start()
    stream.push(samples, np.ones(len(samples), np.float32))
    stream.finish()
    traces = stream.traces()
    return None if traces is None else np.asarray(traces, np.float32)


def fit_space(
    seen: Float32, engines: Sequence[str], families: dict[str, str], held: npt.NDArray[np.bool_]
) -> EngineSpace:
    """The space of traces (n, d). engines: name of each row. held: rows that set sharpness and reach only.

    Engines with one row to learn from are left out. Raises ValueError where fewer than two are left.
    """
    counts = Counter(engine for engine, out in zip(engines, held, strict=True) if not out)
    names = sorted(name for name, count in counts.items() if count > 1)
    if len(names) < 2:
        raise ValueError("telling engines apart needs two of them")
    which = np.array([names.index(e) if e in names else -1 for e in engines])
    learn = ~held & (which >= 0)
    size = min(DIMENSIONS, len(names) - 1)
    analysis = LinearDiscriminantAnalysis(solver="eigen", shrinkage="auto", n_components=size)
    analysis.fit(seen[learn], which[learn])
    mean = seen[learn].mean(0).astype(np.float32)
    map_ = np.asarray(analysis.scalings_[:, :size], np.float32)
    places = (seen - mean) @ map_
    spread = np.concatenate(
        [places[learn & (which == k)] - places[learn & (which == k)].mean(0) for k in range(len(names))]
    ).std(0)
    map_, places = map_ / spread, places / spread
    table = [
        Engine(name, families[name], places[learn & (which == k)].mean(0), int((learn & (which == k)).sum()))
        for k, name in enumerate(names)
    ]
    test = held & (which >= 0)
    centres = np.stack([engine.centre for engine in table])
    squares = ((places[test, None] - centres) ** 2).sum(2) / (1 + 1 / np.array([e.clips for e in table]))
    reach = float(np.sqrt(np.quantile(squares.min(1), KNOWN)))
    sharpness = _sharpness(squares, which[test])
    return EngineSpace(mean, map_, table, sharpness, reach, _least(squares, which[test], sharpness))


def _sharpness(squares: npt.NDArray[np.float64], which: npt.NDArray[np.int64]) -> float:
    """The one under which the true engines of held-back clips are most probable."""

    def surprise(sharp: float) -> float:
        logits = -sharp * squares
        top = logits.max(1)
        total = top + np.log(np.exp(logits - top[:, None]).sum(1))
        return float((total - logits[np.arange(len(which)), which]).mean())

    return float(min(SHARPNESS, key=surprise))


def _least(squares: npt.NDArray[np.float64], which: npt.NDArray[np.int64], sharpness: float) -> float:
    """The lowest probability of the nearest engine from which on ``RIGHT`` of held-back clips are its own.

    Where no probability does, the highest that leaves a clip named.
    """
    odds = np.exp(-sharpness * (squares - squares.min(1, keepdims=True)))
    first = (odds / odds.sum(1, keepdims=True)).max(1)
    order = np.argsort(-first)
    right = np.cumsum((squares.argmin(1) == which)[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(right >= RIGHT)
    if len(enough) == len(order):
        return 0.0
    return float(first[order[enough[-1] if len(enough) else 0]])


def _heard(detector: SpectrogramDetector, clips: Sequence[Clip], seed: int) -> tuple[Float32, list[Clip]]:
    rows, kept = [], []
    for index, clip in enumerate(track(clips, "Listening")):
        x, _ = soundfile.read(clip.path, dtype="float32")
        x = np.ascontiguousarray(x if clip.side is None else x[:, clip.side])
        if index % 2:
            x = channel(x, seed + index, strength=0.5, codecs=3.6)
        traces = traces_of(detector, x)
        if traces is not None:
            rows.append(traces)
            kept.append(clip)
    return np.stack(rows), kept


def _held_back(clips: Sequence[Clip], seed: int) -> npt.NDArray[np.bool_]:
    """True for the clips of every fifth speaker."""
    speakers = sorted({clip.speaker for clip in clips})
    back = set(np.random.default_rng(seed).permutation(speakers)[::OUT_OF].tolist())
    held = np.array([clip.speaker in back for clip in clips])
    for engine in {clip.engine for clip in clips}:  # of a voice or two nothing is held back, or it is lost
        mine = np.array([clip.engine == engine for clip in clips])
        if (~held[mine]).sum() < 2:
            held[mine] = False
    return held


def _summary(
    space: EngineSpace, seen: Float32, clips: Sequence[Clip], held: npt.NDArray[np.bool_]
) -> dict[str, float]:
    """What the clips that were held back were taken for."""
    found = [
        (space.attribute(traces.tolist()), clip)
        for traces, clip, out in zip(seen, clips, held, strict=True)
        if out
    ]
    return {
        "engines": len(space.engines),
        "clips": int((~held).sum()),
        "held_back": len(found),
        "engine_right": round(float(np.mean([a.engine == c.engine for a, c in found])), 4),
        "family_right": round(float(np.mean([a.family == c.family for a, c in found])), 4),
        "sharpness": space.sharpness,
        "reach": round(space.reach, 3),
        "least": round(space.least, 3),
        "named": round(float(np.mean([a.family != UNKNOWN for a, _ in found])), 4),
    }


def main(argv: list[str] | None = None) -> int:
    """Command line."""
    parser = argparse.ArgumentParser(prog="earwitness.detector.training.attribute", description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--pairs", type=Path, nargs="+", required=True)
    parser.add_argument("--real", type=Path, required=True)
    parser.add_argument("--speech", type=Path, nargs="*", default=[])
    parser.add_argument("--weights", type=Path, default=None, help="folder of a detector that does not ship")
    parser.add_argument("--each", type=int, default=150)
    parser.add_argument("--fewest", type=int, default=FEWEST, help="clips that an engine must have")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args(argv)
    clips = clips_of(args.pairs, args.real, args.speech, args.each, args.seed, args.fewest)
    seen, clips = _heard(load(args.weights) if args.weights else load_default(), clips, args.seed)
    held = _held_back(clips, args.seed)
    space = fit_space(seen, [c.engine for c in clips], {c.engine: c.family for c in clips}, held)
    args.out.write_bytes(space.to_bytes())
    print(json.dumps(_summary(space, seen, clips, held), indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
