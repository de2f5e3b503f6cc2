"""The speech VAE at run time: a mel spectrogram to codes and a voice, and back; by ONNX Runtime.

Codes are numbers of 10 bits, eight for each twentieth of a second: 1.6 kbit/s beside the voice, which is sent
once. Decoded with another voice they say the same in that voice. Network and training:
``generators/training/vae_network.py`` and ``train_vae.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from earwitness.errors import ModelError
from earwitness.generators.mel import MelConfig
from earwitness.generators.sessions import Session

__all__ = ["BOOKS", "CONTENT_BOOKS", "DECODER", "ENCODER", "STRIDE", "Coded", "SpeechVae"]

Float32 = npt.NDArray[np.float32]
Codes = npt.NDArray[np.int64]
STRIDE = 4  # mel frames a latent
CONTENT_BOOKS = 3  # of what is converted: what is said
ENCODER, DECODER, BOOKS = "vae_encoder.onnx", "vae_decoder.onnx", "vae_books.npy"


@dataclass(frozen=True, slots=True)
class Coded:
    """codes: (books, latents). voice: (dimensions,), of length 1. frames: of the mel spectrogram it was."""

    codes: Codes
    voice: Float32
    frames: int


class SpeechVae:
    """A trained VAE. folder: with the files that ``generators.training.export_vae`` wrote.

    Raises ModelError for what is missing or no such model.
    """

    def __init__(self, folder: Path, threads: int = 1) -> None:
        self._encoder = Session(folder / ENCODER, threads)
        self._decoder = Session(folder / DECODER, threads)
        try:
            self._books: Float32 = np.load(folder / BOOKS, allow_pickle=False)
        except (OSError, ValueError) as error:
            raise ModelError(
                "it cannot be loaded as code books.",
                subject=str(folder / BOOKS),
                hint="Export it again with earwitness.generators.training.export_vae.",
            ) from error
        self.config = MelConfig()

    @property
    def bits_per_second(self) -> float:
        """Of the codes."""
        books, size, _ = self._books.shape
        return float(books * np.log2(size) * self.config.rate / self.config.hop / STRIDE)

    def encode(self, mel: Float32, books: int | None = None) -> Coded:
        """Codes of a log mel spectrogram (bands, frames >= 1), of the first ``books`` books."""
        latents, voice = self.latents(mel)
        rest, codes = latents.T, []
        for book in self._books[:books]:
            nearest = ((book**2).sum(1) - 2 * rest @ book.T).argmin(1)
            codes.append(nearest)
            rest = rest - book[nearest]
        return Coded(np.stack(codes), voice, mel.shape[1])

    def decode(self, coded: Coded, voice: Float32 | None = None) -> Float32:
        """Log mel spectrogram (bands, frames). voice: whose it shall be; the coded one if None."""
        said = sum(book[codes] for book, codes in zip(self._books, coded.codes, strict=False))
        made = self.spectrogram(np.asarray(said).T, coded.voice if voice is None else voice)
        return made[:, : coded.frames]

    def latents(self, mel: Float32) -> tuple[Float32, Float32]:
        """Mean latents (dimensions, ceil(frames / 4)) and the voice, before anything is rounded to codes."""
        padded = np.pad(mel, ((0, 0), (0, -mel.shape[1] % STRIDE)), mode="edge")
        latents, voice = self._encoder.run(mel=padded)
        return latents, voice

    def spectrogram(self, latents: Float32, voice: Float32) -> Float32:
        """Log mel spectrogram (bands, 4 * n) of latents (dimensions, n) in a voice (dimensions,)."""
        return self._decoder.run(latents=latents, voice=voice)[0]
