"""What a recording goes through between a mouth and a file: codecs, bands, rooms, noise, losses.

Every function takes mono speech, float32 of shape (n,) at 16 kHz in -1..1, and returns the same
length in the same place in time (delays of codecs and filters are taken out), in memory and
without files. Chance comes only from the given generator, so equal seeds give equal sound.
Used for training augmentation and, by ``earwitness.eval.attacks``, for test conditions; applied
to both classes alike, or a detector learns the channel instead of the voice.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import soxr

from earwitness.detector.training.codecs import CODECS, Codec, roundtrip

Float32 = npt.NDArray[np.float32]

__all__ = [
    "CODECS",
    "SAMPLE_RATE",
    "Codec",
    "add_noise",
    "clip",
    "coloured_noise",
    "fft_convolve",
    "fit_length",
    "gain",
    "narrowband",
    "packet_loss",
    "resample_through",
    "room",
    "room_response",
    "roundtrip",
    "speech_level",
    "trim",
]

SAMPLE_RATE = 16_000
FRAME = 320  # samples, 20 ms: the step in which levels are measured and packets are lost
ACTIVE_RANGE_DB = 30.0  # frames this far under the loudest count as pause


def _fast_length(n: int) -> int:
    """The next length 2^a or 3 * 2^a, which FFTs like."""
    power = 1 << max(n - 1, 1).bit_length()
    return 3 * power // 4 if 3 * power // 4 >= n else power


def fft_convolve(x: Float32, kernel: Float32) -> Float32:
    """Linear convolution, cut to the first n samples: tap 0 of ``kernel`` stays in place."""
    size = _fast_length(x.size + kernel.size - 1)
    product = np.fft.rfft(x, size) * np.fft.rfft(kernel, size)
    return np.fft.irfft(product, size)[: x.size].astype(np.float32)


def speech_level(x: Float32) -> float:
    """RMS (linear) over the frames within 30 dB of the loudest, so pauses do not dilute it."""
    if x.size < FRAME:
        return float(np.sqrt(np.mean(np.square(x)))) if x.size else 0.0
    power = np.square(x[: x.size // FRAME * FRAME].reshape(-1, FRAME)).mean(axis=1)
    active = power[power >= power.max() * 10 ** (-ACTIVE_RANGE_DB / 10)]
    return float(np.sqrt(active.mean()))


def trim(samples: Float32, *, floor_db: float = 35.0, frame: int = 320) -> Float32:
    """Cut leading and trailing frames more than ``floor_db`` below the loudest one.

    samples: (n,) at 16 kHz. Both classes go through here, so that silence tells nothing.
    """
    n = len(samples) // frame
    if n == 0:
        return samples
    level = np.sqrt(np.mean(samples[: n * frame].reshape(n, frame) ** 2, axis=1)) + 1e-9
    active = np.flatnonzero(20 * np.log10(level / level.max()) > -floor_db)
    return samples[active[0] * frame : (active[-1] + 1) * frame]


def gain(x: Float32, gain_db: float) -> Float32:
    """Scale by ``gain_db`` decibels; what then exceeds full scale is clipped, as in a recorder."""
    return np.asarray(np.clip(x * np.float32(10 ** (gain_db / 20)), -1.0, 1.0), dtype=np.float32)


def narrowband(x: Float32, low: float = 300.0, high: float = 3400.0, edge: float = 100.0) -> Float32:
    """Zero-phase band-pass. low, high: -6 dB points in Hz; edge: width of each slope in Hz."""
    size = _fast_length(x.size + SAMPLE_RATE // 20)  # 50 ms of zeros: the slopes ring, not around
    hertz = np.fft.rfftfreq(size, 1 / SAMPLE_RATE)
    rise = np.clip((hertz - low) / edge + 0.5, 0, 1)
    fall = np.clip((high - hertz) / edge + 0.5, 0, 1)
    mask = (np.sin(np.pi / 2 * rise) * np.sin(np.pi / 2 * fall)) ** 2
    return np.fft.irfft(np.fft.rfft(x, size) * mask.astype(np.float32), size)[: x.size].astype(np.float32)


def resample_through(x: Float32, rate: int) -> Float32:
    """Down to ``rate`` Hz and back up: loses what lies above ``rate / 2``."""
    there = soxr.resample(x, SAMPLE_RATE, rate)
    return fit_length(np.asarray(soxr.resample(there, rate, SAMPLE_RATE), dtype=np.float32), x.size)


def coloured_noise(n: int, exponent: float, rng: np.random.Generator) -> Float32:
    """Noise of unit RMS whose power falls as 1/f^exponent: 0 white, 1 pink, 2 brown."""
    size = _fast_length(max(n, 2))
    hertz = np.fft.rfftfreq(size, 1 / SAMPLE_RATE)
    shape = np.maximum(hertz, 20.0) ** (-exponent / 2)  # flat under 20 Hz: no rumble outweighs the rest
    shape[0] = 0.0
    spectrum = np.fft.rfft(rng.standard_normal(size, dtype=np.float32)) * shape
    noise = np.fft.irfft(spectrum, size)[:n]
    rms = np.sqrt(np.mean(np.square(noise))) if n else 1.0
    return (noise / max(float(rms), 1e-12)).astype(np.float32)


def add_noise(x: Float32, noise: Float32, snr_db: float) -> Float32:
    """Add ``noise`` (repeated or cut to the length of ``x``) at ``snr_db``.

    The ratio is that of the speech level (pauses left out) to the RMS of the noise. Silence, on
    either side, comes back unchanged. The sum is clipped to full scale.
    """
    level = speech_level(x)
    if noise.size == 0 or level == 0.0:
        return x.copy()
    bed = np.resize(noise, x.size)
    rms = float(np.sqrt(np.mean(np.square(bed))))
    if rms == 0.0:
        return x.copy()
    scale = np.float32(level / rms * 10 ** (-snr_db / 20))
    return np.clip(x + bed * scale, -1.0, 1.0).astype(np.float32)


def room_response(rng: np.random.Generator, rt60: float, direct_db: float) -> Float32:
    """A made-up room: the direct sound at tap 0, a few early reflections, a decaying noise tail.

    rt60: seconds until the tail has fallen by 60 dB (high frequencies fall twice as fast).
    direct_db: direct to reverberant energy. The whole has unit energy.
    """
    n = max(int(rt60 * SAMPLE_RATE), FRAME)
    t = np.arange(n, dtype=np.float32) / SAMPLE_RATE
    dull = narrowband(rng.standard_normal(n, dtype=np.float32), -200.0, 2500.0, 1000.0)
    bright = rng.standard_normal(n, dtype=np.float32) - dull
    decay = np.float32(np.log(1000.0) / rt60)
    tail = dull * np.exp(-decay * t) + bright * np.exp(-2 * decay * t)
    tail *= np.clip(t / 0.02, 0, 1)  # diffuse sound builds up over the first 20 ms
    early = rng.integers(16, FRAME, size=6)  # 1-20 ms: walls, table, ceiling
    tail[early] += rng.choice([-1.0, 1.0], size=6) * rng.uniform(0.5, 2.0, size=6) * np.exp(-decay * t[early])
    tail[:16] = 0.0
    tail *= 10 ** (-direct_db / 20) / np.sqrt(np.sum(np.square(tail)))
    tail[0] = 1.0
    return (tail / np.sqrt(np.sum(np.square(tail)))).astype(np.float32)


def room(
    x: Float32, rng: np.random.Generator, rt60: float | None = None, direct_db: float | None = None
) -> Float32:
    """Speech in a simulated room, its level kept. None: drawn (rt60 0.15-0.7 s, direct -3 to 10 dB)."""
    seconds = float(rng.uniform(0.15, 0.7)) if rt60 is None else rt60
    ratio = float(rng.uniform(-3.0, 10.0)) if direct_db is None else direct_db
    wet = fft_convolve(x, room_response(rng, seconds, ratio))
    level = float(np.sqrt(np.mean(np.square(wet)))) if x.size else 0.0
    if level == 0.0:
        return x.copy()
    dry = float(np.sqrt(np.mean(np.square(x))))
    return np.asarray(np.clip(wet * np.float32(dry / level), -1.0, 1.0), dtype=np.float32)


def clip(x: Float32, rng: np.random.Generator, fraction: float | None = None) -> Float32:
    """Flatten the loudest samples. fraction: share of samples that hit the ceiling (0.1-3 % drawn)."""
    if x.size == 0:
        return x.copy()
    share = float(10 ** rng.uniform(-3.0, -1.5)) if fraction is None else fraction
    magnitude = np.abs(x)
    nth = min(int((1 - share) * x.size), x.size - 1)
    ceiling = np.float32(np.partition(magnitude, nth)[nth])
    return np.asarray(np.clip(x, -ceiling, ceiling), dtype=np.float32)


def packet_loss(
    x: Float32, rng: np.random.Generator, loss: float = 0.05, burst: float = 2.0, conceal: bool | None = None
) -> Float32:
    """Lose 20-ms packets in bursts (Gilbert model).

    loss: share of packets lost, 0..0.5. burst: mean packets a burst, >= 1. conceal: repeat the last
    good packet with a fade, as simple receivers do, instead of silence; None draws one of both.
    """
    repeat = bool(rng.random() < 0.5) if conceal is None else conceal
    packets = -(-x.size // FRAME)
    leave = 1.0 / burst
    enter = leave * loss / (1.0 - loss)
    draws = rng.random(packets)
    out = np.zeros(packets * FRAME, dtype=np.float32)
    out[: x.size] = x
    frames = out.reshape(packets, FRAME)
    lost = 0
    for index in range(1, packets):  # the first packet always comes: there is nothing to repeat
        gone = draws[index] >= leave if lost else draws[index] < enter
        lost = lost + 1 if gone else 0
        if gone:
            frames[index] = frames[index - lost] * np.float32(0.6**lost) if repeat else 0.0
    heard: Float32 = out[: x.size]
    return heard


def fit_length(x: Float32, n: int) -> Float32:
    """Cut or zero-pad to n samples."""
    return x[:n] if x.size >= n else np.pad(x, (0, n - x.size))
