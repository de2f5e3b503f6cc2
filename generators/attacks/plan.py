"""What becomes of each stretch of a recording: drawn from the seed and the recording's name, nothing else.

So neither the order of the work, nor the number of processes, nor an interruption changes anything.
"""

from __future__ import annotations

import hashlib
import itertools
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, TypeVar

import numpy as np

from earwitness.generators.attacks.channel_plan import Step, draw_channel
from earwitness.generators.attacks.engines import Engine, Menu, PersonVoice
from earwitness.generators.attacks.sources import Real
from earwitness.generators.attacks.texts import text_for
from earwitness.generators.base import Ability

__all__ = ["LONGEST_S", "PARTIAL_FROM_S", "SPOKEN_FROM_S", "Draw", "Settings", "draw", "stretches"]

T = TypeVar("T")
LONGEST_S = 20.0
"""Of a stretch: longer recordings are cut into equal ones."""
PARTIAL_FROM_S = 2.0
"""Seconds of a stretch in which a part may be replaced."""
SPOKEN_FROM_S = 2.0
"""Seconds of a stretch in whose place another text is spoken: both are cut within speech, and get shorter."""
OWN_VOICE = 0.5
"""Share of conversions that go into a person's voice, where there is consent to any."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What decides about every draw. seed: any whole number from 0. partial: share of partial fakes, 0..1.
    channels: none, light, phone or all. codecs: names of those that work here. noises: paths of recorded
    noises. ending: flac or wav."""

    seed: int = 0
    partial: float = 0.3
    channels: str = "all"
    codecs: tuple[str, ...] = ()
    noises: tuple[str, ...] = ()
    ending: str = "flac"

    def identity(self) -> dict[str, Any]:
        """Plain values; noises by their names, which do not tell where they lie."""
        found = asdict(self)
        found["codecs"] = list(self.codecs)
        found["noises"] = [path.replace("\\", "/").rpartition("/")[2] for path in self.noises]
        return found


@dataclass(frozen=True, slots=True)
class Draw:
    """An attack, in full.

    pair_id: of the attack and its twin, 16 hex digits. method: an Ability. voice: of the generator, None
    where there is no choice or ``person`` has it. converter: who turns a spoken text into the voice of
    ``person``. text: to be spoken, "" where the words stay. partial: only parts are replaced. dbfs: level of
    speech. seed: for the generator and for everything that is drawn later.
    """

    pair_id: str
    engine: Engine
    method: str
    voice: str | None
    person: PersonVoice | None
    converter: Engine | None
    text: str
    partial: bool
    channel: tuple[Step, ...]
    dbfs: float
    seed: int


def stretches(samples: int, rate: int) -> list[tuple[int, int]]:
    """First sample and end of each stretch: as few as can be, of equal length, of at most LONGEST_S."""
    count = max(1, math.ceil(samples / (LONGEST_S * rate)))
    edges = [samples * k // count for k in range(count + 1)]
    return list(itertools.pairwise(edges))


def draw(real: Real, number: int, seconds: float, menu: Menu, settings: Settings) -> Draw:
    """For the stretch of that number (from 0) of a recording. seconds: its length without silent ends."""
    digest = hashlib.sha256(f"{settings.seed}\n{number}\n{real.name}".encode()).digest()
    rng = np.random.default_rng(list(digest))
    partial = bool(rng.random() < settings.partial) and seconds >= PARTIAL_FROM_S
    engine, method, partial = _engine(menu, partial, seconds, rng)
    voice, person, converter = _voice(engine, method, menu, real, rng)
    text = text_for(seconds, rng) if method == Ability.SYNTHESIZE else ""
    channel = draw_channel(settings.channels, settings.codecs, settings.noises, rng)
    return Draw(
        pair_id=hashlib.sha256(f"{real.name}\n{number}".encode()).hexdigest()[:16],
        engine=engine, method=method, voice=voice, person=person, converter=converter, text=text,
        partial=partial, channel=channel, dbfs=round(float(rng.uniform(-32, -18)), 1),
        seed=int(rng.integers(2**31)),
    )  # fmt: skip


def _engine(menu: Menu, partial: bool, seconds: float, rng: np.random.Generator) -> tuple[Engine, str, bool]:
    """A family first, then one of its engines, then what it does: many engines make no family common.

    A part can only be replaced by who keeps the words where they are: to remake, or else to convert. So can
    a short recording, where anybody does that.
    """
    keeping = (Ability.RESYNTHESIZE.value, Ability.CONVERT.value)
    able = [one for one in menu.engines if any(word in one.abilities for word in keeping)]
    partial = partial and bool(able)
    keep = bool(able) and (partial or seconds < SPOKEN_FROM_S)
    pool = able if keep else list(menu.engines)
    families = sorted({one.family for one in pool})
    family = _pick(families, rng)
    engine = _pick([one for one in pool if one.family == family], rng)
    if partial:
        return engine, next(word for word in keeping if word in engine.abilities), True
    return engine, _pick([word for word in engine.abilities if not keep or word in keeping], rng), False


def _voice(
    engine: Engine, method: str, menu: Menu, real: Real, rng: np.random.Generator
) -> tuple[str | None, PersonVoice | None, Engine | None]:
    """A voice by name, or a person's; and who converts a text into that."""
    if method == Ability.RESYNTHESIZE:
        return None, None, None
    converting = [one for one in menu.engines if Ability.CONVERT.value in one.abilities]
    personal = bool(menu.people) and bool(converting) and bool(rng.random() < OWN_VOICE)
    if method == Ability.CONVERT:
        if menu.people and (personal or not engine.voices):
            return None, _pick(menu.people, rng), None
        return _pick(engine.voices, rng), None, None
    english = tuple(one for one in engine.voices if one.casefold().startswith("en"))
    voices = english or engine.voices
    voice = _pick(voices, rng) if voices else None
    if not personal:
        return voice, None, None
    same = [one for one in menu.people if one.speaker == real.speaker]
    return voice, _pick(same or menu.people, rng), _pick(converting, rng)


def _pick(choices: Sequence[T], rng: np.random.Generator) -> T:
    return choices[int(rng.integers(len(choices)))]
