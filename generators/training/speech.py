"""Recorded speech and its pitch as arrays on the disk, and random cuts of them."""

from __future__ import annotations

import csv
import json
import zlib
from collections.abc import Collection
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from earwitness.audio import load_audio
from earwitness.errors import SourceNotFoundError
from earwitness.generators.mel import MelConfig
from earwitness.generators.training.pitch_network import track

__all__ = ["Cuts", "Speech", "pack"]

Float32 = npt.NDArray[np.float32]
RATE = 16_000
HOP = MelConfig().hop


class Cuts(NamedTuple):
    """samples: (count, length), full scale ±1. pitch: Hz (count, length // hop + 1), 0 where unvoiced."""

    samples: Float32
    pitch: Float32


def pack(manifest: Path, folder: Path, corpora: Collection[str], held_out: float = 0.03) -> Path:
    """Write the recordings of these corpora to ``folder`` as 16-bit samples, and their pitch, once.

    Speakers, not recordings, are held out for measuring: a share of ``held_out``, by hashes of their names,
    so that a speaker stays on the same side when corpora are added.
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
    kept_back = _kept_back({row["speaker"] for row in rows}, held_out)
    entries, position = [], 0
    with (folder / "speech.i16").open("wb") as out, (folder / "pitch.f32").open("wb") as pitch:
        for row in rows:
            samples = load_audio(manifest.parent / row["path"], rate=RATE, mono=True).mono()
            pitch.write(track(samples, MelConfig()).astype("<f4").tobytes())
            whole = np.round(np.clip(samples, -1, 1) * 32767).astype("<i2")
            out.write(whole.tobytes())
            entries.append([position, whole.size, row["speaker"], row["speaker"] in kept_back, row["path"]])
            position += whole.size
    index.write_text(json.dumps({"rate": RATE, "recordings": entries}), encoding="utf-8")
    return folder


def _kept_back(speakers: set[str], share: float) -> set[str]:
    hashed = {name: zlib.crc32(name.encode()) / 2**32 for name in speakers}
    drawn = {name for name, value in hashed.items() if value < share}
    if 0 < len(drawn) < len(speakers):
        return drawn
    return set(sorted(speakers, key=hashed.__getitem__)[1:][-1:])  # one of a few, never the only one


class Speech:
    """A packed folder. held_out: its measuring part instead of its training part."""

    def __init__(self, folder: Path, *, held_out: bool = False) -> None:
        content = json.loads((folder / "speech.json").read_text(encoding="utf-8"))
        self._samples = np.memmap(folder / "speech.i16", dtype="<i2", mode="r")
        self._pitch = np.memmap(folder / "pitch.f32", dtype="<f4", mode="r")
        self._places: list[tuple[int, int, int]] = []  # first sample, samples, first frame of the pitch
        frame = 0
        for start, count, _, back, _ in content["recordings"]:
            if back == held_out:
                self._places.append((int(start), int(count), frame))
            frame += int(count) // HOP + 1
        self._lengths = np.array([count for _, count, _ in self._places], np.float64)

    def __len__(self) -> int:
        return len(self._places)

    @property
    def hours(self) -> float:
        """How much there is."""
        return float(self._lengths.sum()) / RATE / 3600

    def whole(self, index: int, longest: int) -> Float32:
        """The first ``longest`` samples of a recording, full scale ±1."""
        start, count, _ = self._places[index]
        return np.asarray(self._samples[start : start + min(count, longest)] / np.float32(32768), np.float32)

    def batch(self, rng: np.random.Generator, count: int, length: int) -> Cuts:
        """Cuts at random places, longer recordings more often, at random levels (up to 20 dB down from the
        loudest)."""
        chosen = rng.choice(len(self._places), count, p=self._lengths / self._lengths.sum())
        cuts = [self._cut(rng, self._places[k], length) for k in chosen]
        return Cuts(np.stack([sound for sound, _ in cuts]), np.stack([pitch for _, pitch in cuts]))

    def _cut(
        self, rng: np.random.Generator, place: tuple[int, int, int], length: int
    ) -> tuple[Float32, Float32]:
        start, count, frame = place
        skipped = int(rng.integers(max(1, (count - length) // HOP + 1)))  # whole frames: the pitch fits then
        first = start + skipped * HOP
        cut = np.asarray(self._samples[first : min(first + length, start + count)], np.float32)
        cut = np.pad(cut, (0, length - cut.size))
        peak = max(float(np.abs(cut).max()), 327.0)  # silence is not blown up
        last = min(frame + skipped + length // HOP + 1, frame + count // HOP + 1)
        pitch = np.asarray(self._pitch[frame + skipped : last], np.float32)
        pitch = np.pad(pitch, (0, length // HOP + 1 - pitch.size))
        return np.asarray(cut / peak * 10 ** (-rng.uniform(0.5, 20) / 20), np.float32), pitch
