"""Sound on its way into and out of our generators: 16 kHz in, never beyond full scale out."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import soxr

from earwitness.errors import EmptyAudioError
from earwitness.generators.base import Speech

__all__ = ["RATE", "at_our_rate", "finished", "joined"]

Float32 = npt.NDArray[np.float32]
RATE = 16_000
_LOUDEST = 0.98
_SHORTEST_S = 0.1


def at_our_rate(speech: Speech) -> Float32:
    """Its samples (n,) at RATE. Raises EmptyAudioError for less than a tenth of a second."""
    if speech.seconds < _SHORTEST_S:
        raise EmptyAudioError("it is too short to be remade.", hint="Give at least a tenth of a second.")
    if speech.rate == RATE:
        return np.asarray(speech.samples, np.float32)
    return np.asarray(soxr.resample(speech.samples, speech.rate, RATE), np.float32)


def finished(samples: Float32) -> Speech:
    """At RATE; made softer as a whole where it would go beyond full scale."""
    loudest = float(np.abs(samples).max(initial=0.0))
    return Speech(samples if loudest <= _LOUDEST else samples * np.float32(_LOUDEST / loudest), RATE)


def joined(pieces: list[Float32], overlap: int) -> Float32:
    """Pieces that share ``overlap`` samples with their neighbours, faded into each other."""
    whole = pieces[0]
    fade = np.linspace(0, 1, overlap, dtype=np.float32)
    for piece in pieces[1:]:
        mixed = whole[whole.size - overlap :] * (1 - fade) + piece[:overlap] * fade
        whole = np.concatenate([whole[: whole.size - overlap], mixed, piece[overlap:]])
    return whole
