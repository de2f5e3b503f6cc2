"""Our four families behind the protocol of all generators, and the chain from a text to its sound.

text → transformer (units → latents) → VAE decoder (latents → mel) → vocoder (mel → sound)
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from earwitness.errors import UsageError
from earwitness.generators.autoregressive import AutoregressiveVocoder
from earwitness.generators.base import Ability, Family, GeneratorInfo, Speech, refuse
from earwitness.generators.gan import PITCH_SUFFIX, GanVocoder
from earwitness.generators.mel import MelConfig, log_mel
from earwitness.generators.portrait import Portrait, borrowed, coloured, pitched, portrayed
from earwitness.generators.shipped import weights_folder
from earwitness.generators.sound import RATE, at_our_rate, finished, joined
from earwitness.generators.text import speakable
from earwitness.generators.transformer import Sampling, TextModel
from earwitness.generators.units import babble, units
from earwitness.generators.vae import SpeechVae
from earwitness.generators.voices import HEARD, Voices

__all__ = [
    "GAN",
    "Hearing",
    "TransformerGenerator",
    "VaeGenerator",
    "Vocoder",
    "VocoderGenerator",
    "open_autoregressive",
    "open_gan",
    "open_transformer",
    "open_vae",
]

Float32 = npt.NDArray[np.float32]
GAN = "gan.onnx"
_LICENCE = "Apache-2.0 (code and weights)"
_VERSION = "1"
_PIECE_FRAMES, _OVERLAP_FRAMES = 1600, 16  # of mel spectrograms that are vocoded at once: 20 s and 0.2 s
_PAUSE_S = 0.25  # between sentences


class Vocoder(Protocol):
    """A mel spectrogram (bands, frames) to samples (length,) at 16 kHz."""

    def vocode(
        self, mel: Float32, length: int | None = None, *, pitch: Float32 | None = None, seed: int = 0
    ) -> Float32:
        """As ``GanVocoder.vocode``."""


class Hearing(Vocoder, Protocol):
    """A vocoder that also tells the pitch."""

    def pitch(self, mel: Float32) -> Float32:
        """As ``GanVocoder.pitch``."""


class _Nothing:
    """What a family does not offer is refused."""

    info: GeneratorInfo

    def synthesize(self, text: str, *, voice: str | None = None, seed: int = 0) -> Speech:  # noqa: ARG002
        raise refuse(self.info, Ability.SYNTHESIZE)

    def resynthesize(self, speech: Speech, *, seed: int = 0) -> Speech:  # noqa: ARG002
        raise refuse(self.info, Ability.RESYNTHESIZE)

    def convert(self, speech: Speech, *, voice: str | Speech, seed: int = 0) -> Speech:  # noqa: ARG002
        raise refuse(self.info, Ability.CONVERT)

    def sample(self, seconds: float, *, seed: int = 0) -> Speech:  # noqa: ARG002
        raise refuse(self.info, Ability.SAMPLE)


class VocoderGenerator(_Nothing):
    """A vocoder by itself: a recording through its mel spectrogram."""

    def __init__(self, info: GeneratorInfo, vocoder: Vocoder) -> None:
        self.info, self._vocoder = info, vocoder

    def resynthesize(self, speech: Speech, *, seed: int = 0) -> Speech:
        """See ``Generator``; the result is at 16 kHz."""
        samples = at_our_rate(speech)
        return finished(vocoded(self._vocoder, log_mel(samples), samples.size, seed))


class VaeGenerator(_Nothing):
    """The speech VAE with a vocoder: recordings through its codes, and in other voices (voices: packed
    portraits)."""

    def __init__(self, info: GeneratorInfo, vae: SpeechVae, voices: Voices, vocoder: Hearing) -> None:
        self.info, self._vae, self._voices, self._vocoder = info, vae, voices, vocoder

    def resynthesize(self, speech: Speech, *, seed: int = 0) -> Speech:
        """See ``Generator``: through the codec at its full rate."""
        samples = at_our_rate(speech)
        mel = log_mel(samples)
        coded = self._vae.encode(mel, pitch=self._vocoder.pitch(mel))
        return finished(vocoded(self._vocoder, self._vae.decode(coded), samples.size, seed, coded.pitch))

    def convert(self, speech: Speech, *, voice: str | Speech, seed: int = 0) -> Speech:
        """See ``Generator``."""
        samples = at_our_rate(speech)
        whose = Portrait.of(self._voices.mixed(voice)) if isinstance(voice, str) else self._portrait(voice)
        mel = log_mel(samples)
        # What is voiced, and the melody, is heard best in the recording itself.
        pitch = pitched(self._vocoder.pitch(mel), whose)
        made = borrowed(coloured(self._vae.converted(mel, whose.heard), whose), whose)
        return finished(vocoded(self._vocoder, made, samples.size, seed, pitch))

    def _portrait(self, speech: Speech) -> Portrait:
        mel = log_mel(at_our_rate(speech))
        return portrayed(mel, self._vocoder.pitch(mel), self._vae.heard(mel))


class TransformerGenerator(_Nothing):
    """The whole chain, from a text."""

    def __init__(
        self,
        info: GeneratorInfo,
        model: TextModel,
        vae: SpeechVae,
        voices: Voices,
        vocoder: Vocoder,
        sampling: Sampling | None = None,
    ) -> None:
        self.info, self._model, self._vae, self._voices = info, model, vae, voices
        self._vocoder, self._sampling = vocoder, sampling or Sampling()

    def synthesize(self, text: str, *, voice: str | None = None, seed: int = 0) -> Speech:
        """See ``Generator``: English, sentence by sentence."""
        whose = self._voices.vector(voice)
        pause = np.zeros(round(_PAUSE_S * RATE), np.float32)
        parts: list[Float32] = []
        for number, sentence in enumerate(speakable(text).sentences):
            parts += [pause] * bool(parts) + [self._said(units(sentence.phonemes), whose, (seed, number))]
        return finished(np.concatenate(parts))

    def sample(self, seconds: float, *, seed: int = 0) -> Speech:
        """See ``Generator``: words that there are not, in a voice of nobody."""
        rng = np.random.default_rng((seed, 1))
        whose = self._voices.vector(f"nobody:{seed % 10**9}")
        wanted = round(seconds * RATE)
        parts: list[Float32] = []
        while sum(part.size for part in parts) < wanted:
            parts.append(self._said(babble(rng), whose, (seed, len(parts))))
        return finished(np.concatenate(parts)[:wanted])

    def _said(self, text: str, voice: Float32, seed: tuple[int, int]) -> Float32:
        latents = self._model.latents(text, voice, np.random.default_rng(seed), self._sampling)
        mel = self._vae.spectrogram(latents, voice)
        return vocoded(self._vocoder, mel, mel.shape[1] * MelConfig().hop, seed[0])


def vocoded(vocoder: Vocoder, mel: Float32, length: int, seed: int, pitch: Float32 | None = None) -> Float32:
    """Samples (length,) of a mel spectrogram of any length, in pieces that fit into memory. pitch: as for
    ``Vocoder.vocode``."""
    hop = MelConfig().hop
    pieces = []
    for begin, end in _pieces(mel.shape[1]):
        last = end == mel.shape[1]
        size = length - begin * hop if last else (end - begin) * hop
        hz = None if pitch is None else pitch[begin:end]
        pieces.append(vocoder.vocode(mel[:, begin:end], max(0, size), pitch=hz, seed=seed))
    return joined(pieces, _OVERLAP_FRAMES * hop)


def _pieces(frames: int) -> Iterator[tuple[int, int]]:
    begin = 0
    while True:
        end = min(frames, begin + _PIECE_FRAMES)
        # What would be left is too short to be faded into: it joins this piece.
        if frames - end < 2 * _OVERLAP_FRAMES:
            yield begin, frames
            return
        yield begin, end
        begin = end - _OVERLAP_FRAMES


def _info(name: str, family: Family, *offers: Ability, voices: tuple[str, ...] = ()) -> GeneratorInfo:
    speaks = ("en-us",) if Ability.SYNTHESIZE in offers else ()
    return GeneratorInfo(
        name, family, frozenset(offers), RATE, _LICENCE, _VERSION, voices=voices, languages=speaks, ours=True
    )


def _vocoder(folder: Path, name: str | None, threads: int) -> Hearing:
    if name in (None, "gan"):
        return GanVocoder(folder / GAN, threads)
    if name == "autoregressive":
        return AutoregressiveVocoder(folder, (folder / GAN).with_suffix(PITCH_SUFFIX), threads)
    raise UsageError("there is no such vocoder.", subject=str(name), hint="There are gan and autoregressive.")


def open_gan(*, vocoder: str | None = None, threads: int = 1) -> VocoderGenerator:  # noqa: ARG001
    """The GAN vocoder; see ``GeneratorFactory``."""
    info = _info("gan", Family.GAN, Ability.RESYNTHESIZE)
    return VocoderGenerator(info, _vocoder(weights_folder(), "gan", threads))


def open_autoregressive(*, vocoder: str | None = None, threads: int = 1) -> VocoderGenerator:  # noqa: ARG001
    """The autoregressive vocoder; see ``GeneratorFactory``."""
    info = _info("autoregressive", Family.AUTOREGRESSIVE, Ability.RESYNTHESIZE)
    return VocoderGenerator(info, _vocoder(weights_folder(), "autoregressive", threads))


def open_vae(*, vocoder: str | None = None, threads: int = 1) -> VaeGenerator:
    """The speech VAE; see ``GeneratorFactory``."""
    folder = weights_folder()
    voices = Voices(folder, HEARD)
    info = _info("vae", Family.VAE, Ability.RESYNTHESIZE, Ability.CONVERT, voices=voices.names)
    return VaeGenerator(info, SpeechVae(folder, threads), voices, _vocoder(folder, vocoder, threads))


def open_transformer(*, vocoder: str | None = None, threads: int = 1) -> TransformerGenerator:
    """The chain from text to sound; see ``GeneratorFactory``."""
    folder = weights_folder()
    voices = Voices(folder)
    info = _info("transformer", Family.TRANSFORMER, Ability.SYNTHESIZE, Ability.SAMPLE, voices=voices.names)
    return TransformerGenerator(
        info,
        TextModel(folder, threads),
        SpeechVae(folder, threads),
        voices,
        _vocoder(folder, vocoder, threads),
    )
