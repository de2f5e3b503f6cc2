"""Train the localiser: which steps of a recording sound unlike the rest of it.

    python -m earwitness.detector.training.localise WEIGHTS --pairs PAIRS ... --real REAL/real.tsv \
        --partial PARTIAL/manifest.tsv --work FOLDER

WEIGHTS is the folder that ``ship`` wrote. Recordings of which a part is a copy, and human ones joined in the
same way (``partial_set``), go through its networks, clean or through a channel of ``listening.CONDITIONS``;
their vectors are kept in FOLDER, so that an interrupted run goes on. A small network (``localnet``) then
learns the labels of the steps; ``WEIGHTS/spectro_local.onnx`` is written, and the card: how scores of steps
are read is learnt anew from ``--partial``, people and engines never met (``splices``).
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
from copy import copy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from earwitness.contracts import Float32
from earwitness.detector.card import DEFAULT, card_of
from earwitness.detector.localiser import Localiser
from earwitness.detector.model import SpectrogramDetector
from earwitness.detector.training.listening import CONDITIONS, condition, listen
from earwitness.detector.training.localnet import LocalNet, export
from earwitness.detector.training.logs import PAIRS, hours, logged
from earwitness.detector.training.partial_set import HUMAN, PARTIAL, SYNTHETIC, Recording, build
from earwitness.detector.training.partial_voices import read_voices
from earwitness.detector.training.splices import add_local, synthetic_steps
from earwitness.errors import EarWitnessError, UsageError

__all__ = ["Example", "account", "attach", "batch", "example", "fit", "gather", "load", "loss_of", "main"]

SHARE = 0.5  # of a step's score by itself, beside the localiser's
COUNTS = {PARTIAL: 1300, HUMAN: 850, SYNTHETIC: 100}
STEPS = 700
CROP = 150  # steps (12 s) of an example that a batch sees
BATCH = 16
CLEAN = 0.4  # share of recordings without a channel
NOISE = 0.3  # added to vectors of unit spread
SYNTHETIC_WEIGHT = 4.0  # of a synthetic step: a fifth of the time is synthetic
FILE_WEIGHT = 0.3  # of the question whether anything is, beside where
PEAK = 5  # steps over which that question takes means
LEAST = 4  # synthetic steps from which on a crop has something to find


@dataclass(frozen=True, slots=True)
class Example:
    """vectors: (n, members * dim); heard: (n,) 1 where somebody speaks; labels: (n,) 1 where synthetic."""

    vectors: Float32
    heard: Float32
    labels: Float32


class _Keeper:
    """Stands where the localiser stands, keeps what comes, and says nothing of it."""

    share = 1.0

    def __init__(self) -> None:
        self.seen: list[tuple[Float32, Float32]] = []

    def look(self, vectors: Float32, heard: Float32) -> Float32:
        self.seen.append((vectors, heard))
        return np.zeros(len(vectors), np.float32)


def example(detector: SpectrogramDetector, recording: Recording, channel: str, seed: int) -> Example:
    """A recording through a channel of CONDITIONS as the localiser will be shown it (up to 25 s)."""
    keeper, hearing = _Keeper(), copy(detector)
    hearing.localiser = keeper  # type: ignore[assignment]  # it has all that a stream asks for
    scores = listen(hearing, condition(recording.samples, channel, seed))
    vectors, heard = keeper.seen[-1]
    labels = synthetic_steps(recording.truth, len(heard), scores.step_s)
    return Example(vectors.reshape(len(heard), -1), heard, labels.astype(np.float32))


def gather(
    detector: SpectrogramDetector, recordings: Sequence[Recording], work: Path, seed: int = 0
) -> list[Example]:
    """Examples of all recordings, clean or through a channel by chance; what ``work`` keeps is taken up."""
    _claim(work, detector, recordings, seed)
    channels = [name for name in CONDITIONS if name != "clean"]

    def heard(index: int) -> Example:
        target = work / f"{index:05d}.npz"
        if not target.exists():
            rng = np.random.default_rng([seed, index])
            channel = "clean" if rng.random() < CLEAN else channels[int(rng.integers(len(channels)))]
            made = example(detector, recordings[index], channel, index)
            beside = target.with_suffix(".tmp.npz")
            np.savez(beside, vectors=made.vectors.astype(np.float16), heard=made.heard, labels=made.labels)
            beside.replace(target)
            if index % 100 == 0:
                print(f"{index}/{len(recordings)} recordings", flush=True)
        with np.load(target) as table:
            return Example(table["vectors"].astype(np.float32), table["heard"], table["labels"])

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(heard, range(len(recordings))))


def _claim(work: Path, detector: SpectrogramDetector, recordings: Sequence[Recording], seed: int) -> None:
    """Make the folder, for these recordings and weights alone."""
    each = (f"{one.name} {one.speaker} {one.truth}" for one in recordings)
    about = [detector.card.sha256, str(seed), *each]
    digest = hashlib.sha256("\n".join(about).encode()).hexdigest()
    work.mkdir(parents=True, exist_ok=True)
    mark = work / "recordings.sha256"
    if mark.exists() and mark.read_text(encoding="utf-8") != digest:
        raise UsageError(
            "it keeps vectors of other recordings.", subject=str(work), hint="Give another folder."
        )
    mark.write_text(digest, encoding="utf-8")


def batch(examples: Sequence[Example], rng: np.random.Generator) -> tuple[Tensor, Tensor, Tensor]:
    """Crops of ``BATCH`` random examples: vectors (b, CROP, size), heard, labels (b, CROP), 0 past an end."""
    drawn = [examples[int(at)] for at in rng.integers(len(examples), size=BATCH)]
    vectors = np.zeros((BATCH, CROP, drawn[0].vectors.shape[1]), np.float32)
    heard, labels = np.zeros((BATCH, CROP), np.float32), np.zeros((BATCH, CROP), np.float32)
    for row, one in enumerate(drawn):
        begin = int(rng.integers(max(1, len(one.heard) - CROP + 1)))
        part = slice(begin, begin + CROP)
        length = len(one.heard[part])
        vectors[row, :length] = one.vectors[part]
        heard[row, :length], labels[row, :length] = one.heard[part], one.labels[part]
    return torch.from_numpy(vectors), torch.from_numpy(heard), torch.from_numpy(labels)


def loss_of(logits: Tensor, heard: Tensor, labels: Tensor) -> Tensor:
    """How wrong steps are, and the highest of them where nothing, or something, is to be found."""
    each = functional.binary_cross_entropy_with_logits(logits, labels, reduction="none")
    where = (each * heard * (1 + (SYNTHETIC_WEIGHT - 1) * labels)).sum() / heard.sum().clamp(min=1.0)
    means = functional.avg_pool1d((logits * heard).unsqueeze(1), PEAK, 1, PEAK // 2).squeeze(1)
    peak = torch.logsumexp(means.masked_fill(heard == 0, -20.0), dim=1) - float(np.log(PEAK))
    anything = ((labels * heard).sum(1) >= LEAST).float()
    return where + FILE_WEIGHT * functional.binary_cross_entropy_with_logits(peak, anything)


def fit(examples: Sequence[Example], steps: int, seed: int = 0, rate: float = 2e-3) -> LocalNet:
    """A network trained on the examples; its weights are a running average. Deterministic from the seed."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    net = LocalNet(examples[0].vectors.shape[1])
    spread = np.concatenate([one.vectors[::6] for one in examples]).std(axis=0) + 1e-3
    net.scale.copy_(torch.from_numpy(spread))
    average = {name: value.clone() for name, value in net.state_dict().items()}
    optimizer = torch.optim.AdamW(net.parameters(), lr=rate, weight_decay=0.05)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=steps, pct_start=0.1)
    running = 0.0
    for step in range(1, steps + 1):
        net.train()
        vectors, heard, labels = batch(examples, rng)
        loss = loss_of(net(vectors + NOISE * net.scale * torch.randn_like(vectors), heard), heard, labels)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        keep = min(0.99, step / (step + 10))
        average = {k: keep * average[k] + (1 - keep) * v for k, v in net.state_dict().items()}
        running += (float(loss.detach()) - running) / min(step, 50)
        if step % 100 == 0 or step == steps:
            print(f"step {step}, loss {running:.3f}", flush=True)
    net.load_state_dict(average)
    return net.eval()


