"""The way a recording took to its listener: room, noise, band, telephone, codec.

A chain goes on the attack and on its twin with the same numbers and the same noise, so that no detector can
tell one from the other by the way they came. Everything is float32 (n,) at 16 kHz, ±1, and stays in its
place.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from earwitness.audio import load_audio
from earwitness.generators.attacks.channel_plan import Step
from earwitness.generators.attacks.codecs import through
from earwitness.generators.attacks.signal import band, convolved, noise, rms, speech_rms
from earwitness.generators.attacks.sources import RATE
from earwitness.samples import Float32, resample

__all__ = ["apply", "room_response"]

PHONE_LOW_HZ, PHONE_HIGH_HZ = 300.0, 3_400.0
"""The band of telephones (ITU-T G.712)."""
_BUILD_UP_S = 0.02
_MAX_NOISE_S = 600.0


def apply(x: Float32, chain: Sequence[Step], seed: int) -> Float32:
    """Each step after the other; the same seed draws the same room and the same noise."""
    for number, step in enumerate(chain):
        x = _step(x, step, np.random.default_rng((seed, number)))
    return x


def room_response(rt60_s: float, direct_db: float, rng: np.random.Generator) -> Float32:
    """An impulse response made up of the direct sound at sample 0, six early reflections (1 to 20 ms) and a
    tail of noise that falls by 60 dB in ``rt60_s`` seconds, above 2.5 kHz in half of that.

    direct_db: energy of the direct sound to all the rest. The whole has unit energy. The model is that of
    Polack (1988): late reverberation is noise that decays.
    """
    size = max(int(rt60_s * RATE), RATE // 50)
    t = np.arange(size) / RATE
    white = rng.standard_normal(size).astype(np.float32)
    dull = band(white, 0.0, 2_500.0, 1_000.0)
    fall = np.log(1000.0) / rt60_s
    tail = (dull * np.exp(-fall * t) + (white - dull) * np.exp(-2 * fall * t)) * np.clip(
        t / _BUILD_UP_S, 0, 1
    )
    early = rng.integers(RATE // 1000, RATE // 50, size=6)
    tail[early] += rng.choice([-1.0, 1.0], 6) * rng.uniform(0.5, 2.0, 6) * np.exp(-fall * t[early])
    tail[0] = 0.0
    tail *= 10 ** (-direct_db / 20) / np.sqrt(np.sum(np.square(tail)))
    tail[0] = 1.0
    return np.asarray(tail / np.sqrt(np.sum(np.square(tail))), np.float32)


def _step(x: Float32, step: Step, rng: np.random.Generator) -> Float32:
    values = dict(step.values)
    if step.kind == "room":
        response = room_response(float(values["rt60_s"]), float(values["direct_db"]), rng)
        wet = convolved(x, response)
        return _safe(wet * np.float32(rms(x) / max(rms(wet), 1e-9)))
    if step.kind == "noise":
        return _with_noise(x, values, rng)
    if step.kind == "band":
        return band(x, 0.0, float(values["high_hz"]))
    if step.kind == "phone":
        return band(x, PHONE_LOW_HZ, PHONE_HIGH_HZ)
    return _safe(through(x, str(values["name"]), int(values["lead"])))


def _with_noise(x: Float32, values: dict[str, float | str], rng: np.random.Generator) -> Float32:
    """Noise under it. snr_db: level of speech, pauses left out, to that of the noise."""
    if "recorded" in values:
        whole = _recorded(str(values["recorded"]))
        start = int(rng.integers(max(1, whole.size)))
        bed = np.resize(np.roll(whole, -start), x.size)
    else:
        bed = noise(x.size, float(values["exponent"]), rng)
    loud = rms(bed)
    if loud == 0.0:
        return x
    return _safe(x + bed * np.float32(speech_rms(x) / loud * 10 ** (-float(values["snr_db"]) / 20)))


def _safe(x: Float32) -> Float32:
    """Softer as a whole where it would go beyond full scale: clipping would be a trace of its own."""
    peak = float(np.abs(x).max(initial=0.0))
    return np.asarray(x if peak <= 1.0 else x / np.float32(peak), np.float32)


@lru_cache(maxsize=8)
def _recorded(path: str) -> Float32:
    audio = load_audio(path, mono=True, max_seconds=_MAX_NOISE_S)
    return resample(np.ascontiguousarray(audio.samples[0]), audio.rate, RATE)
