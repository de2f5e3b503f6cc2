"""What the parts of the bench of generators share: material, systems, and every sound they make, kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import soxr

from earwitness.eval import speech_scores
from earwitness.eval.generator_material import Clip
from earwitness.eval.generator_systems import System, Systems
from earwitness.eval.kept import Kept
from earwitness.generation import Ability, Generator, Speech

Float32 = npt.NDArray[np.float32]
Rows = list[dict[str, Any]]

__all__ = ["MADE", "RATE", "Bench", "Made", "Rows"]

RATE = 16_000
_VERSION = "1"  # of how things are measured: kept values of another do not count
MADE = {"copy": Ability.RESYNTHESIZE, "convert": Ability.CONVERT, "text": Ability.SYNTHESIZE}
"""Parts in which sound is made."""


@dataclass(frozen=True, slots=True)
class Made:
    """One sound. what: copy, convert or text. of: name of the clip, or the sentence. key: of what is kept."""

    system: System
    what: str
    of: str
    speaker: str
    key: str
    speech: Speech

    @property
    def samples(self) -> Float32:
        """At 16 kHz."""
        if self.speech.rate == RATE:
            return self.speech.samples
        return np.asarray(soxr.resample(self.speech.samples, self.speech.rate, RATE), np.float32)


@dataclass
class Bench:
    """What all parts share. tell: called with a line a step."""

    clips: list[Clip]
    sentences: list[str]
    systems: Systems
    kept: Kept
    seed: int = 0
    tell: Callable[[str], None] = field(default=lambda _: None)

    def made(self, what: str, system: System) -> Iterator[Made]:
        """All sounds that a system makes in a part, as they are made or found."""
        self.tell(f"{what}: {system.name}")
        if what == "text":
            for sentence in self.sentences:
                yield self._one(system, what, sentence, sentence, self._speaking(system, sentence))
            return
        for number, clip in enumerate(self.clips):
            if what == "copy":
                yield self._one(
                    system, what, clip.name, clip.sha256, self._copying(system, clip), clip.speaker
                )
            elif (other := self.target(number)) is not None:
                key = f"{clip.sha256}/{other.sha256}"
                yield self._one(
                    system, what, clip.name, key, self._turning(system, clip, other), clip.speaker
                )

    def target(self, number: int) -> Clip | None:
        """Whose voice a clip gets: the next in the list by another speaker; None if all are by one."""
        clip = self.clips[number]
        later = self.clips[number + 1 :] + self.clips[:number]
        return next((other for other in later if other.speaker != clip.speaker), None)

    def every(self, names: Sequence[str]) -> Iterator[Made]:
        """All sounds of these systems in all parts."""
        for what, ability in MADE.items():
            for system in self.systems.that(ability):
                if system.name in names:
                    yield from self.made(what, system)

    @cached_property
    def voiceprints(self) -> speech_scores.Voiceprints:
        """Loaded when they are first needed."""
        return speech_scores.Voiceprints()

    def judged(self, what: Made | Clip, by: str, judge: Callable[[], Any]) -> Any:
        """What a judge says of a sound or of a recording, kept."""
        key = what.key if isinstance(what, Made) else what.sha256
        return self.kept.value(f"{_VERSION}/{by}/{key}", judge)

    def _one(
        self, system: System, what: str, of: str, key: str, make: Callable[[], Speech], speaker: str = ""
    ) -> Made:
        whole = f"{system.identity}/{what}/{self.seed}/{key}"
        return Made(system, what, of, speaker, whole, self.kept.sound(whole, make))

    def _copying(self, system: System, clip: Clip) -> Callable[[], Speech]:
        return lambda: system.engine.resynthesize(clip.speech, seed=self.seed)

    def _turning(self, system: System, clip: Clip, other: Clip) -> Callable[[], Speech]:
        engine = system.engine
        assert isinstance(engine, Generator)
        return lambda: engine.convert(clip.speech, voice=other.speech, seed=self.seed)

    def _speaking(self, system: System, sentence: str) -> Callable[[], Speech]:
        engine = system.engine
        assert isinstance(engine, Generator)
        return lambda: engine.synthesize(sentence, seed=self.seed)
