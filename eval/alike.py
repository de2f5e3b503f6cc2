"""Clips of both classes made alike in what has nothing to do with synthesis.

Sources differ in length, ends, level, zeros, offset, noise and bandwidth, and so do the classes that come
from them. In length, noise and bandwidth both classes get the same distribution: each clip takes the value
that both can have at its place among its class. Chance follows from a clip's name; ``eval.shortcuts``
measures what is left.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from earwitness.eval.corpora import MIN_SECONDS, RATE
from earwitness.generators.attacks.equalise import bandwidth_hz
from earwitness.generators.attacks.signal import FRAME, band, frame_levels, noise, speech_rms, to_level
from earwitness.samples import Float32

__all__ = ["chance", "common_lengths", "dithered", "pieces", "same_bandwidth", "same_floor", "shared"]

Float64 = npt.NDArray[np.float64]
Chance = Sequence[np.random.Generator]

_CUT_S = 0.4  # off every clip that is long enough: a whole one begins and ends otherwise than a piece
_LEVEL_DB, _SPREAD_DB, _MOST_SPREAD_DB = -26.0, 2.0, 5.0
_DITHER_DB = -90.0
_EDGE = 5  # frames whose level says how loud an end is
_NOISIEST_DB = -25.0  # below speech: more noise than that is not added
_SLOPE_HZ = 150.0


def chance(seed: int, name: str) -> np.random.Generator:
    """Of the clip of this name."""
    return np.random.default_rng([seed, zlib.crc32(name.encode())])


def shared(
    values: Sequence[float], synthetic: Sequence[bool], choose: Callable[[Float64, Float64], Float64]
) -> Float64:
    """For each clip what ``choose`` makes of both classes' values at its quantile; of one class, its own."""
    value = np.asarray(values, np.float64)
    second = np.asarray(synthetic, bool)
    groups = [np.flatnonzero(second == side) for side in (False, True)]
    if min(map(len, groups)) == 0:
        return value
    place = np.zeros(value.size)
    for group in groups:
        place[group[np.argsort(value[group], kind="stable")]] = (np.arange(group.size) + 0.5) / group.size
    return choose(*(np.quantile(value[group], place, method="hazen") for group in groups))


def common_lengths(sizes: Sequence[int], synthetic: Sequence[bool]) -> list[int]:
    """How many samples each clip shall have. None grows, and none is cut below the shortest recording."""
    lengths = shared(sizes, synthetic, np.minimum)
    shorter = np.maximum(lengths - _CUT_S * RATE, np.minimum(lengths, MIN_SECONDS * RATE))
    return [int(n) for n in np.minimum(shorter, sizes)]


def pieces(
    read: Callable[[int], Float32], sizes: Sequence[int], synthetic: Sequence[bool], chances: Chance
) -> list[Float32]:
    """Of each clip a piece of its common length, at a common level and without an offset.

    The longer class follows the shorter one: each of its clips is cut where it begins and ends as loud, and
    pauses as much, as a piece of the other class that is about as long.
    """
    lengths = common_lengths(sizes, synthetic)
    groups = [[k for k, second in enumerate(synthetic) if second is side] for side in (False, True)]
    groups.sort(key=lambda group: float(np.mean([sizes[k] for k in group])) if group else np.inf)
    leaders, followers = (sorted(group, key=lambda k: lengths[k]) for group in groups)
    found: dict[int, Float32] = {}
    traits: dict[int, Float64] = {}
    for k in leaders:
        found[k], traits[k] = _piece(read(k), lengths[k], chances[k], None)
    for place, k in enumerate(followers):
        model = traits[leaders[place * len(leaders) // len(followers)]] if leaders else None
        found[k], _ = _piece(read(k), lengths[k], chances[k], model)
    return [found[k] for k in range(len(sizes))]


def _piece(x: Float32, size: int, rng: np.random.Generator, like: Float64 | None) -> tuple[Float32, Float64]:
    """A piece, by chance or most like these traits; and its traits."""
    table = _traits(x, size)
    best = rng.integers(len(table)) if like is None else np.argmin(np.abs(table - like).sum(axis=1))
    start = int(best) * FRAME
    piece = x[start : start + size]
    piece = np.asarray(piece - piece.mean(dtype=np.float64), np.float32)
    spread = float(np.clip(rng.normal(0.0, _SPREAD_DB), -_MOST_SPREAD_DB, _MOST_SPREAD_DB))
    return _faded(to_level(piece, _LEVEL_DB + spread)), table[int(best)]


def _traits(x: Float32, size: int) -> Float64:
    """Of the piece that begins at each frame: levels of its first and last 50 ms and of its quietest tenth,
    in dB of the level of speech, shape (n, 3)."""
    levels = np.asarray(frame_levels(x), np.float64)
    power = np.power(10.0, levels / 10)
    ahead = np.lib.stride_tricks.sliding_window_view(np.pad(power, (0, _EDGE)), _EDGE).mean(axis=1)
    count, starts = size // FRAME, np.arange((x.size - size) // FRAME + 1)
    floor = np.percentile(np.lib.stride_tricks.sliding_window_view(levels, count)[starts], 10, axis=1)
    edges = 10 * np.log10(np.stack([ahead[starts], ahead[starts + count - _EDGE]]) + 1e-12)
    return np.asarray(np.stack([*edges, floor], 1) - 20 * np.log10(speech_rms(x) + 1e-6), np.float64)


def same_floor(clips: Sequence[Float32], synthetic: Sequence[bool], chances: Chance) -> list[Float32]:
    """With pink noise under the clips of the quieter class, as far as they lack it at their quantile."""
    speech = [20 * np.log10(speech_rms(x) + 1e-6) for x in clips]
    floors = [float(np.percentile(frame_levels(x), 10)) - s for x, s in zip(clips, speech, strict=True)]
    wanted = np.minimum(shared(floors, synthetic, np.maximum), _NOISIEST_DB)
    noisy = []
    for x, level, has, want, rng in zip(clips, speech, floors, wanted, chances, strict=True):
        lacking = 10 ** ((want + level) / 10) - 10 ** ((has + level) / 10)
        sound = noise(x.size, 1.0, rng) * np.float32(np.sqrt(max(lacking, 0.0)))
        noisy.append(x + sound)
    return noisy


def same_bandwidth(clips: Sequence[Float32], synthetic: Sequence[bool]) -> list[Float32]:
    """With the clips of the wider class cut off where the narrower one's end at their quantile."""
    widths = [bandwidth_hz(x) for x in clips]
    wanted = shared(widths, synthetic, np.minimum)
    return [
        x if want >= has else band(x, 0.0, float(want) - _SLOPE_HZ, _SLOPE_HZ)
        for x, has, want in zip(clips, widths, wanted, strict=True)
    ]


def dithered(x: Float32, rng: np.random.Generator) -> Float32:
    """Over triangular noise that leaves no digital silence."""
    width = 10 ** (_DITHER_DB / 20) * np.sqrt(6.0)  # to either side, of a triangle with that RMS
    return np.asarray(x + rng.triangular(-width, 0.0, width, x.size), np.float32)


def _faded(x: Float32) -> Float32:
    """Both ends over 10 ms: a cut within sound would click."""
    fade = np.minimum(np.arange(1, x.size + 1), np.arange(x.size, 0, -1)) / FRAME
    return np.asarray(x * np.minimum(fade, 1.0), np.float32)
