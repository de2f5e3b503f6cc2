"""The speech VAE at run time: a mel spectrogram to codes and a voice, and back; by ONNX Runtime.

Codes are numbers of 10 bits, eight for each twentieth of a second, and of 7 bits for the pitch: 1.88 kbit/s
beside the voice, which is sent once. A second decoder makes another voice say the same: it takes the first
six codes, and by whom they were said from a voice alone. Networks and training:
``generators/training/vae_network.py``, ``train_vae.py`` and ``train_conversion.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from earwitness.errors import ModelError
from earwitness.generators.mel import MelConfig
from earwitness.generators.pitch import CODE_BITS, CODE_FRAMES, from_codes, to_codes
from earwitness.generators.sessions import Session

__all__ = [
    "BOOKS",
    "CONTENT_BOOKS",
    "CONVERTER",
    "DECODER",
    "ENCODER",
    "LISTENER",
    "STRIDE",
    "Coded",
    "SpeechVae",
]

Float32 = npt.NDArray[np.float32]
Codes = npt.NDArray[np.int64]
STRIDE = 4  # mel frames a latent
CONTENT_BOOKS = 6  # of what is converted: what is said
ENCODER, DECODER, BOOKS = "vae_encoder.onnx", "vae_decoder.onnx", "vae_books.npy"
LISTENER, CONVERTER = "vae_listener.onnx", "vae_converter.onnx"


@dataclass(frozen=True, slots=True)
class Coded:
    """codes: (books, latents). voice: (dimensions,), of length 1. frames: of the mel spectrogram it was.
    melody: codes of the pitch (``generators.pitch.to_codes``), which a vocoder hears in a coded spectrogram
    less well than in the recording; all 0 if it was not given."""

    codes: Codes
    voice: Float32
    frames: int
    melody: Codes

    @property
    def pitch(self) -> Float32:
        """Hz (frames,), 0 where unvoiced."""
        return from_codes(self.melody, self.frames)


class SpeechVae:
    """A trained VAE. folder: with the files that ``generators.training.export_vae`` wrote, and for
    conversion those of ``export_conversion``, which are loaded when they are needed.

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
        self._folder, self._threads = folder, threads

    @property
    def bits_per_second(self) -> float:
        """Of the codes and the melody."""
        books, size, _ = self._books.shape
        a_frame = books * np.log2(size) / STRIDE + CODE_BITS / CODE_FRAMES
        return float(a_frame * self.config.rate / self.config.hop)

    def encode(self, mel: Float32, books: int | None = None, pitch: Float32 | None = None) -> Coded:
        """Codes of a log mel spectrogram (bands, frames >= 1), of the first ``books`` books, and of the pitch
        (frames,) in Hz."""
        latents, voice = self.latents(mel)
        rest, codes = latents.T, []
        for book in self._books[:books]:
            nearest = ((book**2).sum(1) - 2 * rest @ book.T).argmin(1)
            codes.append(nearest)
            rest = rest - book[nearest]
        melody = to_codes(np.zeros(mel.shape[1], np.float32) if pitch is None else pitch)
        return Coded(np.stack(codes), voice, mel.shape[1], melody)

    def decode(self, coded: Coded, voice: Float32 | None = None) -> Float32:
        """Log mel spectrogram (bands, frames). voice: whose it shall be; the coded one if None."""
        made = self.spectrogram(self._said(coded), coded.voice if voice is None else voice)
        return made[:, : coded.frames]

    def _said(self, coded: Coded) -> Float32:
        """What codes mean: latents (dimensions, n)."""
        said = sum(book[codes] for book, codes in zip(self._books, coded.codes, strict=False))
        return np.asarray(said, np.float32).T

    def latents(self, mel: Float32) -> tuple[Float32, Float32]:
        """Mean latents (dimensions, ceil(frames / 4)) and the voice, before anything is rounded to codes."""
        padded = np.pad(mel, ((0, 0), (0, -mel.shape[1] % STRIDE)), mode="edge")
        latents, voice = self._encoder.run(mel=padded)
        return latents, voice

    def spectrogram(self, latents: Float32, voice: Float32) -> Float32:
        """Log mel spectrogram (bands, 4 * n) of latents (dimensions, n) in a voice (dimensions,)."""
        return self._decoder.run(latents=latents, voice=voice)[0]

    def heard(self, mel: Float32) -> Float32:
        """Who speaks (dimensions,), for :meth:`converted`: another vector than that of :meth:`encode`."""
        return self._listener.run(mel=mel)[0]

    def converted(self, mel: Float32, voice: Float32) -> Float32:
        """A log mel spectrogram (bands, frames) of the same words in a voice that was :meth:`heard`."""
        said = self._said(self.encode(mel, CONTENT_BOOKS))
        return self._converter.run(latents=said, voice=voice)[0][:, : mel.shape[1]]

    @cached_property
    def _listener(self) -> Session:
        return Session(self._folder / LISTENER, self._threads)

    @cached_property
    def _converter(self) -> Session:
        return Session(self._folder / CONVERTER, self._threads)
