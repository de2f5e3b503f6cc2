"""Which channel a pair goes through: a chain of steps with all their numbers, drawn before any sound."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

__all__ = ["PHONE_CODECS", "Channels", "Step", "draw_channel"]


class Channels(StrEnum):
    """How much happens to a recording on its way."""

    NONE = "none"
    LIGHT = "light"
    PHONE = "phone"
    ALL = "all"


PHONE_CODECS = ("mulaw", "alaw", "gsm", "amr_nb", "opus_8k")
_GOOD = ("mp3_64k", "aac_64k", "opus_32k", "opus_24k", "g722")
_EVERY = (*_GOOD, "mp3_32k", "mp3_128k", "aac_32k", "opus_16k", "opus_12k", *PHONE_CODECS)


@dataclass(frozen=True, slots=True)
class Step:
    """kind: room, noise, band, phone or codec. values: its numbers and names, sorted by name."""

    kind: str
    values: tuple[tuple[str, float | str], ...] = ()

    def told(self) -> dict[str, Any]:
        """As manifests have it."""
        return {"kind": self.kind, **dict(self.values)}


def draw_channel(
    wanted: str, codecs: Sequence[str], noises: Sequence[str], rng: np.random.Generator
) -> tuple[Step, ...]:
    """Steps in their order: room, noise, band, codecs. codecs: that work here. noises: paths of recordings.

    none: nothing. light: a good codec or a little noise, or nothing. phone: always the band of telephones
    and one of their codecs. all: everything, each with its own chance.
    """
    if wanted == Channels.NONE:
        return ()
    if wanted == Channels.LIGHT:
        return _light(codecs, rng)
    steps = []
    everything = wanted == Channels.ALL
    if everything and rng.random() < 0.25:
        steps.append(_step("room", rt60_s=rng.uniform(0.15, 0.7), direct_db=rng.uniform(-3, 10)))
    if rng.random() < 0.4:
        steps.append(_noise(noises, 8, 35, rng))
    if not everything or rng.random() < 0.2:
        return (*steps, Step("phone"), *_codec(PHONE_CODECS, codecs, rng))
    if rng.random() < 0.15:
        steps.append(_step("band", high_hz=rng.uniform(4_000, 7_000)))
    for chance in (0.6, 0.15):
        if rng.random() < chance:
            steps += _codec(_EVERY, codecs, rng)
    return tuple(steps)


def _light(codecs: Sequence[str], rng: np.random.Generator) -> tuple[Step, ...]:
    chance = rng.random()
    if chance < 0.35:
        return _codec(_GOOD, codecs, rng)
    return (_noise((), 25, 40, rng),) if chance < 0.6 else ()


def _codec(menu: Sequence[str], works: Sequence[str], rng: np.random.Generator) -> tuple[Step, ...]:
    usable = [one for one in menu if one in works]
    if not usable:
        return ()
    return (
        Step("codec", (("lead", int(rng.integers(640))), ("name", usable[int(rng.integers(len(usable)))]))),
    )


def _noise(noises: Sequence[str], low_db: float, high_db: float, rng: np.random.Generator) -> Step:
    snr = round(float(rng.uniform(low_db, high_db)), 2)
    if noises and rng.random() < 0.6:
        return Step("noise", (("recorded", noises[int(rng.integers(len(noises)))]), ("snr_db", snr)))
    return _step("noise", exponent=rng.uniform(0, 2), snr_db=snr)


def _step(kind: str, **values: float) -> Step:
    return Step(kind, tuple(sorted((name, round(float(value), 3)) for name, value in values.items())))
