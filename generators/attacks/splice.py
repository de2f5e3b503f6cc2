"""Partial fakes: stretches of a recording replaced by their remake, and exactly where they are."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from earwitness.generators.attacks.floor import as_noisy
from earwitness.generators.attacks.signal import FRAME, fitted, frame_levels, rms, speech_rms
from earwitness.generators.attacks.sources import RATE
from earwitness.samples import Float32

__all__ = ["CONTEXT_S", "Span", "aligned", "choose_spans", "spliced"]

Span = tuple[int, int]
"""First sample and end."""
CONTEXT_S = 0.5
"""Seconds before and after a stretch that the generator hears too."""
SHORTEST_S, LONGEST_S = 0.5, 3.0
MOST_SHARE = 0.5  # of a recording: a partial fake stays mostly real
_SEARCH_S = 0.2  # around a drawn edge, for a quiet place
_FADE = RATE // 100
_MOST_GAIN = 10.0  # what is softer than that was not remade at all
_LAG = RATE * 30 // 1000  # no generator that keeps the length is later
_HOP = 16  # samples, 1 ms: the step of lags


def choose_spans(x: Float32, rng: np.random.Generator) -> list[Span]:
    """One to three stretches of 0.5 to 3 s, in order, with edges at quiet places; at most half of ``x``.

    x: (n,) at 16 kHz, at least 2 s. At least one is found, and each has speech in it.
    """
    budget = int(MOST_SHARE * x.size)
    levels = frame_levels(x)
    wanted = 1 + int(rng.integers(3))
    longest = float(np.clip(budget / wanted / RATE, SHORTEST_S + 0.1, LONGEST_S))
    spans: list[Span] = []
    for _ in range(30):
        if len(spans) >= wanted:
            break
        span = _drawn(x.size, levels, longest, rng)
        size = span[1] - span[0]
        apart = all(span[1] + RATE // 4 <= a or span[0] >= b + RATE // 4 for a, b in spans)
        if SHORTEST_S * RATE <= size <= min(budget, LONGEST_S * RATE) and apart and _speaks(levels, span):
            spans.append(span)
            budget -= size
    if spans:
        return sorted(spans)
    loudest = int(np.argmax(levels)) * FRAME  # a fixed half second around the loudest place
    first = int(np.clip(loudest - RATE // 4, 0, x.size - RATE // 2))
    return [(first, first + RATE // 2)]


def spliced(
    x: Float32, spans: list[Span], remake: Callable[[Float32, int], Float32], rng: np.random.Generator
) -> tuple[Float32, list[Span]]:
    """``x`` with the remake of each span, faded over 10 ms inside of it, as loud and as noisy as what was
    there.

    remake(samples with context, number of the span): the same words, any length near theirs.
    Returns the spans in which at least a part of the sound is synthetic: outside of them ``x`` is untouched.
    """
    out = x.copy()
    context = round(CONTEXT_S * RATE)
    for number, (first, end) in enumerate(spans):
        begin = max(0, first - context)
        heard = x[begin : min(x.size, end + context)]
        inside = slice(first - begin, end - begin)
        made = aligned(remake(heard, number), heard)
        made = made * np.float32(_gain(heard[inside], made[inside]))
        made = as_noisy(heard, made, rng)[1][inside]
        weight = np.minimum(np.arange(made.size), np.arange(made.size)[::-1]) / _FADE
        weight = np.minimum(weight, 1.0).astype(np.float32)
        out[first:end] = x[first:end] * (1 - weight) + made * weight
    return np.asarray(np.clip(out, -1.0, 1.0), np.float32), spans


def aligned(made: Float32, heard: Float32) -> Float32:
    """``made`` at the place and the length of ``heard``: shifted by at most 30 ms where their loudness fits
    best, cut or filled up at its end. Phases do not count: a vocoder makes its own."""
    one, other = _envelope(heard), _envelope(made)
    size = 1 << (one.size + other.size).bit_length()
    cross = np.fft.irfft(np.fft.rfft(other, size) * np.conj(np.fft.rfft(one, size)), size)
    reach = _LAG // _HOP
    lags = np.arange(-reach, reach + 1)
    best = int(lags[np.argmax(cross[lags])])
    late = best * _HOP if abs(best) > 2 else 0  # closer than 3 ms is chance
    moved = made[late:] if late >= 0 else np.pad(made, (-late, 0))
    return fitted(moved, heard.size)


def _envelope(x: Float32) -> Float32:
    """Loudness every millisecond, compressed, without its mean."""
    power = np.square(np.pad(x, (0, -x.size % _HOP)).reshape(-1, _HOP)).mean(axis=1)
    smooth = np.convolve(power, np.ones(8) / 8, "same") ** 0.25
    return np.asarray(smooth - smooth.mean(), np.float32)


def _drawn(size: int, levels: Float32, longest: float, rng: np.random.Generator) -> Span:
    long = rng.uniform(SHORTEST_S, longest) * RATE
    first = rng.uniform(0, max(1.0, size - long))
    return _quiet(first, size, levels), _quiet(first + long, size, levels)


def _quiet(at: float, size: int, levels: Float32) -> int:
    """The quietest frame near a sample; the middle of it."""
    reach = round(_SEARCH_S * RATE / FRAME)
    middle = round(at / FRAME)
    first = max(0, min(middle - reach, levels.size - 1))
    near = levels[first : max(first + 1, middle + reach + 1)]
    return min(size, (first + int(np.argmin(near))) * FRAME + FRAME // 2)


def _speaks(levels: Float32, span: Span) -> bool:
    inside = levels[span[0] // FRAME : span[1] // FRAME]
    return bool(np.mean(inside > np.percentile(levels, 95) - 25) > 0.3) if inside.size else False


def _gain(before: Float32, made: Float32) -> float:
    was, now = speech_rms(before), speech_rms(made)
    return min(_MOST_GAIN, was / now) if now > 1e-6 and rms(before) > 0 else 1.0
