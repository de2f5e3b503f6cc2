"""What the text model learns from: for each sentence of the teacher its units, their frames, its latents."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import soundfile
import torch
from torch import Tensor

from earwitness.generators.mel import MelConfig, log_mel
from earwitness.generators.training.export_vae import load_network
from earwitness.generators.training.teacher import ALIGNED
from earwitness.generators.training.vae_network import VaeNet
from earwitness.generators.transformer import FRAMES, spread
from earwitness.generators.units import numbered
from earwitness.generators.vae import STRIDE

__all__ = ["Aligned", "Batch", "pack_aligned"]

HELD_OUT = 50  # of that many sentences one is held out
_INDEX = "aligned.json"


class Batch(NamedTuple):
    """units, frames, mask: (batch, n); frames in 25 ms, mask True where there is a unit. latents: (batch,
    m, latent); codes: (batch, m), of the first book; heard: (batch, m), True where there is a latent.
    voices: (batch, voice). rows: (batch, FRAMES * m), which unit each frame belongs to. places: (batch,
    FRAMES * m, 3), as ``Speaker.context`` takes them."""

    units: Tensor
    frames: Tensor
    mask: Tensor
    latents: Tensor
    codes: Tensor
    heard: Tensor
    voices: Tensor
    rows: Tensor
    places: Tensor


def pack_aligned(teacher: Path, vae: Path, folder: Path) -> Path:
    """Write the teacher's sentences (its folder) as latents of a VAE (its checkpoint) to ``folder``, once."""
    if (folder / _INDEX).exists():
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    net = load_network(vae)
    entries, first = [], 0
    with (folder / "latents.f32").open("wb") as out, (folder / "codes.i16").open("wb") as codes:
        for line in (teacher / ALIGNED).read_text(encoding="utf-8").splitlines():
            entry = json.loads(line)
            if "path" not in entry:
                continue
            latents, voice, said = _encoded(net, teacher / entry["path"])
            kept = min(len(latents), -(-sum(entry["frames"]) // FRAMES))
            out.write(latents[:kept].astype("<f4").tobytes())
            codes.write(said[:kept].astype("<i2").tobytes())
            known = {name: entry[name] for name in ("units", "frames", "voice", "number")}
            entries.append(known | {"first": first, "count": kept, "vector": voice.tolist()})
            first += kept
    books = net.quantizer.books
    content = {"latent": books.shape[2], "book": books[0].tolist(), "sentences": entries}
    (folder / _INDEX).write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return folder


@torch.no_grad()
def _encoded(net: VaeNet, path: Path) -> tuple[npt.NDArray[Any], ...]:
    """Mean latents (n, latent), voice (voice,) and codes of the first book (n,) of a recording."""
    samples, _ = soundfile.read(path, dtype="float32")
    mel = torch.from_numpy(log_mel(samples, MelConfig()))[None, :, :-1]
    mel = mel[:, :, : mel.shape[2] // STRIDE * STRIDE]
    latents, voice = net(mel)
    codes = net.quantizer.encode(latents)[0, 0]
    return latents[0].T.numpy(), voice[0].numpy(), codes.numpy()


class Aligned:
    """A packed folder. held_out: its measuring part instead of its training part."""

    def __init__(self, folder: Path, *, held_out: bool = False) -> None:
        content = json.loads((folder / _INDEX).read_text(encoding="utf-8"))
        size = content["latent"]
        self._latents = np.memmap(folder / "latents.f32", "<f4", "r").reshape(-1, size)
        self._codes = np.memmap(folder / "codes.i16", "<i2", "r")
        self.book = np.array(content["book"], np.float32)
        every = content["sentences"]
        kept = [entry for entry in every if (entry["number"] % HELD_OUT == 0) == held_out]
        self._entries = sorted(kept, key=lambda entry: (entry["count"], entry["number"]))
        self.voices = _means(every)

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def hours(self) -> float:
        """How much there is."""
        return sum(entry["count"] for entry in self._entries) / 20 / 3600

    @property
    def spread(self) -> npt.NDArray[np.float32]:
        """Standard deviation of each value of the latents (latent,)."""
        return np.asarray(self._latents[: 20 * 3600].std(0), np.float32)

    def batch(self, rng: np.random.Generator, count: int) -> Batch:
        """Random sentences of about the same length; half of them with their voice's mean vector."""
        near = min(len(self), 8 * count)
        begin = int(rng.integers(len(self) - near + 1))
        chosen = [self._entries[begin + int(k)] for k in rng.choice(near, min(count, near), replace=False)]
        return self._joined(chosen, rng.random(len(chosen)) < 0.5)

    def ordered(self, begin: int, count: int) -> Batch:
        """Sentences by their length, with their voices' mean vectors."""
        chosen = self._entries[begin : begin + count]
        return self._joined(chosen, np.ones(len(chosen), bool))

    def _joined(self, chosen: list[dict[str, Any]], mean: npt.NDArray[np.bool_]) -> Batch:
        units = [numbered(entry["units"]) for entry in chosen]
        frames = [np.array(entry["frames"], np.int64) for entry in chosen]
        slices = [slice(entry["first"], entry["first"] + entry["count"]) for entry in chosen]
        vectors = [
            self.voices[entry["voice"]] if is_mean else np.array(entry["vector"], np.float32)
            for entry, is_mean in zip(chosen, mean, strict=True)
        ]
        laid = [spread(one, entry["count"]) for one, entry in zip(frames, chosen, strict=True)]
        latents = [self._latents[place] for place in slices]
        return Batch(
            _padded(units),
            _padded(frames),
            _padded([np.ones(len(unit), bool) for unit in units]),
            _padded(latents),
            _padded([self._codes[place].astype(np.int64) for place in slices]),
            _padded([np.ones(len(latent), bool) for latent in latents]),
            torch.from_numpy(np.stack(vectors)),
            _padded([rows for rows, _ in laid]),
            _padded([places for _, places in laid]),
        )


def _padded(parts: list[npt.NDArray[Any]]) -> Tensor:
    longest = max(len(part) for part in parts)
    pads = [((0, longest - len(part)),) + ((0, 0),) * (part.ndim - 1) for part in parts]
    return torch.from_numpy(np.stack([np.pad(p, pad) for p, pad in zip(parts, pads, strict=True)]))


def _means(entries: list[dict[str, Any]]) -> dict[str, npt.NDArray[np.float32]]:
    """Mean vector of each voice, of length 1."""
    vectors: dict[str, list[list[float]]] = {}
    for entry in entries:
        vectors.setdefault(entry["voice"], []).append(entry["vector"])
    means = {name: np.mean(np.array(many, np.float32), 0) for name, many in vectors.items()}
    return {name: np.asarray(mean / np.linalg.norm(mean), np.float32) for name, mean in means.items()}
