"""The shipped detector: one small ONNX graph and a card, run by ONNX Runtime on the CPU.

The graph holds one or several members, networks that look at the sound through different views
(``frontend``); each gives one vector and one attention logit every 80 ms. A two-layer head a member, in
numpy, turns the pooled statistics of a window into a score, and the mean over the members is the raw score
(the heads travel in the graph's metadata). What the raw score means is in the card (``card``).
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from earwitness.contracts import DetectorStream, Excerpt, Float32, KeepingStream, Occluded
from earwitness.detector.card import Card, read_card, read_weights
from earwitness.detector.frontend import VIEWS, views_of
from earwitness.detector.localiser import Localiser, read_localiser
from earwitness.detector.sessions import open_session
from earwitness.errors import ModelError, UsageError
from earwitness.report import ModelInfo

__all__ = ["SpectrogramDetector", "load_default"]


class SpectrogramDetector:
    """One model in memory; streams share it. Safe to use from several threads.

    threads: 0 lets ONNX Runtime choose; None takes ``EARWITNESS_THREADS`` (default 0).
    localiser: what looks at steps a second time; None: they are scored by themselves alone.
    """

    sample_rate = 16_000

    def __init__(
        self, card: Card, weights: bytes, threads: int | None = None, localiser: Localiser | None = None
    ) -> None:
        self.card = card
        self.localiser = localiser
        wanted = _threads() if threads is None else threads
        try:
            self._session = open_session(weights, wanted)
            self._heads = _Heads.from_metadata(self._session.get_modelmeta().custom_metadata_map)
            self._views = [entry.name for entry in self._session.get_inputs()]
            unknown = set(self._views) - set(VIEWS)
            if unknown:
                raise KeyError(*unknown)  # as below: the weights are not for this version
        except Exception as error:  # onnxruntime's exceptions have no common public base
            raise ModelError(f"the weights cannot be loaded: {error}.", subject=card.name) from error

    @property
    def info(self) -> ModelInfo:
        """Name, version and hash, for the report."""
        return ModelInfo(
            name=self.card.name, version=self.card.version, kind="detector", sha256=self.card.sha256
        )

    @property
    def vector_shape(self) -> tuple[int, int]:
        """Members and length of a member's frame vector."""
        members, _, statistics = self._heads.w1.shape
        return members, statistics // 2

    def start(self) -> DetectorStream:
        """Open a stream for one channel of one recording."""
        from earwitness.detector.stream import SpectrogramStream

        return SpectrogramStream(self)

    def start_keeping(self) -> KeepingStream:
        """See ``earwitness.contracts.Explainer``."""
        from earwitness.detector.explain import SpectrogramKeeper

        return SpectrogramKeeper(self)

    def explain(self, excerpts: Sequence[Excerpt]) -> list[Occluded]:
        """See ``earwitness.contracts.Explainer``."""
        from earwitness.detector.explain import occlude

        return occlude(self, excerpts)

    def frames(
        self, samples: Float32, speech: npt.NDArray[np.bool_] | None = None
    ) -> tuple[Float32, Float32]:
        """Frame vectors (steps, members, dim) and attention logits (steps, members), a step every 80 ms.

        samples: (n,) at 16 kHz, one spectrogram frame at least. speech: see ``frontend.spectrogram``.
        """
        return self.look(self.views(samples, speech))

    def views(self, samples: Float32, speech: npt.NDArray[np.bool_] | None = None) -> dict[str, Float32]:
        """What the network is shown, by the name of its input; see ``frontend`` for the shapes."""
        return views_of(self._views, samples, speech)

    def look(self, views: dict[str, Float32]) -> tuple[Float32, Float32]:
        """The second half of ``frames``: vectors and attention logits of the views of one sound."""
        batch = {name: view[None] for name, view in views.items()}
        vectors, attention = self._session.run(["vectors", "attention"], batch)
        return vectors[0], attention[0]

    def scores(self, statistics: Float32) -> Float32:
        """Raw score of each window from its pooled statistics (windows, members, 2 * dim)."""
        return self._heads(statistics)

    def steps(self, vectors: Float32) -> Float32 | None:
        """Raw score of each step by itself from vectors (steps, members, dim); None: no member has one."""
        return self._heads.steps(vectors)


def _threads() -> int:
    text = os.environ.get("EARWITNESS_THREADS", "0")
    if not text.isdecimal():
        raise UsageError(f"EARWITNESS_THREADS={text!r} is no number of threads.", hint="Give 0, 1, 2, …")
    return int(text)


@dataclass(frozen=True, slots=True)
class _Heads:
    """The last two layers of each member, small enough for numpy: hidden units with ReLU, one output.

    w1: (members, hidden, 2 * dim); b1, w2: (members, hidden); b2: (members,).
    local: (members, dim + 1), weights and offset of a single step's score, zero for members that have none.
    """

    w1: Float32
    b1: Float32
    w2: Float32
    b2: Float32
    local: Float32

    @classmethod
    def from_metadata(cls, table: dict[str, str]) -> _Heads:
        keys = [key for key in ("w1", "b1", "w2", "b2", "local") if key != "local" or key in table]
        parts = {key: np.asarray(json.loads(table[key]), dtype=np.float32) for key in keys}
        members, _, statistics = parts["w1"].shape
        # Before edition 4 no member scored steps.
        return cls(**{"local": np.zeros((members, statistics // 2 + 1), np.float32), **parts})

    def steps(self, vectors: Float32) -> Float32 | None:
        having = int(self.local.any(axis=1).sum())
        if not having:
            return None
        scores = np.einsum("fmd,md->f", vectors, self.local[:, :-1]) + self.local[:, -1].sum()
        return np.asarray(scores / having, dtype=np.float32)

    def __call__(self, x: Float32) -> Float32:
        hidden = np.maximum(np.einsum("wms,mhs->wmh", x, self.w1) + self.b1, 0)
        members = np.einsum("wmh,mh->wm", hidden, self.w2) + self.b2
        return np.asarray(members.mean(axis=1), dtype=np.float32)


@cache
def load_default() -> SpectrogramDetector:
    """The shipped default, loaded once a process (entry point of ``earwitness.detectors``)."""
    card = read_card()
    return SpectrogramDetector(card, read_weights(card), localiser=read_localiser(card))
