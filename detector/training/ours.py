"""EarWitness's own generators as copy-synthesis: the GAN, the autoregressive vocoder, the codec, conversion.

They are asked through the front door (``earwitness.generation``), unmarked, one loaded generator a process.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import numpy.typing as npt

from earwitness.detector.training.channels import fit_length
from earwitness.generation import Generator, Speech, load_generator

__all__ = ["OWN", "own_methods"]

Float32 = npt.NDArray[np.float32]
Method = Callable[[Float32, np.random.Generator], Float32]
RATE = 16_000
OWN = {
    "own_gan": ("gan", None),
    "own_ar": ("autoregressive", None),
    "own_codec": ("vae", "gan"),
    "own_codec_ar": ("vae", "autoregressive"),
    "own_convert": ("vae", "gan"),
}
"""Method to generator and vocoder."""


@cache
def _loaded(name: str, vocoder: str | None) -> Generator:
    return load_generator(name, vocoder=vocoder)


def _remade(method: str, x: Float32, rng: np.random.Generator) -> Float32:
    generator = _loaded(*OWN[method])
    speech, seed = Speech(x, RATE), int(rng.integers(2**31))
    if method != "own_convert":
        return fit_length(generator.resynthesize(speech, seed=seed).samples, x.size)
    # A voice of nobody, another one each time: conversion is learnt, not a dozen voices.
    voice = f"nobody:{int(rng.integers(10**6))}"
    return fit_length(generator.convert(speech, voice=voice, seed=seed).samples, x.size)


def own_methods() -> dict[str, Method]:
    """By name: 16-kHz speech (n,) to 16-kHz speech (n,), in the same place in time."""
    return {name: lambda x, rng, name=name: _remade(name, x, rng) for name in OWN}  # type: ignore[misc]