def load(weights: Path, localiser: Localiser | None = None) -> SpectrogramDetector:
    """The model that ``ship`` wrote into a folder."""
    card = card_of(json.loads((weights / f"{DEFAULT}.json").read_text(encoding="utf-8")))
    data = (weights / f"{DEFAULT}.onnx").read_bytes()
    return SpectrogramDetector(card, data, threads=1, localiser=localiser)


def account(pairs: Sequence[Path], real: Path) -> list[dict[str, Any]]:
    """What was learnt from, for the card: of each corpus its licence, pairs, speakers and hours of pairs."""
    with real.open(encoding="utf-8", newline="") as handle:
        licences = {row["corpus"]: row["licence"] for row in csv.DictReader(handle, delimiter="\t")}
    rows = [(folder, row) for folder in pairs for row in logged(folder, PAIRS)]
    found = []
    for name in sorted({row["corpus"] for _, row in rows}):
        own = [(folder, row) for folder, row in rows if row["corpus"] == name]
        speakers = len({row["speaker"] for _, row in own})
        entry = {"name": name, "licence": licences[name], "pairs": len(own), "speakers": speakers}
        found.append(entry | {"hours": hours([folder / row["path"] for folder, row in own])})
    return found


def attach(weights: Path, net: LocalNet, partial: Path, sources: list[dict[str, Any]]) -> None:
    """Write the network and what the card says of it into the folder of a model."""
    target, card = weights / f"{DEFAULT}_local.onnx", weights / f"{DEFAULT}.json"
    export(net, target)
    data = target.read_bytes()
    table = json.loads(card.read_text(encoding="utf-8"))
    add_local(table["runtime"], load(weights, Localiser(data, SHARE)), partial)
    sha256 = hashlib.sha256(data).hexdigest()
    table["localiser"] = {"file": target.name, "sha256": sha256, "share": SHARE}
    # What ``earwitness models`` and ``doctor`` check.
    table["files"] = {table["file"]: table["sha256"], target.name: sha256}
    table["localiser_data"] = sources
    card.write_text(json.dumps(table, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(json.dumps(table["runtime"]["local"], indent=2))


def main(argv: Sequence[str] | None = None) -> int:
    """Command line."""
    parser = argparse.ArgumentParser(
        prog="earwitness.detector.training.localise", description=__doc__.partition("\n")[0]
    )
    parser.add_argument("weights", type=Path)
    parser.add_argument("--pairs", type=Path, nargs="+", required=True)
    parser.add_argument("--real", type=Path, required=True)
    parser.add_argument("--partial", type=Path, required=True, help="list of development recordings")
    parser.add_argument("--work", type=Path, required=True, help="folder to keep vectors in")
    for kind, count in COUNTS.items():
        parser.add_argument(f"--{kind}-recordings", type=int, default=count, help=f"(default: {count})")
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args(argv)
    counts = {kind: vars(given)[f"{kind}_recordings"] for kind in COUNTS}
    try:
        voices = [voice for folder in given.pairs for voice in read_voices(folder, given.real)]
        recordings = list(build(voices, counts, given.seed))
        examples = gather(load(given.weights), recordings, given.work, given.seed)
    except EarWitnessError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    sources = account(given.pairs, given.real)
    attach(given.weights, fit(examples, given.steps, given.seed), given.partial, sources)
    return 0


if __name__ == "__main__":
    sys.exit(main())
