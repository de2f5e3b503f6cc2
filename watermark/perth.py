"""Perth, the mark that Resemble's generators (Chatterbox and others) put into all they say: read and written.

A mark of zero bits: the network gives one score, 0 to 1, for all that it hears. Everybody who has the package
resemble-perth can make such marks, and nothing in them proves itself: a reading is a claim, never proof.

Perth itself says "marked" from a score of 0.5 on. Measured here (``perth_null.json``, 600 unmarked recordings
of speech), that takes 2.5 % of clean recordings and 8 % of those from a room for marked; so 0.95 is asked
for. What it costs: of 100 marked recordings 100 are still found clean, 97 after MP3 at 32 kbit/s, 46 after
Opus at 16 kbit/s, 34 after GSM, 13 under white noise 20 dB below the speech.

``p_marked`` is no property of the scheme but a bound: the share of unmarked recordings with such a score
under the worst condition measured (a large hall), as the upper end of a one-sided 95 % interval. It ends at
0.8 %, because 600 recordings say no more. Each stretch of five seconds counts as a try, and so does their
mean; so in a recording of many stretches the mean must be high, and a short insert is not found.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np

from earwitness.errors import UsageError
from earwitness.marks import Float32, MarkKey, Reading, Search, Span, Strength
from earwitness.watermark import perth_net
from earwitness.watermark.residual import ResidualEmbedder
from earwitness.watermark.windows import MonoWindows, Window, Windows

__all__ = ["LIMIT", "SCHEME", "THRESHOLD", "Perth", "PerthReader", "load"]

SCHEME = "perth-1"
THRESHOLD = 0.95
LIMIT = 0.05
"""Largest ``p_marked`` of what is called marked; beside the threshold, so that many tries are not enough."""
STRETCH_S = 5.0  # as long as the recordings that the bounds were measured on, at most
SHORTEST_S = 1.0  # and at least
LOWEST_RATE_HZ = 4_000  # the mark lies below 2 kHz
_STRENGTH = {Strength.SOFT: 0.7, Strength.DEFAULT: 1.0, Strength.STRONG: 1.4}  # 3 dB apart
# The network hears 0.15 s to each side, its spectra 0.03 s; windows begin on its frames.
_WINDOW, _AROUND, _FADE = 1_000 * perth_net.HOP, 50 * perth_net.HOP, 2 * perth_net.HOP
_LEAST = 2_048  # samples that a spectrum needs


class Perth:
    """The scheme as ``earwitness.marks.Watermark`` wants it; see there."""

    name = SCHEME
    payload_bits = 0
    needs_key = False

    def missing(self) -> str | None:
        """What keeps it from working here; see ``earwitness.marks.NeedsMore``."""
        return perth_net.missing()

    def embedder(
        self,
        key: MarkKey | None,
        payload: int | None,
        rate: int,
        channels: int,
        strength: Strength = Strength.DEFAULT,
    ) -> ResidualEmbedder:
        """Start marking. Raises UsageError for a key, a payload or a rate it cannot use, and
        MissingDependencyError."""
        if key is not None or payload is not None:
            raise UsageError("marks of Perth take no key and carry no payload.", subject=SCHEME)
        _check(rate)
        perth_net.prepare()
        factor = np.float32(_STRENGTH[strength])

        def change(samples: Float32) -> Float32:
            if samples.shape[1] < _LEAST:
                return np.zeros_like(samples)
            added: Float32 = factor * (perth_net.marked(samples) - samples)
            return added

        windows = Windows(channels, _WINDOW, _AROUND, _AROUND)
        return ResidualEmbedder(rate, channels, perth_net.RATE, windows, _FADE, change)

    def reader(
        self,
        keys: Sequence[MarkKey],  # noqa: ARG002
        rate: int,
        channels: int,
        search: Search = Search.HINT,  # noqa: ARG002
    ) -> PerthReader:
        """Start reading; one reading. Raises UsageError and MissingDependencyError."""
        _check(rate)
        perth_net.prepare()
        return PerthReader(rate, channels)


class PerthReader:
    """One recording being read, five seconds at a time; of its rest the last five seconds are read."""

    def __init__(self, rate: int, channels: int) -> None:
        size = round(STRETCH_S * perth_net.RATE)
        self._windows = MonoWindows(Windows(channels, size, before=size), rate, perth_net.RATE, channels)
        self._size = size
        self._scores: list[tuple[float, float, float]] = []

    def push(self, samples: Float32) -> None:
        """Take (channels, n) samples."""
        self._hear(self._windows.push(samples))

    def finish(self) -> tuple[Reading, ...]:
        """The one reading."""
        self._hear(self._windows.finish())
        scores = [score for _, _, score in self._scores]
        weights = [end - start for start, end, _ in self._scores]
        mean = float(np.average(scores, weights=weights)) if scores else 0.0
        best = max(scores, default=0.0)
        p = 1.0
        if scores:
            p = min(1.0, min(_bound(mean), len(scores) * _bound(best)) * (2 if len(scores) > 1 else 1))
        marked = max(mean, best) >= THRESHOLD and p <= LIMIT
        spans = _joined([(a, b) for a, b, score in self._scores if score >= THRESHOLD]) if marked else ()
        return (
            Reading(SCHEME, SCHEME, "", True, marked, p, False, None, None, spans, score=max(mean, best)),
        )

    def _hear(self, windows: Sequence[Window]) -> None:
        for window in windows:
            end = window.first + window.size
            sound = np.ascontiguousarray(window.samples[0, max(0, end - self._size) : end])
            if len(sound) < SHORTEST_S * perth_net.RATE:
                continue
            score = perth_net.score(sound) if np.any(sound) else 0.0
            start = window.at / perth_net.RATE
            self._scores.append((start, start + window.size / perth_net.RATE, score))


def _joined(parts: Sequence[tuple[float, float]]) -> tuple[Span, ...]:
    joined: list[Span] = []
    for start, end in parts:
        if joined and start <= joined[-1].end_s:
            joined[-1] = Span(joined[-1].start_s, end)
        else:
            joined.append(Span(start, end))
    return tuple(joined)


def _bound(score: float) -> float:
    """Largest share of unmarked recordings that reach this score; 1 where it was not measured."""
    return min((share for least, share in _bounds() if score >= least), default=1.0)


@cache
def _bounds() -> tuple[tuple[float, float], ...]:
    stored = json.loads(Path(__file__).with_name("perth_null.json").read_text(encoding="utf-8"))
    return tuple((float(score), float(share)) for score, share in stored["false_alarm_bound"].items())


def _check(rate: int) -> None:
    if rate < LOWEST_RATE_HZ:
        raise UsageError(f"marks of Perth need a sample rate of at least {LOWEST_RATE_HZ} Hz, not {rate}.")


def load() -> Perth:
    """What the entry point calls."""
    return Perth()
