"""Batches for training: pairs under one channel, and unpaired speech of both classes.

A pair is one FLAC of two channels (human, copy); see ``copysynth``. Both halves get the same crop and
the same random channel, so that nothing but the synthesis tells them apart. Every draw depends on
(seed, step) alone, so a run that resumes sees what an uninterrupted one would have seen.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import soxr
import torch
from torch.utils.data import Dataset

from earwitness.detector.frontend import SAMPLE_RATE, Float32, frames_in, spectrogram
from earwitness.detector.training.augment import channel
from earwitness.detector.training.channels import fit_length
from earwitness.detector.training.logs import PAIRS, logged
from earwitness.detector.training.shaken import shake
from earwitness.detector.training.splicing import mix_bands, splice, step_labels

__all__ = ["BatchPlan", "Batches", "Store", "crop", "load_store", "mask_bands", "scaled_crop"]

CROP_SECONDS = (1.8, 2.4, 3.0, 3.0)
MIXED = 0.15  # share of pairs whose copy has a band of the recording
SHAKEN = 0.3  # share of pairs that are any recording and itself with errors of no engine in particular
SCALED = 0.5  # share of crops played faster or slower
SCALES = (0.86, 1.16)
Batch = tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]


@dataclass(frozen=True, slots=True)
class BatchPlan:
    """How a batch is made up: pairs and splices (two crops each), unpaired synthetic and human crops."""

    pairs: int = 9
    splices: int = 3
    synthetic: int = 8
    human: int = 8
    strength: float = 1.0
    codecs: float = 1.0


@dataclass(frozen=True, slots=True)
class Store:
    """What there is to draw from. Paths are absolute; clips come with the name of their corpus or engine."""

    pairs: list[dict[str, Any]]
    human: list[tuple[Path, str]]
    synthetic: list[tuple[Path, str]]
    noises: list[Float32]

    def kinds(self) -> list[str]:
        """Names of all generators, sorted."""
        return sorted({pair["method"] for pair in self.pairs} | {engine for _, engine in self.synthetic})

    def pair_weights(self) -> np.ndarray[Any, np.dtype[np.float64]]:
        """Pairs are drawn so that methods count by the square root of their number.

        Easy attacks are learnt at once and pull the model to coarse traces: they get a fifth.
        """
        methods = [pair["method"] for pair in self.pairs]
        easy = np.isin(methods, ("world", "griffin_lim"))
        weights = by_group(methods) * np.where(easy, 0.2, 1.0)
        return np.asarray(weights / weights.sum())


def by_group(groups: Sequence[str]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Weights, summing to 1, with which groups count by the square root of their size."""
    counts = Counter(groups)
    weights = np.array([counts[group] ** -0.5 for group in groups])
    return weights / max(weights.sum(), 1e-9)


def load_store(pairs: Sequence[Path], real: Path, synthetic: Path | None, noises: Path | None) -> Store:
    """Read the pair logs, ``real.tsv`` (role train, both classes), a folder of speech, one of noises."""
    found = [{**row, "path": folder / row["path"]} for folder in pairs for row in logged(folder, PAIRS)]
    with real.open(encoding="utf-8") as handle:
        rows = [r for r in csv.DictReader(handle, delimiter="\t") if r["role"] == "train"]
    human = [(real.parent / row["path"], row["corpus"]) for row in rows if row["label"] == "human"]
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


def scaled_crop(x: Float32, n: int, rng: np.random.Generator) -> Float32:
    """As ``crop``, but every other time played faster or slower by up to a sixth, pitch and all.

    What a generator leaves lies at frequencies and intervals that its sample rate and hop fix. Engines never
    met have others, so those met are heard at many.
    """
    if rng.random() >= SCALED:
        return crop(x, n, rng)
    low, high = np.log(SCALES)
    speed = float(np.exp(rng.uniform(low, high)))
    taken = crop(x, round(n * speed), rng)
    heard = soxr.resample(taken.T, round(SAMPLE_RATE * speed), SAMPLE_RATE).T
    return np.stack([fit_length(side, n) for side in heard]) if x.ndim > 1 else fit_length(heard, n)


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


