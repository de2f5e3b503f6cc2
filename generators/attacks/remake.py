"""The sound of a pair: a stretch of a recording and the attack that was drawn for it, alike in all else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from earwitness.consent import Purpose, require_consent
from earwitness.errors import ConsentError, ModelError
from earwitness.generators.attacks.channel import apply
from earwitness.generators.attacks.equalise import cut_alike, equalised, trimmed
from earwitness.generators.attacks.plan import Draw
from earwitness.generators.attacks.signal import dithered, rms, speech_rms, to_level
from earwitness.generators.attacks.sources import RATE
from earwitness.generators.attacks.splice import Span, aligned, choose_spans, spliced
from earwitness.generators.base import Ability, Generator, Speech
from earwitness.reference import reference
from earwitness.samples import Float32, resample

__all__ = ["Pair", "make_pair"]

Load = Callable[[str], Generator]
"""A generator by its name."""
_LEAD_S = (0.05, 0.3)
_SOFTEST = 1e-5  # RMS; below is silence


@dataclass(frozen=True, slots=True)
class Pair:
    """human, attack: (n,) at 16 kHz on the steps of 16 bits. spans: of the attack, where it is synthetic."""

    human: Float32
    attack: Float32
    spans: list[Span]


def make_pair(x: Float32, plan: Draw, load: Load) -> Pair:
    """x: (n,) at 16 kHz. Raises ModelError for a generator that makes no sound, ConsentError, and what the
    generator raises."""
    rng = np.random.default_rng((plan.seed, 1))
    human = trimmed(x, float(rng.uniform(*_LEAD_S)))
    if plan.partial:
        attack, spans = spliced(human, choose_spans(human, rng), _part(plan, load), rng)
    elif plan.method == Ability.SYNTHESIZE:
        human, attack = cut_alike(human, _spoken(plan, load), rng)
        spans = [(0, min(human.size, attack.size))]
    else:
        attack, spans = aligned(_remade(human, plan, load, plan.seed), human), [(0, human.size)]
    human, attack = equalised(human, attack, rng, whole=not plan.partial)
    human, attack = (apply(one, plan.channel, plan.seed) for one in (human, attack))
    one, other = (to_level(sound, plan.dbfs) for sound in (human, attack))
    return Pair(dithered(_as_loud(one, other), rng), dithered(_as_loud(other, one), rng), spans)


def _as_loud(x: Float32, other: Float32) -> Float32:
    """Softer where the other one had to be, for the sake of its peaks."""
    mine, its = speech_rms(x), speech_rms(other)
    return x * np.float32(its / mine) if 0 < its < mine else x


def _part(plan: Draw, load: Load) -> Callable[[Float32, int], Float32]:
    return lambda heard, number: _remade(heard, plan, load, plan.seed + number)


def _remade(x: Float32, plan: Draw, load: Load, seed: int) -> Float32:
    engine, speech = load(plan.engine.name), Speech(x, RATE)
    if plan.method == Ability.RESYNTHESIZE:
        return _usable(engine.resynthesize(speech, seed=seed), plan.engine.name)
    return _usable(engine.convert(speech, voice=_voice(plan), seed=seed), plan.engine.name)


def _spoken(plan: Draw, load: Load) -> Float32:
    made = load(plan.engine.name).synthesize(plan.text, voice=plan.voice, seed=plan.seed)
    sound = _usable(made, plan.engine.name)
    if plan.converter is not None:
        name = plan.converter.name
        made = load(name).convert(Speech(sound, RATE), voice=_voice(plan), seed=plan.seed)
        sound = _usable(made, name)
    return sound


def _voice(plan: Draw) -> str | Speech:
    """The name of a voice, or a person's after another look at their consent: it may have run out."""
    if plan.person is None:
        return plan.voice or ""
    clip = reference(plan.person.path)
    require_consent(plan.person.consent, Purpose.ATTACK_TRAINING, clip.name, clip.sha256)
    if clip.sha256 != plan.person.sha256:
        raise ConsentError("the recording was changed while this ran.", subject=Path(plan.person.path).name)
    return clip.speech


def _usable(made: Speech, name: str) -> Float32:
    """At 16 kHz, within ±1. Raises ModelError for what is no sound."""
    samples = np.asarray(made.samples, np.float32)
    if samples.ndim != 1 or not samples.size or not np.isfinite(samples).all() or rms(samples) < _SOFTEST:
        raise ModelError("it made silence, or no sound.", subject=name, hint="This recording is left out.")
    at_ours = resample(np.ascontiguousarray(samples), made.rate, RATE)
    return np.asarray(np.clip(at_ours, -1.0, 1.0), np.float32)
