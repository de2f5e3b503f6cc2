"""What all engines have in common: what they do not offer is refused, what they make is looked at."""

from __future__ import annotations

import contextlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from earwitness.errors import EarWitnessError, EmptyAudioError, TextError
from earwitness.generators.base import Ability, Family, GeneratorInfo, Speech, refuse
from earwitness.generators.engines.voices import Voice, choose
from earwitness.generators.sound import joined
from earwitness.spoken_text import refuse_other_script, spoken_text

__all__ = ["Engine", "Reader", "as_speech", "in_pieces", "languages_of", "reader_info", "trouble"]

Float32 = npt.NDArray[np.float32]
_SHORTEST_S = 0.1
_PIECE_S, _OVERLAP_S = 20.0, 0.1  # of recordings that are remade in one go: what fits into memory


class Engine:
    """A generator that offers nothing; subclasses override what they offer."""

    def __init__(self, info: GeneratorInfo) -> None:
        self.info = info

    def synthesize(self, text: str, *, voice: str | None = None, seed: int = 0) -> Speech:  # noqa: ARG002
        """Refused with NotOfferedError."""
        raise refuse(self.info, Ability.SYNTHESIZE)

    def resynthesize(self, speech: Speech, *, seed: int = 0) -> Speech:  # noqa: ARG002
        """Refused with NotOfferedError."""
        raise refuse(self.info, Ability.RESYNTHESIZE)

    def convert(self, speech: Speech, *, voice: str | Speech, seed: int = 0) -> Speech:  # noqa: ARG002
        """Refused with NotOfferedError."""
        raise refuse(self.info, Ability.CONVERT)

    def sample(self, seconds: float, *, seed: int = 0) -> Speech:  # noqa: ARG002
        """Refused with NotOfferedError."""
        raise refuse(self.info, Ability.SAMPLE)


class Reader(Engine, ABC):
    """An engine that speaks texts. voices: at least one, the default first; they are those of ``info``."""

    def __init__(self, info: GeneratorInfo, voices: Sequence[Voice]) -> None:
        super().__init__(info)
        self._voices = tuple(voices)

    def synthesize(self, text: str, *, voice: str | None = None, seed: int = 0) -> Speech:
        """See ``Generator``. A voice also goes by the engine's own name for it.

        Raises TextError for a text that is empty, longer than 20,000 characters or in which this voice finds
        nothing to say, or in another script than English for an English voice; VoiceError; EarWitnessError
        where the engine fails.
        """
        said = spoken_text(text).text
        chosen = self._voice(voice)
        if chosen.language.lower().startswith("en"):
            refuse_other_script(said, self.info.name)
        made = self._speak(said, chosen, seed)
        if not made.samples.any():
            raise TextError(
                "it found nothing in this text that it can say.",
                subject=self.info.name,
                hint="Give words in the language of the voice.",
            )
        return made

    def _voice(self, name: str | None) -> Voice:
        return choose(self._voices, name, self.info.name)

    @abstractmethod
    def _speak(self, text: str, voice: Voice, seed: int) -> Speech:
        """Speak a text in which there is something to say."""


def reader_info(
    name: str,
    voices: Sequence[Voice],
    *,
    family: Family,
    rate: int,
    licence: str,
    version: str = "",
    details: dict[str, str] | None = None,
) -> GeneratorInfo:
    """Of an engine that speaks texts. rate: that of its first voice, in Hz.

    ``details`` gets a line "family of VOICE" for each voice that is of another family than the engine.
    """
    other = {f"family of {one.name}": str(one.family) for one in voices if one.family not in (None, family)}
    return GeneratorInfo(
        name,
        family,
        frozenset({Ability.SYNTHESIZE}),
        rate,
        licence,
        version,
        voices=tuple(one.name for one in voices),
        languages=languages_of(voices),
        details={**(details or {}), **other},
    )


def languages_of(voices: Sequence[Voice]) -> tuple[str, ...]:
    """Each once, in the order of the voices."""
    return tuple(dict.fromkeys(one.language for one in voices))


def as_speech(samples: npt.NDArray[np.generic], rate: int, engine: str) -> Speech:
    """Mono sound of an engine, made softer as a whole where it would go beyond ±1.

    samples: (n,) or with axes of length 1. Raises EarWitnessError for what is no sound.
    """
    sound = np.asarray(samples, np.float32).reshape(-1)
    if not np.isfinite(sound).all():
        raise EarWitnessError(
            "it made what is no sound (not a number).",
            subject=engine,
            hint="Try another text or recording; if it stays, reinstall the engine.",
        )
    loudest = float(np.abs(sound).max(initial=0.0))
    return Speech(sound if loudest <= 1 else sound / np.float32(loudest), rate)


def in_pieces(samples: Float32, rate: int, remake: Callable[[Float32], Float32]) -> Float32:
    """``samples`` (n,) at ``rate`` Hz remade in pieces that fit into memory, faded into each other: (n,).

    remake: samples to as many samples; it may be a few off, which is put right here. Raises EmptyAudioError
    for less than a tenth of a second.
    """
    if samples.size < _SHORTEST_S * rate:
        raise EmptyAudioError("it is too short to be remade.", hint="Give at least a tenth of a second.")
    size, overlap = round(_PIECE_S * rate), round(_OVERLAP_S * rate)
    pieces = []
    for begin in range(0, max(1, samples.size - 2 * overlap), size - overlap):
        piece = samples[begin : begin + size]
        # What would be left is too short to be faded into: it joins this piece.
        if samples.size - begin - size < 2 * overlap:
            piece = samples[begin:]
        made = np.asarray(remake(piece), np.float32)[: piece.size]
        pieces.append(np.pad(made, (0, piece.size - made.size)))
        if begin + piece.size == samples.size:
            break
    return joined(pieces, overlap)


@contextlib.contextmanager
def trouble(engine: str) -> Iterator[None]:
    """Around calls of an engine's code: whatever it raises becomes an EarWitnessError that names it."""
    try:
        yield
    except EarWitnessError:
        raise
    except Exception as error:  # foreign code: anything may come out of it
        raise EarWitnessError(
            f"the engine failed ({type(error).__name__}: {error}).",
            subject=engine,
            hint="Try another text, voice or recording; if it stays, reinstall the engine.",
        ) from error
