"""Griffin-Lim: a recording through its mel spectrogram, with phases found by going back and forth.

Griffin and Lim 1984, with the momentum of Perraudin et al. 2013 ("A fast Griffin-Lim algorithm").
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

from earwitness.generators.base import Ability, Family, GeneratorInfo
from earwitness.generators.chain import VocoderGenerator
from earwitness.generators.mel import MelConfig, mel_matrix, stft, waveform
from earwitness.generators.sound import RATE

__all__ = ["GriffinLim", "open_griffin_lim"]

Float32 = npt.NDArray[np.float32]
NAME = "griffin-lim"
_ROUNDS, _MOMENTUM = 32, 0.99
_SILENCE = 1e-8


class GriffinLim:
    """A vocoder without weights."""

    def __init__(self) -> None:
        self.config = MelConfig()

    def vocode(
        self,
        mel: Float32,
        length: int | None = None,
        *,
        pitch: Float32 | None = None,  # noqa: ARG002 -- it follows from the spectrogram
        seed: int = 0,
    ) -> Float32:
        """Sound at 16 kHz of a log mel spectrogram (bands, frames), as ``generators.mel.log_mel`` gives it.

        length: samples wanted; (frames - 1) * hop if None. seed: of the phases that it begins with. Not
        limited to ±1.
        """
        magnitude = np.maximum(_spread() @ np.exp(mel), _SILENCE).astype(np.float32)
        inner = (mel.shape[1] - 1) * self.config.hop
        turns = np.random.default_rng(seed).random(magnitude.shape, np.float32)
        phase = np.exp(2j * np.pi * turns).astype(np.complex64)
        before = np.zeros_like(phase)
        for _ in range(_ROUNDS):
            after = stft(waveform(magnitude * phase, inner, self.config), self.config)
            moved = after + np.float32(_MOMENTUM) * (after - before)
            phase = moved / np.maximum(np.abs(moved), _SILENCE)
            before = after
        return waveform(magnitude * phase, inner if length is None else length, self.config)


def open_griffin_lim(*, vocoder: str | None = None, threads: int = 1) -> VocoderGenerator:  # noqa: ARG001
    """See ``GeneratorFactory``. It uses one core."""
    info = GeneratorInfo(
        NAME,
        Family.SIGNAL,
        frozenset({Ability.RESYNTHESIZE}),
        RATE,
        "Apache-2.0 (code; no weights)",
        "1",
        ours=True,
    )
    return VocoderGenerator(info, GriffinLim())


@cache
def _spread() -> Float32:
    """Bands to the bins that they were made of, by least squares (bins, bands)."""
    return np.asarray(np.linalg.pinv(mel_matrix(MelConfig())), np.float32)
