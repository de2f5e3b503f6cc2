"""Traces of decoders that nobody has built: a recording with the small errors that they make.

Neural decoders of late write spectra (Vocos, Siuzdak 2023) or build waveforms up by doubling their rate. What
gives them away is not what they say but where they err: phases that wander, magnitudes that are too smooth
or a little off, what a narrow latent cannot hold, mirror images above half of a lower rate, a ripple or a
pattern at their hop. Each of these can be put into a recording by itself, at any strength and scale, without
the decoder. As with blended faces (Shiohara & Yamasaki 2022), fakes that are hard to see and of endless kinds
keep a network from learning a few real engines by heart.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from earwitness.detector.training.bottleneck import narrowed_magnitudes, narrowed_waves
from earwitness.detector.training.channels import SAMPLE_RATE, Float32
from earwitness.detector.training.overlap import sound, spectra

__all__ = ["WAYS", "shake"]

SIZES = (256, 512, 1024, 2048)
PHASE = (0.4, 2.0)  # radians RMS at the top of the band
MAGNITUDE = (0.06, 0.45)  # nepers RMS
BANDS = (40, 128)  # of a mel scale, between which detail is lost
RIPPLE = (0.01, 0.08)
IMAGE_DB = (-42.0, -20.0)
HOPS = (48.0, 400.0)  # samples
PATTERN_DB = (-45.0, -22.0)
WAYS = {"narrowed": 0.15, "guessed": 0.2, "wandering": 0.65}
"""What is done to spectra or frames first, and for what share of the copies."""


def shake(x: Float32, rng: np.random.Generator, way: str | None = None) -> Float32:
    """The recording x, (n,) at 16 kHz, as if a decoder had remade it; same length and place in time.

    way: one of WAYS, else by chance.
    """
    if way is None:
        way = str(rng.choice(list(WAYS), p=list(WAYS.values())))
    made = {"narrowed": narrowed_waves, "guessed": _guessed, "wandering": _wandering}[way](x, rng)
    if rng.random() < 0.25:
        made = _imaged(made, rng)
    if rng.random() < 0.2:
        turn = 2 * np.pi * (np.arange(len(made)) / rng.uniform(*HOPS) + rng.random())
        made = made * (1 + _between(rng, RIPPLE) * np.cos(turn))
    if rng.random() < 0.15:
        made = _patterned(made, rng)
    return np.asarray(made, np.float32)


def _wandering(x: Float32, rng: np.random.Generator) -> Float32:
    """With errors of its spectra: of phases, of magnitudes, of what a mel scale or a narrow latent loses."""
    phase, magnitude, mel, narrow = rng.random(4) < (0.75, 0.45, 0.4, 0.2)
    if not (phase or magnitude or mel or narrow):
        phase = True
    size = int(rng.choice(SIZES))
    spectrum = spectra(x, size)
    if mel:
        spectrum = _smoothed(spectrum, int(rng.integers(*BANDS)), float(rng.uniform(0.2, 1.0)))
    if narrow:
        spectrum = narrowed_magnitudes(spectrum, rng)
    if magnitude:
        spectrum = spectrum * np.exp(_between(rng, MAGNITUDE) * _noise(spectrum.shape, rng))
    if phase:
        spectrum = spectrum * np.exp(1j * _phases(spectrum.shape, rng))
    return sound(spectrum, size, len(x))


def _phases(shape: tuple[int, int], rng: np.random.Generator) -> Float32:
    """Errors in radians that grow with frequency: low harmonics are what every decoder gets right first."""
    low = float(rng.uniform(-0.1, 0.5))
    slope = np.clip((np.linspace(0, 1, shape[1]) - low) / (1 - low), 0, 1).astype(np.float32)
    return np.asarray(_between(rng, PHASE) * slope * _noise(shape, rng), np.float32)


def _guessed(x: Float32, rng: np.random.Generator) -> Float32:
    """Phases lost, more so at high frequencies, and found again by a few rounds of Griffin & Lim (1984).

    What comes back agrees with the magnitudes as phases of a trained decoder do: it errs, but not at random.
    """
    size = int(rng.choice(SIZES[1:]))
    spectrum = spectra(x, size)
    if rng.random() < 0.5:
        spectrum = _smoothed(spectrum, int(rng.integers(*BANDS)), float(rng.uniform(0.2, 1.0)))
    wanted = np.abs(spectrum)
    guess = spectrum * np.exp(1j * 2 * _phases(spectrum.shape, rng))
    for _ in range(int(rng.integers(1, 5))):
        heard = spectra(sound(guess, size, len(x)), size)
        guess = wanted * (heard / np.maximum(np.abs(heard), 1e-8))
    return sound(guess, size, len(x))


def _between(rng: np.random.Generator, ends: tuple[float, float]) -> np.float32:
    """Drawn evenly on a logarithmic scale."""
    return np.float32(np.exp(rng.uniform(*np.log(ends))))


def _noise(shape: tuple[int, int], rng: np.random.Generator) -> Float32:
    """Normal numbers, equal in patches of 1 to 4 frames by 1 to 16 bins: errors of decoders are not white."""
    tall, wide = int(rng.choice([1, 1, 2, 4])), int(rng.choice([1, 2, 4, 16]))
    coarse = rng.standard_normal((-(-shape[0] // tall), -(-shape[1] // wide)), dtype=np.float32)
    return coarse.repeat(tall, axis=0).repeat(wide, axis=1)[: shape[0], : shape[1]]


def _smoothed(spectrum: npt.NDArray[np.complex64], bands: int, share: float) -> npt.NDArray[np.complex64]:
    """Magnitudes moved by ``share`` (in the logarithm) towards what a mel scale of so many bands knows."""
    bins = spectrum.shape[1]
    top = np.log1p(SAMPLE_RATE / 2 / 700)
    middles = np.expm1(np.linspace(0, top, bands)) * 700 / (SAMPLE_RATE / 2) * (bins - 1)
    edges = np.concatenate([[0.0], (middles[1:] + middles[:-1]) / 2, [bins - 1.0]])
    low = np.floor(edges[:-1]).astype(int)
    high = np.maximum(np.ceil(edges[1:]).astype(int), low + 1)
    size = np.abs(spectrum) + 1e-7
    sums = np.concatenate([np.zeros((len(size), 1), np.float32), np.cumsum(size, axis=1)], axis=1)
    means = (sums[:, high] - sums[:, low]) / (high - low)
    # Between the middles of the bands the curve is straight.
    place = np.interp(np.arange(bins), middles, np.arange(bands))
    left = np.minimum(place.astype(int), bands - 2)
    part = (place - left).astype(np.float32)
    known = np.maximum(means[:, left] * (1 - part) + means[:, left + 1] * part, 1e-7)
    return np.asarray(spectrum * (known / size) ** np.float32(share), np.complex64)


def _imaged(x: Float32, rng: np.random.Generator) -> Float32:
    """With what is left of mirror images after the rate was doubled (once or twice) by filling in zeros."""
    level = np.float32(10 ** (rng.uniform(*IMAGE_DB) / 20))
    turns = np.arange(len(x)) * (np.pi if rng.random() < 0.5 else np.pi / 2)
    return np.asarray(x + level * x * np.cos(turns), np.float32)


def _patterned(x: Float32, rng: np.random.Generator) -> Float32:
    """With a pattern that repeats at some hop under the voice, as strided convolutions leave it."""
    hop = round(rng.uniform(*HOPS))
    pattern = np.tile(rng.standard_normal(hop, dtype=np.float32), -(-len(x) // hop))[: len(x)]
    smooth = np.ones(160, np.float32) / 160
    loud = np.sqrt(np.maximum(np.convolve(x * x, smooth, "same")[: len(x)], 0))
    return np.asarray(x + np.float32(10 ** (rng.uniform(*PATTERN_DB) / 20)) * loud * pattern, np.float32)
