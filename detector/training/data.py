"""Batches for training: pairs under one channel, and unpaired speech of both classes.

A pair is one FLAC of two channels (human, copy); see ``copysynth``. Both halves get the same crop and
the same random channel, so that nothing but the synthesis tells them apart. Every draw depends on
(seed, step) alone, so a run that resumes sees what an uninterrupted one would have seen.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import soundfile
import torch
from torch.utils.data import Dataset

from earwitness.detector.frontend import SAMPLE_RATE, Float32, spectrogram
from earwitness.detector.training.augment import channel
from earwitness.detector.training.logs import PAIRS, logged

__all__ = ["BatchPlan", "Batches", "Store", "crop", "load_store", "mask_bands"]

T = TypeVar("T")
CROP_SECONDS = (1.8, 2.4, 3.0, 3.0)


@dataclass(frozen=True, slots=True)
class BatchPlan:
    """How a batch is made up: pairs (two crops each), unpaired synthetic and human crops."""

    pairs: int = 12
    synthetic: int = 6
    human: int = 6
    strength: float = 1.0
    codecs: float = 1.0


@dataclass(frozen=True, slots=True)
class Store:
    """What there is to draw from. Paths are absolute; synthetic: clips with the name of their engine."""

    pairs: list[dict[str, Any]]
    human: list[Path]
    synthetic: list[tuple[Path, str]]
    noises: list[Float32]

    def kinds(self) -> list[str]:
        """Names of all generators, sorted."""
        return sorted({pair["method"] for pair in self.pairs} | {engine for _, engine in self.synthetic})

    def pair_weights(self) -> np.ndarray[Any, np.dtype[np.float64]]:
        """Pairs are drawn so that methods count by the square root of their number.

        Easy attacks are learnt at once and pull the model to coarse traces: they get a fifth.
        """
        counts: dict[str, int] = {}
        for pair in self.pairs:
            counts[pair["method"]] = counts.get(pair["method"], 0) + 1
        easy = ("world", "griffin_lim")
        weights = [(0.2 if p["method"] in easy else 1.0) / counts[p["method"]] ** 0.5 for p in self.pairs]
        return np.asarray(weights) / np.sum(weights)


def load_store(pairs: Sequence[Path], real: Path, synthetic: Path | None, noises: Path | None) -> Store:
    """Read the pair logs, ``real.tsv`` (role train, both classes), a folder of speech, one of noises."""
    found = [{**row, "path": folder / row["path"]} for folder in pairs for row in logged(folder, PAIRS)]
    with real.open(encoding="utf-8") as handle:
        rows = [r for r in csv.DictReader(handle, delimiter="\t") if r["role"] == "train"]
    human = [real.parent / row["path"] for row in rows if row["label"] == "human"]
    fakes = [(real.parent / row["path"], row["system"]) for row in rows if row["label"] == "synthetic"]
    if synthetic and synthetic.is_dir():
        # ``speak`` names a clip by its engine and a number.
        fakes += [(path, path.stem.rpartition("_")[0]) for path in sorted(synthetic.rglob("*.flac"))]
    sounds = []
    for path in sorted(noises.glob("*.flac")) if noises and noises.is_dir() else []:
        sounds.append(soundfile.read(path, dtype="float32")[0])
    return Store(found, human, fakes, sounds)


def crop(x: Float32, n: int, rng: np.random.Generator) -> Float32:
    """n samples from the last axis at a random place; what is too short is repeated."""
    have = x.shape[-1]
    if have < n:
        return np.tile(x, (1,) * (x.ndim - 1) + (-(-n // have),))[..., :n]
    start = int(rng.integers(have - n + 1))
    return x[..., start : start + n]


def mask_bands(features: Float32, rng: np.random.Generator) -> Float32:
    """Blank bands over the last two axes: up to two of up to 24 bins (SpecAugment, Park et al. 2019), and in
    every fourth case up to half of all bins at once, so that no single band is relied on."""
    features = features.copy()
    bins = features.shape[-2]
    widths = [int(rng.integers(4, 25)) for _ in range(int(rng.integers(3)))]
    if rng.random() < 0.25:
        widths.append(int(rng.integers(bins // 5, bins // 2)))
    for width in widths:
        low = int(rng.integers(bins - width))
        features[..., low : low + width, :] = 0
    return features


class Batches(Dataset[tuple[torch.Tensor, torch.Tensor, torch.Tensor]]):
    """Item k is batch k: features (n, 256, frames), with the halves of pair i in rows 2i (human), 2i+1;
    labels (n,), 1 where synthetic; and the number of the generator (n,) in ``Store.kinds``, -1 for people."""

    def __init__(
        self,
        store: Store,
        plan: BatchPlan,
        steps: int,
        seed: int,
        first: int = 0,
        front_end: Callable[[Float32], Float32] = spectrogram,
    ) -> None:
        self.front_end = front_end
        self.store, self.plan, self.steps, self.seed, self.first = store, plan, steps, seed, first
        self.weights = store.pair_weights()
        self.kinds = {name: number for number, name in enumerate(store.kinds())}

    def __len__(self) -> int:
        return max(0, self.steps - self.first)

    def _features(self, x: Float32, n: int, seed: int, rng: np.random.Generator) -> list[Float32]:
        cut = crop(x, n, rng)
        level = np.float32(10 ** rng.uniform(-1.5, -0.05)) / (np.abs(cut).max() + 1e-6)
        sides = np.atleast_2d(cut * level)
        made = [
            channel(
                np.ascontiguousarray(side),
                seed,
                strength=self.plan.strength,
                codecs=self.plan.codecs,
                noises=self.store.noises,
            )
            for side in sides
        ]
        return list(mask_bands(np.stack([self.front_end(m) for m in made]), rng))

    def __getitem__(self, index: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        step = index + self.first
        rng = np.random.default_rng([self.seed, step])
        n = int(CROP_SECONDS[int(rng.integers(len(CROP_SECONDS)))] * SAMPLE_RATE)
        rows: list[Float32] = []
        kinds: list[int] = []
        for k in rng.choice(len(self.store.pairs), self.plan.pairs, p=self.weights):
            pair, _ = soundfile.read(self.store.pairs[k]["path"], dtype="float32")
            rows += self._features(pair.T, n, int(rng.integers(2**31)), rng)
            kinds += [-1, self.kinds[self.store.pairs[k]["method"]]]
        drawn = _draw(self.store.synthetic, self.plan.synthetic, rng)
        singles = [(path, self.kinds[engine]) for path, engine in drawn]
        singles += [(path, -1) for path in _draw(self.store.human, self.plan.human, rng)]
        for path, kind in singles:
            x, _ = soundfile.read(path, dtype="float32")
            rows += self._features(x, n, int(rng.integers(2**31)), rng)
            kinds.append(kind)
        numbers = torch.tensor(kinds)
        return torch.from_numpy(np.stack(rows)), (numbers >= 0).float(), numbers


def _draw(things: list[T], count: int, rng: np.random.Generator) -> list[T]:
    return [things[int(k)] for k in rng.integers(len(things), size=count)] if things else []
