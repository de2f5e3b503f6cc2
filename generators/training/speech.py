"""Recorded speech as one array on the disk, and random cuts of it."""

from __future__ import annotations

import csv
import json
from collections.abc import Collection
from pathlib import Path

import numpy as np
import numpy.typing as npt

from earwitness.audio import load_audio
from earwitness.errors import SourceNotFoundError

__all__ = ["Speech", "pack"]

Float32 = npt.NDArray[np.float32]
RATE = 16_000


def pack(manifest: Path, folder: Path, corpora: Collection[str], held_out: float = 0.03) -> Path:
    """Write the recordings of these corpora to ``folder`` as 16-bit samples, once.

    Speakers, not recordings, are held out for measuring: a share of ``held_out``, by their names' order.
    Raises SourceNotFoundError when the manifest has no recording of them.
    """
    index = folder / "speech.json"
    if index.exists():
        return folder
    with manifest.open(encoding="utf-8") as handle:
        rows = [row for row in csv.DictReader(handle, delimiter="\t") if row["corpus"] in corpora]
    if not rows:
        raise SourceNotFoundError("it has no recording of these corpora.", subject=str(manifest))
    folder.mkdir(parents=True, exist_ok=True)
    speakers = sorted({row["speaker"] for row in rows})
    every = max(2, round(1 / held_out))
    kept_back = set(speakers[every // 2 :: every] or speakers[1:][-1:])  # one of a few, never the only one
    entries, position = [], 0
    with (folder / "speech.i16").open("wb") as out:
        for row in rows:
            samples = load_audio(manifest.parent / row["path"], rate=RATE, mono=True).mono()
            whole = np.round(np.clip(samples, -1, 1) * 32767).astype("<i2")
            out.write(whole.tobytes())
            entries.append([position, whole.size, row["speaker"], row["speaker"] in kept_back, row["path"]])
            position += whole.size
    index.write_text(json.dumps({"rate": RATE, "recordings": entries}), encoding="utf-8")
    return folder


class Speech:
    """A packed folder. held_out: its measuring part instead of its training part."""

    def __init__(self, folder: Path, *, held_out: bool = False) -> None:
        content = json.loads((folder / "speech.json").read_text(encoding="utf-8"))
        self._samples = np.memmap(folder / "speech.i16", dtype="<i2", mode="r")
        self._places = [(int(a), int(n)) for a, n, _, back, _ in content["recordings"] if back == held_out]
        self._lengths = np.array([n for _, n in self._places], np.float64)

    def __len__(self) -> int:
        return len(self._places)

    @property
    def hours(self) -> float:
        """How much there is."""
        return float(self._lengths.sum()) / RATE / 3600

    def whole(self, index: int, longest: int) -> Float32:
        """The first ``longest`` samples of a recording, full scale ±1."""
        start, count = self._places[index]
        return np.asarray(self._samples[start : start + min(count, longest)] / np.float32(32768), np.float32)

    def batch(self, rng: np.random.Generator, count: int, length: int) -> Float32:
        """Cuts (count, length) at random places, longer recordings more often, at random levels (up to 20 dB
        down from the loudest)."""
        chosen = rng.choice(len(self._places), count, p=self._lengths / self._lengths.sum())
        return np.stack([self._cut(rng, self._places[k], length) for k in chosen])

    def _cut(self, rng: np.random.Generator, place: tuple[int, int], length: int) -> Float32:
        start, count = place
        first = start + int(rng.integers(max(1, count - length)))
        cut = np.asarray(self._samples[first : min(first + length, start + count)], np.float32)
        cut = np.pad(cut, (0, length - cut.size))
        peak = max(float(np.abs(cut).max()), 327.0)  # silence is not blown up
        return np.asarray(cut / peak * 10 ** (-rng.uniform(0.5, 20) / 20), np.float32)
