"""WORLD: a recording through its pitch, spectral envelope and aperiodicity, by the package ``pyworld``.

Morise et al. 2016. Its noise is always the same, so that the seed changes nothing.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from earwitness.generators.base import Ability, Family, GeneratorInfo, Speech
from earwitness.generators.engines.base import Engine, as_speech, in_pieces, trouble
from earwitness.generators.engines.packages import package, version_of
from earwitness.generators.sound import RATE, at_our_rate

__all__ = ["World", "open_world"]

Float32 = npt.NDArray[np.float32]
NAME = "world"
_INSTALL = "pip install pyworld-prebuilt"
_LICENCE = "MIT (WORLD and pyworld; no weights)"
_LOWEST_HZ, _HIGHEST_HZ = 8_000, 48_000  # rates that it analyses well


class World(Engine):
    """The engine: it remakes recordings, at their own rate where that lies between 8 and 48 kHz."""

    def __init__(self, pyworld: Any) -> None:
        version = version_of("pyworld-prebuilt") or version_of("pyworld")
        super().__init__(
            GeneratorInfo(NAME, Family.SIGNAL, frozenset({Ability.RESYNTHESIZE}), 0, _LICENCE, version)
        )
        self._pyworld = pyworld

    def resynthesize(self, speech: Speech, *, seed: int = 0) -> Speech:  # noqa: ARG002
        """See ``Generator``. Other rates become 16 kHz."""
        own = _LOWEST_HZ <= speech.rate <= _HIGHEST_HZ
        rate = speech.rate if own else RATE
        samples = np.asarray(speech.samples, np.float32) if own else at_our_rate(speech)
        with trouble(NAME):
            made = in_pieces(samples, rate, lambda piece: self._remade(piece, rate))
        return as_speech(made, rate, NAME)

    def _remade(self, samples: Float32, rate: int) -> Float32:
        sound = np.ascontiguousarray(samples, np.float64)
        pitch, times = self._pyworld.harvest(sound, rate)
        envelope = self._pyworld.cheaptrick(sound, pitch, times, rate)
        aperiodicity = self._pyworld.d4c(sound, pitch, times, rate)
        return np.asarray(self._pyworld.synthesize(pitch, envelope, aperiodicity, rate), np.float32)


def open_world(*, vocoder: str | None = None, threads: int = 1) -> World:  # noqa: ARG001
    """See ``GeneratorFactory``. It uses one core."""
    return World(package("pyworld", NAME, _INSTALL))
