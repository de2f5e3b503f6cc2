"""Which steps of a recording sound unlike the rest of it: a second look at the vectors of the frames.

Whether 80 ms are synthetic is hard to hear in them alone, and what people sound like differs more from one
recording to the next than copies differ from people. Beside the rest of the same recording, though, the same
80 ms stand out. A small network sees each step's vectors less their mean over the recording, and its
neighbours, and scores every step. It is run block by block, so that hours need no more than seconds do.
"""

from __future__ import annotations

import numpy as np

from earwitness.contracts import Float32
from earwitness.detector.card import Card, read_file
from earwitness.detector.sessions import open_session
from earwitness.errors import ModelError

__all__ = ["BLOCK", "HEARD_SHARE", "MARGIN", "Blocks", "Localiser", "read_localiser"]

BLOCK = 125  # steps (10 s) whose scores come from one look
MARGIN = 62  # steps (5 s) on either side that are looked at with them
HEARD_SHARE = 0.3  # a step with less speech is a pause


class Localiser:
    """The network, in memory. Safe to use from several threads.

    weights: ONNX with inputs ``vectors`` (1, n, members * dim) and ``heard`` (1, n), and one output (1, n).
    share: how much a step's score by itself counts beside what this network says of it.
    threads: as in ``open_session``. Raises ModelError.
    """

    def __init__(self, weights: bytes, share: float, threads: int = 1) -> None:
        self.share = share
        try:
            self._session = open_session(weights, threads)
            if [entry.name for entry in self._session.get_inputs()] != ["vectors", "heard"]:
                raise ValueError("it has other inputs")
        except Exception as error:  # onnxruntime's exceptions have no common public base
            raise ModelError(f"the localiser's weights cannot be loaded: {error}.") from error

    def look(self, vectors: Float32, heard: Float32) -> Float32:
        """Raw score of every step, (n,). vectors: (n, members, dim); heard: (n,) 1 where somebody speaks."""
        feed = {"vectors": vectors.reshape(1, len(vectors), -1), "heard": heard[None]}
        (scores,) = self._session.run(None, feed)
        return np.asarray(scores[0], dtype=np.float32)


class Blocks:
    """The localiser's scores of one channel whose vectors come in pieces of any size.

    A block is looked at with ``MARGIN`` steps on either side; the last one is up to two blocks and a margin
    long, so that no rest is judged beside little else. The pieces make no difference.
    """

    def __init__(self, localiser: Localiser) -> None:
        self._localiser = localiser
        self._vectors: list[Float32] = []
        self._heard = np.zeros(0, np.float32)
        self._before = 0  # steps kept that have a score already
        self._scores: list[Float32] = []

    def push(self, vectors: Float32, speech: Float32) -> None:
        """vectors: (n, members, dim). speech: (n,) share of speech in each step, 0..1."""
        self._vectors.append(vectors)
        self._heard = np.concatenate([self._heard, (speech >= HEARD_SHARE).astype(np.float32)])
        while len(self._heard) >= self._before + 2 * BLOCK + MARGIN:
            self._judge(self._before + BLOCK, self._before + BLOCK + MARGIN)

    def finish(self) -> Float32:
        """Raw score of every step that came, (n,)."""
        if len(self._heard) > self._before:
            self._judge(len(self._heard), len(self._heard))
        return np.concatenate([np.zeros(0, np.float32), *self._scores])

    def _judge(self, end: int, seen: int) -> None:
        """Score the steps up to ``end``, looking as far as ``seen``."""
        vectors = np.concatenate(self._vectors)
        found = self._localiser.look(vectors[:seen], self._heard[:seen])
        self._scores.append(found[self._before : end])
        kept = max(0, end - MARGIN)
        self._vectors, self._heard = [vectors[kept:]], self._heard[kept:]
        self._before = end - kept


def read_localiser(card: Card, threads: int = 1) -> Localiser | None:
    """What a card names, checked against its hash; None if it names none. Raises ModelError."""
    named = card.localiser
    if named is None:
        return None
    return Localiser(
        read_file(named.file, named.sha256, "the localiser's weights", named.file), named.share, threads
    )
