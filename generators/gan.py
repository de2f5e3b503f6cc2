"""The GAN vocoder at run time: a mel spectrogram in, sound out, by ONNX Runtime and one inverse FFT.

Networks and training: ``generators/training/vocoder_network.py``, ``pitch_network.py`` and ``train_gan.py``.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from earwitness.generators.excitation import Filters, excite, filtered
from earwitness.generators.mel import MelConfig, log_mel, waveform
from earwitness.generators.pitch import decode
from earwitness.generators.sessions import Session

__all__ = ["PITCH_SUFFIX", "GanVocoder"]

Float32 = npt.NDArray[np.float32]
PITCH_SUFFIX = ".pitch.onnx"


class GanVocoder:
    """A trained vocoder. model: an ONNX file written by ``generators.training.export_gan``, which puts the
    one that reads the pitch beside it.

    Raises ModelError for a file that is missing or no such model.
    """

    def __init__(self, model: Path, threads: int = 1) -> None:
        self._filters = Session(model, threads)
        self._pitch = Session(model.with_suffix(PITCH_SUFFIX), threads)
        self.config = MelConfig()

    def pitch(self, mel: Float32) -> Float32:
        """Fundamental frequency in Hz (frames,), 0 where unvoiced, of a log mel spectrogram."""
        return decode(self._pitch.run(mel=mel)[0])

    def vocode(
        self, mel: Float32, length: int | None = None, *, pitch: Float32 | None = None, seed: int = 0
    ) -> Float32:
        """Sound at 16 kHz of a log mel spectrogram (bands, frames), as ``generators.mel.log_mel`` gives it.

        length: samples wanted; (frames - 1) * hop if None. pitch: Hz a frame, 0 where unvoiced; read from
        the spectrogram if None. seed: of the noise in it. Not limited to ±1.
        """
        hz = self.pitch(mel) if pitch is None else pitch
        filters = Filters(*self._filters.run(mel=mel, pitch=hz))
        pulses, noise = excite(hz, self.config, np.random.default_rng(seed))
        wanted = (mel.shape[1] - 1) * self.config.hop if length is None else length
        return waveform(filtered(filters, pulses, noise), wanted, self.config)

    def resynthesize(self, samples: Float32, *, seed: int = 0) -> Float32:
        """The same recording (n,) at 16 kHz through mel spectrogram and vocoder ("copy synthesis")."""
        return self.vocode(log_mel(samples, self.config), samples.size, seed=seed)
