"""The sweep: one thing at a time done to a recording, from mild to hard, so that errors can be drawn.

Every point has a name, ``kind=value`` ("opus=16" is Opus at 16 kbit/s), or that of a condition of
``earwitness.eval.attacks`` where a kind has no scale. Treatments take samples (n,) at 16 kHz, -1..1, and a
seeded generator, and are applied to both classes alike. Only ``speed`` changes the length. How long a
recording is, the last axis, is no treatment: see ``earwitness.eval.sweep_lengths``.
"""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from earwitness.detector.training import channels
from earwitness.eval import attack_time, attacks

Float32 = npt.NDArray[np.float32]

__all__ = ["AXES", "LENGTH", "POINTS", "Axis", "Point", "Sounds", "available", "fingerprint", "treat"]

LENGTH = "length"
DIRECT_DB = 3.0  # direct to reverberant energy of the rooms: somebody at arm's length of the microphone


@dataclass(frozen=True, slots=True)
class Sounds:
    """What is mixed in. voices: people for babble, (m,) each. noise: a recording of noise, (m,), or None."""

    voices: Sequence[Float32] = ()
    noise: Float32 | None = None


Treatment = Callable[[Float32, np.random.Generator, Sounds], Float32]


@dataclass(frozen=True, slots=True)
class Point:
    """One place on an axis. value: on its scale (``Axis.unit``); None where the kind has no scale."""

    name: str
    axis: str
    kind: str
    value: float | None
    run: Treatment


@dataclass(frozen=True, slots=True)
class Axis:
    """One thing that may happen to a recording. title: as tables say it. unit: of the values."""

    name: str
    title: str
    unit: str


AXES = {
    axis.name: axis
    for axis in (
        Axis("codec", "Bit rate of the codec", "kbit/s"),
        Axis("telephone", "Telephone", ""),
        Axis("noise", "Noise, speech above it by", "dB"),
        Axis("room", "Room, reverberation time", "s"),
        Axis("bandwidth", "Bandwidth", "kHz"),
        Axis("speed", "Played faster", "times"),
        Axis("level", "Level, peak at", "dBFS"),
        Axis(LENGTH, "Length of the recording", "s"),
    )
}

# The rates are those at which such files are usually met, as in ``attacks``.
_CODECS = {
    "mp3": {128: 44_100, 64: 24_000, 32: 24_000, 24: 24_000, 16: 24_000},
    "aac": {128: 44_100, 64: 44_100, 32: 24_000, 24: 24_000, 16: 24_000},
    "opus": dict.fromkeys((64, 32, 24, 16, 12, 8), 48_000),
}
_TELEPHONE = ("g722", "g711_mulaw", "g711_alaw", "amr_nb_12k", "amr_nb_6k", "gsm", "narrowband", "phone_call")
_SNRS = (30, 20, 15, 10, 5, 0)
_COLOURS = {"white": 0.0, "pink": 1.0}
_ROOMS = (0.2, 0.35, 0.5, 0.8, 1.2)
_BANDS = (7.0, 5.5, 4.0, 3.4, 2.5)
_SPEEDS = (0.8, 0.9, 1.1, 1.25)
_LEVELS = (0, -10, -20, -30, -40)


def _codec(name: str, kilobits: int, rate: int) -> Treatment:
    return lambda x, rng, _: channels.roundtrip(x, name, kilobits * 1000, rng, rate=rate)


def _named(name: str) -> Treatment:
    return lambda x, rng, sounds: attacks.conditions(sounds.voices)[name](x, rng)


def _coloured(exponent: float, snr_db: float) -> Treatment:
    return lambda x, rng, _: channels.add_noise(x, channels.coloured_noise(x.size, exponent, rng), snr_db)


def _babble(snr_db: float) -> Treatment:
    return lambda x, rng, sounds: channels.add_noise(x, attacks.babble(x.size, sounds.voices, rng), snr_db)


def _recorded(snr_db: float) -> Treatment:
    def run(x: Float32, rng: np.random.Generator, sounds: Sounds) -> Float32:
        assert sounds.noise is not None  # ``available`` leaves the point out without one
        start = int(rng.integers(0, max(sounds.noise.size, 1)))
        return channels.add_noise(x, np.roll(sounds.noise, -start), snr_db)

    return run


def _room(seconds: float) -> Treatment:
    return lambda x, rng, _: channels.room(x, rng, rt60=seconds, direct_db=DIRECT_DB)


def _band(kilohertz: float) -> Treatment:
    return lambda x, _, __: channels.resample_through(x, round(2000 * kilohertz))


def _speed(factor: float) -> Treatment:
    return lambda x, _, __: attack_time.speed(x, factor)


def _peak(dbfs: float) -> Treatment:
    def run(x: Float32, _: np.random.Generator, __: Sounds) -> Float32:
        peak = float(np.abs(x).max(initial=0.0))
        return x if peak == 0 else np.asarray(x * np.float32(10 ** (dbfs / 20) / peak), np.float32)

    return run


def _points() -> dict[str, Point]:
    found: list[Point] = []

    def add(axis: str, kind: str, value: float, run: Treatment) -> None:
        found.append(Point(f"{kind}={value:g}", axis, kind, float(value), run))

    for codec, rates in _CODECS.items():
        for kilobits, rate in rates.items():
            add("codec", codec, kilobits, _codec(codec, kilobits, rate))
    found.extend(Point(name, "telephone", name, None, _named(name)) for name in _TELEPHONE)
    for snr in _SNRS:
        for colour, exponent in _COLOURS.items():
            add("noise", colour, snr, _coloured(exponent, snr))
        add("noise", "babble", snr, _babble(snr))
        add("noise", "recorded", snr, _recorded(snr))
    for values, axis, make in (
        (_ROOMS, "room", _room),
        (_BANDS, "bandwidth", _band),
        (_SPEEDS, "speed", _speed),
        (_LEVELS, "level", _peak),
    ):
        for value in values:
            add(axis, axis, value, make(value))
    return {point.name: point for point in found}


POINTS = _points()
"""All points that are treatments, by name; within a kind in the order of the curve."""


def available(*, voices: int, noises: int) -> list[str]:
    """Names of the points that can be run with so many people for babble and recordings of noise."""
    absent = {"babble"} if voices <= attacks.MIN_BABBLE_VOICES else set()  # one may be the clip itself
    absent |= set() if noises else {"recorded"}
    return [point.name for point in POINTS.values() if point.kind not in absent]


def treat(name: str, x: Float32, rng: np.random.Generator, sounds: Sounds) -> Float32:
    """A recording (n,) at 16 kHz after the point of that name; as long, but for ``speed``."""
    return POINTS[name].run(x, rng, sounds)


@lru_cache(maxsize=1)
def fingerprint() -> str:
    """Hash of the code behind the points: cached scores of another version do not count."""
    here = inspect.getmodule(treat)
    text = "".join(inspect.getsource(module) for module in (here, attack_time) if module)
    return hashlib.sha256((text + attacks.fingerprint()).encode()).hexdigest()[:12]
