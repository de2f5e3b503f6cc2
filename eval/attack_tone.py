"""Treatments of tone, level and form of wave: filters, equalisers, dynamics, quantisation, echo, phase.

Every function takes and returns float32 (n,) at 16 kHz, -1..1, the same length in the same place. Filters
are causal, with the phase of the analogue filter they are named after, as in real devices.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from earwitness.detector.training.channels import SAMPLE_RATE, fft_convolve

Float32 = npt.NDArray[np.float32]
Complex = npt.NDArray[np.complex128]

__all__ = [
    "band_pass",
    "clip_at",
    "compress",
    "cut_tones",
    "echo",
    "equalise",
    "expand",
    "high_pass",
    "low_pass",
    "phase_shift",
    "quantise",
    "scale",
    "smooth",
]

ORDER = 6
BLOCK = 80  # samples, 5 ms: the step in which dynamics follow the level
_TAIL = SAMPLE_RATE // 4


def _filtered(x: Float32, response: Complex) -> Float32:
    return np.asarray(np.fft.irfft(np.fft.rfft(x, _size(x)) * response, _size(x))[: x.size], np.float32)


def _size(x: Float32) -> int:
    """A length that FFTs like, with room for the filter to ring out."""
    need = x.size + _TAIL
    return -(-need // 4096) * 4096


def _prewarped(x: Float32) -> npt.NDArray[np.float64]:
    """Frequencies of the bins as a bilinear transform bends them, in half sample rates over pi."""
    omega = np.linspace(0, np.pi, _size(x) // 2 + 1)
    return np.asarray(np.tan(np.minimum(omega, np.pi * (1 - 1e-6)) / 2))


def _low(ratio: npt.NDArray[np.float64], order: int) -> Complex:
    """Butterworth low-pass at ``ratio`` times its -3 dB frequency."""
    response: Complex = np.ones(ratio.size, np.complex128)
    for k in range(order):
        pole = np.exp(1j * np.pi * (2 * k + order + 1) / (2 * order))
        response = response / (1j * ratio - pole)
    return response


def low_pass(x: Float32, hertz: float, order: int = ORDER) -> Float32:
    """Butterworth low-pass, -3 dB at ``hertz``."""
    return _filtered(x, _low(_prewarped(x) / np.tan(np.pi * hertz / SAMPLE_RATE), order))


def high_pass(x: Float32, hertz: float, order: int = ORDER) -> Float32:
    """Butterworth high-pass, -3 dB at ``hertz``."""
    ratio = np.tan(np.pi * hertz / SAMPLE_RATE) / np.maximum(_prewarped(x), 1e-9)
    # The mirrored low-pass: s goes to 1 / s, which turns the phase round.
    return _filtered(x, np.conj(_low(np.minimum(ratio, 1e9), order)))


def band_pass(x: Float32, low: float, high: float) -> Float32:
    """High-pass at ``low``, then low-pass at ``high`` Hz."""
    return low_pass(high_pass(x, low), high)


def equalise(x: Float32, gains: dict[float, float], q: float = 1.0) -> Float32:
    """Peaking filters. gains: decibels at frequencies in Hz. q: width, as in the audio EQ cookbook."""
    s = 1j * _prewarped(x)
    response: Complex = np.ones(s.size, np.complex128)
    for hertz, gain_db in gains.items():
        here = s / np.tan(np.pi * hertz / SAMPLE_RATE)
        a = 10 ** (gain_db / 40)
        response = response * (here**2 + here * a / q + 1) / (here**2 + here / (a * q) + 1)
    return _filtered(x, response)


def cut_tones(x: Float32, rng: np.random.Generator, count: int = 4) -> Float32:
    """Narrow notches (-30 dB) at frequencies drawn from 400 to 5,000 Hz."""
    return equalise(x, {float(f): -30.0 for f in rng.uniform(400, 5_000, count)}, q=0.5)


def _levels(x: Float32, attack_s: float, release_s: float) -> npt.NDArray[np.float64]:
    """Level in decibels of full scale, followed as compressors do, one value a block."""
    padded = np.pad(x, (0, -x.size % BLOCK)).reshape(-1, BLOCK)
    now = 20 * np.log10(np.abs(padded).max(1) + 1e-6)
    rise, fall = (1 - np.exp(-BLOCK / SAMPLE_RATE / s) for s in (attack_s, release_s))
    followed = np.empty(now.size)
    level = -120.0
    for index, target in enumerate(now.tolist()):
        level += (rise if target > level else fall) * (target - level)
        followed[index] = level
    return followed


def _steered(x: Float32, gain_db: npt.NDArray[np.float64]) -> Float32:
    at = np.arange(gain_db.size) * BLOCK + BLOCK / 2
    gain = np.interp(np.arange(x.size), at, gain_db)
    return np.asarray(x * 10 ** (gain / 20), np.float32)


def compress(x: Float32, threshold_db: float, ratio: float = 4.0) -> Float32:
    """Gains over the threshold (dB of full scale) divided by ``ratio``; 100 makes a limiter.

    Attack 5 ms, release 80 ms; what came out quieter is brought back to the loudness it had.
    """
    over = np.maximum(0.0, _levels(x, 0.005, 0.08) - threshold_db)
    out = _steered(x, -over * (1 - 1 / ratio))
    before, after = (float(np.sqrt(np.mean(np.square(v)))) if v.size else 0.0 for v in (x, out))
    return clip_at(np.asarray(out * np.float32(before / after), np.float32), 1.0) if after > 0 else out


def expand(x: Float32, threshold_db: float, ratio: float = 2.0) -> Float32:
    """What is under the threshold (dB of full scale) falls ``ratio`` times as fast, 30 dB at most."""
    under = np.minimum(0.0, _levels(x, 0.005, 0.08) - threshold_db)
    return _steered(x, np.maximum(under * (ratio - 1), -30.0))


def scale(x: Float32, factor: float) -> Float32:
    """Times ``factor``; what then exceeds full scale is clipped."""
    return clip_at(x * np.float32(factor), 1.0)


def clip_at(x: Float32, ceiling: float) -> Float32:
    """Flattened at ± ``ceiling``."""
    return np.asarray(np.clip(x, -ceiling, ceiling), np.float32)


def quantise(x: Float32, bits: int) -> Float32:
    """Rounded to ``bits`` bits, without dither."""
    steps = np.float32(2 ** (bits - 1))
    return np.asarray(np.round(x * steps) / steps, np.float32)


def echo(x: Float32, delay_s: float, volume: float) -> Float32:
    """One echo, ``volume`` times as loud."""
    delay = round(delay_s * SAMPLE_RATE)
    late = np.concatenate([np.zeros(delay, np.float32), x])[: x.size]
    return clip_at(np.asarray(x + np.float32(volume) * late, np.float32), 1.0)


def smooth(x: Float32, width: int) -> Float32:
    """Moving average over ``width`` samples."""
    kernel = np.full(width, 1 / width, np.float32)
    shift = (width - 1) // 2
    return fft_convolve(np.concatenate([x[shift:], np.zeros(shift, np.float32)]), kernel)


def phase_shift(x: Float32, degrees: float) -> Float32:
    """All frequencies turned by the same angle; 180 is a change of polarity."""
    turn: Complex = np.full(_size(x) // 2 + 1, np.exp(1j * np.deg2rad(degrees)))
    return _filtered(x, turn)