class Batches(Dataset[Batch]):
    """Item k is batch k: features (n, 256, frames), with the halves of pair i in rows 2i (human), 2i+1, after
    them splices in the same order; labels (n,), 1 where synthetic and NaN for splices; the number of the
    generator (n,) in ``Store.kinds``, -1 for people and for what no generator made; and labels of the steps
    (n, steps), ``step_labels``."""

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
        self.engines = by_group([engine for _, engine in store.synthetic])
        self.corpora = by_group([corpus for _, corpus in store.human])
        self.kinds = {name: number for number, name in enumerate(store.kinds())}

    def __len__(self) -> int:
        return max(0, self.steps - self.first)

    def _features(self, sides: Float32, seed: int, rng: np.random.Generator) -> list[Float32]:
        """Of crops (m, n) under one channel."""
        level = np.float32(10 ** rng.uniform(-1.5, -0.05)) / (np.abs(sides).max() + 1e-6)
        plan, noises = self.plan, self.store.noises
        made = [
            channel(side, seed, strength=plan.strength, codecs=plan.codecs, noises=noises)
            for side in np.ascontiguousarray(sides * level)
        ]
        return list(mask_bands(np.stack([self.front_end(m) for m in made]), rng))

    def _pair(
        self, number: int, n: int, spliced: bool, rng: np.random.Generator
    ) -> tuple[Float32, Float32, int]:
        """Crops (2, n), the labels of their steps (2, steps), and the generator's number, -1 of a splice."""
        if self.store.human and rng.random() < SHAKEN:
            ((path, _),) = _draw(self.store.human, self.corpora, 1, rng)
            human = scaled_crop(soundfile.read(path, dtype="float32")[0], n, rng)
            copy, kind = shake(human, rng), -1
        else:
            pair = self.store.pairs[number]
            human, copy = scaled_crop(soundfile.read(pair["path"], dtype="float32")[0].T, n, rng)
            kind = self.kinds[pair["method"]]
        where = np.ones(n, dtype=bool)
        if spliced:
            kind = -1
            copy, where = splice(human, copy, rng)
        elif rng.random() < MIXED:
            copy = mix_bands(human, copy, rng)
        sides = np.stack([human, copy])
        return sides, np.stack([_steps(human, np.zeros(n, dtype=bool)), _steps(human, where)]), kind

    def __getitem__(self, index: int) -> Batch:
        step = index + self.first
        rng = np.random.default_rng([self.seed, step])
        n = int(CROP_SECONDS[int(rng.integers(len(CROP_SECONDS)))] * SAMPLE_RATE)
        plan, rows = self.plan, list[Float32]()
        labels, kinds, local = list[float](), list[int](), list[Float32]()
        for k, pair in enumerate(rng.choice(len(self.weights), plan.pairs + plan.splices, p=self.weights)):
            spliced = k >= plan.pairs
            sides, steps, kind = self._pair(int(pair), n, spliced, rng)
            rows += self._features(sides, int(rng.integers(2**31)), rng)
            labels += [0.0, np.nan if spliced else 1.0]
            kinds += [-1, kind]
            local += list(steps)
        made = _draw(self.store.synthetic, self.engines, plan.synthetic, rng)
        singles = [(path, self.kinds[engine]) for path, engine in made]
        singles += [(path, -1) for path, _ in _draw(self.store.human, self.corpora, plan.human, rng)]
        for path, kind in singles:
            x = scaled_crop(soundfile.read(path, dtype="float32")[0], n, rng)
            rows += self._features(x[None], int(rng.integers(2**31)), rng)
            labels.append(float(kind >= 0))
            kinds.append(kind)
            local.append(_steps(x, np.full(n, kind >= 0)))
        return (
            torch.from_numpy(np.stack(rows)),
            torch.tensor(labels),
            torch.tensor(kinds),
            torch.from_numpy(np.stack(local)),
        )


def _steps(sound: Float32, synthetic: np.ndarray[Any, np.dtype[np.bool_]]) -> Float32:
    """Labels of as many steps as the network has vectors."""
    return step_labels(sound, synthetic, -(-frames_in(len(sound)) // 8))


def _draw(
    clips: list[tuple[Path, str]],
    weights: np.ndarray[Any, np.dtype[np.float64]],
    count: int,
    rng: np.random.Generator,
) -> list[tuple[Path, str]]:
    return [clips[int(k)] for k in rng.choice(len(clips), size=count, p=weights)] if clips else []
