"""An order to a generator: what is to be made of what, with which voice; looked over before anything is made.

One type for the four things a generator can do, so that commands, folders of jobs, the API and the folder of
attack material share one way from the wish to the sound.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from earwitness.consent import Consent, Purpose, require_consent
from earwitness.encode_plan import ENDINGS
from earwitness.errors import ModelError, TextError, UsageError, VoiceError
from earwitness.generation import Ability, Generator, GeneratorInfo, Speech, refuse
from earwitness.reference import Recording, file_sha256, recording, reference
from earwitness.spoken_text import MAX_CHARACTERS, SpokenText, spoken_text, text_sha256

__all__ = ["DEFAULT_GENERATORS", "MAX_SAMPLE_S", "Order", "Ready", "look_over", "make"]

DEFAULT_GENERATORS = {
    Ability.SYNTHESIZE: "transformer",
    Ability.RESYNTHESIZE: "gan",
    Ability.CONVERT: "vae",
    Ability.SAMPLE: "transformer",
}
"""Which of our own does what, where nobody says."""
MAX_SAMPLE_S = 600.0
MIN_SAMPLE_S = 0.5
MAX_SEED = 2**63 - 1
_MOST_NAMES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be made.

    text: to be spoken (SYNTHESIZE). source: a recording (RESYNTHESIZE, CONVERT). voice: one of the
    generator's; None for its first. reference: a recording whose voice is taken, in the place of ``voice``
    (CONVERT). seconds: how much (SAMPLE). consent: the speaker's, for ``reference``. language: that the text
    is in, such as "en" or "de-DE"; None for whatever the voice speaks. vocoder: where the generator has the
    choice.
    """

    ability: Ability
    generator: str
    text: str | None = None
    source: Path | None = None
    voice: str | None = None
    reference: Path | None = None
    seconds: float | None = None
    consent: Path | None = None
    language: str | None = None
    vocoder: str | None = None
    seed: int = 0

    def identity(self) -> dict[str, Any]:
        """Plain values, the same exactly when the order asks for the same sound; files by their hash."""
        found: dict[str, Any] = {
            "ability": str(self.ability),
            "generator": self.generator,
            "vocoder": self.vocoder,
            "voice": self.voice,
            "language": self.language,
            "seconds": self.seconds,
            "seed": self.seed,
            "text_sha256": None if self.text is None else text_sha256(self.text),
            "source_sha256": None if self.source is None else file_sha256(self.source),
            "reference_sha256": None if self.reference is None else file_sha256(self.reference),
        }
        return {name: value for name, value in found.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Ready:
    """An order, looked over: its text cleaned, its recordings read and examined, its consent checked."""

    order: Order
    text: SpokenText | None = None
    source: Recording | None = None
    reference: Recording | None = None
    consent: Consent | None = None

    @property
    def notes(self) -> tuple[str, ...]:
        """What was left out of the text, in sentences."""
        note = None if self.text is None else self.text.note
        return () if note is None else (note,)


def look_over(order: Order, purpose: Purpose, *, limit: int = MAX_CHARACTERS) -> Ready:
    """Everything that can be wrong with an order before a generator is loaded.

    purpose: what the sound will be used for. limit: characters of a text. Raises UsageError, TextError,
    VoiceError, ConsentError and what reading a recording raises.
    """
    if not 0 <= order.seed <= MAX_SEED:
        raise UsageError("must be a whole number that is not negative.", subject="--seed")
    if order.reference is not None and order.ability is not Ability.CONVERT:
        raise UsageError("a voice is taken from a recording only to convert another recording into it.")
    if order.ability is Ability.SAMPLE:
        _check_seconds(order.seconds)
        return Ready(order)
    if order.ability is Ability.SYNTHESIZE:
        return Ready(order, text=spoken_text(order.text or "", limit=limit))
    if order.source is None:
        raise UsageError(f"to {order.ability}, a recording is needed.", hint="Give --from RECORDING.")
    voice = consent = None
    if order.reference is not None:
        voice = reference(order.reference)
        consent = require_consent(order.consent, purpose, voice.name, voice.sha256)
    return Ready(order, source=recording(order.source), reference=voice, consent=consent)


def make(ready: Ready, engine: Generator) -> tuple[Speech, str | None]:
    """The sound, and the name of its voice (None: no choice, or a recording's).

    Raises NotOfferedError, TextError and VoiceError for what this generator does not have, and ModelError
    where it makes what is no sound.
    """
    order, info = ready.order, engine.info
    if order.ability not in info.offers:
        raise refuse(info, order.ability)
    voice = _voice(order, info)
    made = _make(ready, engine, voice)
    samples = np.asarray(made.samples)
    if samples.ndim != 1 or not samples.size or not np.isfinite(samples).all() or made.rate <= 0:
        raise ModelError(
            "it made no sound that can be used (empty, or not a number).",
            subject=info.name,
            hint="Try another text or --seed; if it stays, its weights may be damaged.",
        )
    return Speech(np.clip(samples, -1.0, 1.0).astype(np.float32), made.rate), voice


def _make(ready: Ready, engine: Generator, voice: str | None) -> Speech:
    order = ready.order
    if ready.text is not None:
        return engine.synthesize(ready.text.text, voice=voice, seed=order.seed)
    if ready.source is None:
        return engine.sample(order.seconds or 0.0, seed=order.seed)
    if order.ability is Ability.RESYNTHESIZE:
        return engine.resynthesize(ready.source.speech, seed=order.seed)
    wanted = voice if ready.reference is None else ready.reference.speech
    if wanted is None:
        raise VoiceError(
            "it has no voices of its own.", subject=engine.info.name, hint="Give --to-voice REF.wav."
        )
    return engine.convert(ready.source.speech, voice=wanted, seed=order.seed)


def _voice(order: Order, info: GeneratorInfo) -> str | None:
    """The name of the voice; None where there is no choice, or a recording has it."""
    if order.reference is not None or order.ability in (Ability.RESYNTHESIZE, Ability.SAMPLE):
        if order.voice is not None:
            raise UsageError(
                f"{order.ability} takes no voice by name.", subject="--voice", hint="Leave it out."
            )
        return None
    if order.voice is not None:
        _refuse_voice(order.voice, info)
        return order.voice
    if order.language is not None and order.ability is Ability.SYNTHESIZE:
        return _voice_for(order.language, info)
    return info.voices[0] if info.voices else None


def _voice_for(language: str, info: GeneratorInfo) -> str | None:
    """The first voice whose name begins with the language; the default where the generator has only that."""
    wanted = _plain(language)
    spoken = [one for one in info.languages if _plain(one) == wanted or _plain(one).startswith(f"{wanted}-")]
    if not spoken:
        raise TextError(
            f'it does not speak "{language}".',
            subject=info.name,
            hint=f"It speaks {_some(info.languages)}." if info.languages else None,
        )
    named = [one for one in info.voices if _plain(one) == wanted or _plain(one).startswith(f"{wanted}-")]
    if named:
        return named[0]
    if len(spoken) == len(info.languages):
        return info.voices[0] if info.voices else None
    raise VoiceError(
        f'which of its voices speaks "{language}" is not in their names.',
        subject=info.name,
        hint=f"Give --voice: {_some(info.voices)}.",
    )


def _refuse_voice(name: str, info: GeneratorInfo) -> None:
    """What no generator would take for a voice; it knows best which names it does not list (mixtures)."""
    if not info.voices:
        raise VoiceError("it has one voice only.", subject=info.name, hint="Leave the voice out.")
    if name not in info.voices and Path(name).suffix.lower() in ENDINGS:
        raise VoiceError(
            f'it has no voice "{name}".',
            subject=info.name,
            hint="A recording's voice is taken with --from RECORDING --to-voice REF.wav.",
        )


def _check_seconds(seconds: float | None) -> None:
    if seconds is None or not MIN_SAMPLE_S <= seconds <= MAX_SAMPLE_S:
        raise UsageError(
            f"must lie between {MIN_SAMPLE_S:g} and {MAX_SAMPLE_S:g} seconds.", subject="--sample"
        )


def _some(names: tuple[str, ...]) -> str:
    more = len(names) - _MOST_NAMES
    return ", ".join(names[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")


def _plain(language: str) -> str:
    return language.casefold().replace("_", "-")
