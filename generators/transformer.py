"""The text model at run time: units of speech to latents of the speech VAE, one after the other.

Network and training: ``generators/training/transformer_network.py`` and ``train_transformer.py``. What was
said is kept as keys and values, so that each latent costs the same however long the sentence is.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from earwitness.errors import ModelError
from earwitness.generators.sessions import Session
from earwitness.generators.units import numbered

__all__ = [
    "BOOK",
    "CONTEXT",
    "FRAMES",
    "LATENT",
    "READER",
    "STEP",
    "Sampling",
    "TextModel",
    "drawn",
    "spread",
    "whole_frames",
]

Float32 = npt.NDArray[np.float32]
Int64 = npt.NDArray[np.int64]
FRAMES = 2  # of 25 ms, in a latent
READER, CONTEXT, STEP, LATENT = (
    f"transformer_{part}.onnx" for part in ("reader", "context", "step", "latent")
)
BOOK = "transformer_book.npy"


@dataclass(frozen=True, slots=True)
class Sampling:
    """How latents are drawn. temperature: 0 takes the likeliest code, 1 draws as the model believes, more
    is wilder. top_p: only the likeliest codes that together have this probability (Holtzman et al. 2020).
    pace: how fast is spoken, 1 is as learnt."""

    temperature: float = 0.7
    top_p: float = 0.9
    pace: float = 1.0


class TextModel:
    """A trained text model. folder: with the files that ``generators.training.export_transformer`` wrote.

    Raises ModelError for what is missing or no such model.
    """

    def __init__(self, folder: Path, threads: int = 1) -> None:
        self._reader, self._context = Session(folder / READER, threads), Session(folder / CONTEXT, threads)
        self._step, self._latent = Session(folder / STEP, threads), Session(folder / LATENT, threads)
        try:
            self._book: Float32 = np.load(folder / BOOK, allow_pickle=False)
        except (OSError, ValueError) as error:
            raise ModelError(
                "it cannot be loaded as a code book.",
                subject=str(folder / BOOK),
                hint="Export it again with earwitness.generators.training.export_transformer.",
            ) from error

    def latents(
        self, units: str, voice: Float32, rng: np.random.Generator, sampling: Sampling | None = None
    ) -> Float32:
        """Latents (dimensions, n), 50 ms each, of units (``generators.units``) in a voice (dimensions,)."""
        how = sampling or Sampling()
        context = self.context(units, voice, how.pace)
        keys, values = self._nothing()
        previous = np.zeros(self._book.shape[1], np.float32)
        said = []
        for frame in context:
            hidden, logits, keys, values = self._step.run(
                context=frame, previous=previous, keys=keys, values=values
            )
            code = self._book[drawn(logits, how, rng)]
            previous = self._latent.run(hidden=hidden, said=code)[0]
            said.append(previous)
        return np.stack(said, 1)

    def context(self, units: str, voice: Float32, pace: float = 1.0) -> Float32:
        """What is to be said (latents, channels): states of the units, each as long as it lasts."""
        states, lasting = self._reader.run(units=numbered(units), voice=voice)
        frames = whole_frames(np.asarray(np.exp(lasting) / pace, np.float32))
        rows, places = spread(frames, -(-int(frames.sum()) // FRAMES))
        return self._context.run(states=states[rows], places=places, voice=voice)[0]

    def _nothing(self) -> tuple[Float32, Float32]:
        """Keys and values before the first latent."""
        layers, heads, size = self._step.shape("keys", (0, 1, 3))
        empty = np.zeros((layers, heads, 0, size), np.float32)
        return empty, empty


def drawn(logits: Float32, how: Sampling, rng: np.random.Generator) -> int:
    """A code, drawn as ``how`` says."""
    if how.temperature <= 0:
        return int(logits.argmax())
    scaled = (logits - logits.max()).astype(np.float64) / how.temperature
    chances = np.exp(scaled)
    chances /= chances.sum()
    order = np.argsort(-chances, kind="stable")
    likely = order[: int(np.searchsorted(np.cumsum(chances[order]), how.top_p)) + 1]
    return int(rng.choice(likely, p=chances[likely] / chances[likely].sum()))


def whole_frames(lasting: Float32) -> Int64:
    """Whole frames (n,), at least one each, whose running sums follow those of ``lasting``."""
    ends = np.round(np.cumsum(np.maximum(lasting, 1.0)))
    return np.maximum(np.diff(ends, prepend=0.0), 1.0).astype(np.int64)


def spread(frames: Int64, latents: int) -> tuple[Int64, Float32]:
    """For units of so many frames: which unit each of ``FRAMES * latents`` frames belongs to, and where in it
    (…, 3) it lies: share from its beginning, share to its end, its frames / 10."""
    rows = np.repeat(np.arange(len(frames)), frames)
    inside = np.concatenate([np.arange(n) for n in frames])
    short = max(0, FRAMES * latents - len(rows))
    rows = np.pad(rows, (0, short), mode="edge")[: FRAMES * latents]
    inside = np.pad(inside, (0, short), mode="edge")[: FRAMES * latents]
    lasts = frames[rows].astype(np.float32)
    share = (inside + 0.5) / lasts
    return rows, np.stack([share, 1 - share, lasts / 10], 1).astype(np.float32)
