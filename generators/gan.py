"""The GAN vocoder at run time: a mel spectrogram in, sound out, by ONNX Runtime and one inverse FFT.

Network and training: ``generators/training/vocoder_network.py`` and ``train_gan.py``.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from earwitness.errors import ModelError
from earwitness.generators.mel import MelConfig, log_mel, waveform

__all__ = ["GanVocoder"]

Float32 = npt.NDArray[np.float32]


class GanVocoder:
    """A trained vocoder. model: an ONNX file written by ``generators.training.export_gan``.

    Raises ModelError for a file that is missing or no such model.
    """

    def __init__(self, model: Path, threads: int = 1) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        try:
            self._session = onnxruntime.InferenceSession(str(model), options, ["CPUExecutionProvider"])
        except Exception as error:  # the runtime has a class of its own for each thing that may be wrong
            raise ModelError(
                f"it cannot be loaded as a vocoder ({type(error).__name__}).",
                subject=str(model),
                hint="Export it again with earwitness.generators.training.export_gan.",
            ) from error
        self.config = MelConfig()

    def vocode(self, mel: Float32, length: int | None = None) -> Float32:
        """Sound at 16 kHz of a log mel spectrogram (bands, frames), as ``generators.mel.log_mel`` gives it.

        length: samples wanted; (frames - 1) * hop if None. Not limited to ±1.
        """
        real, imaginary = self._session.run(None, {"mel": mel[None].astype(np.float32)})
        wanted = (mel.shape[1] - 1) * self.config.hop if length is None else length
        return waveform(np.asarray(real[0] + 1j * imaginary[0], np.complex64), wanted, self.config)

    def resynthesize(self, samples: Float32) -> Float32:
        """The same recording (n,) at 16 kHz through mel spectrogram and vocoder ("copy synthesis")."""
        return self.vocode(log_mel(samples, self.config), samples.size)
