"""What the detector reacted to: parts of an excerpt are silenced one at a time, and it is heard again.

Occlusion (Zeiler & Fergus, Visualizing and understanding convolutional networks, 2014, section 4.2) in time
x frequency: first every band throughout the excerpt, then the bands that matter most in half seconds. A
silenced part is 0 in every view, the mean after normalisation, as in training (``mask_bands`` in
training/data.py). It shows what this network reacts to. What made the sound is another question.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from earwitness.contracts import Excerpt, Float32, Occluded, Part, Window
from earwitness.detector.frontend import SAMPLE_RATE
from earwitness.detector.model import SpectrogramDetector
from earwitness.detector.pooling import pooled_statistics
from earwitness.detector.stream import CHUNK, LOOK_AHEAD, STEP, SpectrogramStream, speech_shares, stretch

__all__ = ["BANDS_HZ", "MOST_EXCERPTS", "MOST_PASSES", "SpectrogramKeeper", "occlude", "silence"]

BANDS_HZ = (0.0, 500.0, 1_000.0, 2_000.0, 3_000.0, 4_000.0, 5_500.0, 7_000.0, 8_000.0)  # edges
CELL = 6  # frame vectors, about: 0.48 s
MOST_EXCERPTS = 2
MOST_PASSES = 24  # about a second of one core, at 3 s of sound a pass


class SpectrogramKeeper:
    """Implements ``earwitness.contracts.KeepingStream`` around a stream that knows nothing of it.

    Holds 16 s of sound beside its excerpts, however long the recording is.
    """

    def __init__(self, detector: SpectrogramDetector) -> None:
        self._stream = SpectrogramStream(detector)
        # No later window starts before: a chunk and two windows may be on their way.
        self._reach = (CHUNK + 2 * detector.card.window) * STEP + LOOK_AHEAD
        self._samples = np.zeros(0, dtype=np.float32)
        self._speech = np.zeros(0, dtype=np.float32)
        self._first = 0  # place of the first held sample in the recording
        self._best: list[Excerpt] = []

    def push(self, samples: Float32, speech: Float32) -> list[Window]:
        """See ``DetectorStream``."""
        self._samples = np.concatenate([self._samples, samples])
        self._speech = np.concatenate([self._speech, stretch(speech, len(samples))])
        found = self._stream.push(samples, speech)
        self._offer(found)
        gone = max(0, len(self._samples) - self._reach)
        self._samples, self._speech = self._samples[gone:], self._speech[gone:]
        self._first += gone
        return found

    def finish(self) -> list[Window]:
        """See ``DetectorStream``."""
        found = self._stream.finish()
        self._offer(found)
        return found

    def total_llr(self) -> float | None:
        """See ``DetectorStream``."""
        return self._stream.total_llr()

    def traces(self) -> tuple[float, ...] | None:
        """See ``DetectorStream``."""
        return self._stream.traces()

    def steps(self) -> Float32 | None:
        """See ``DetectorStream``."""
        return self._stream.steps()

    def shares(self) -> tuple[float, ...] | None:
        """See ``DetectorStream``."""
        return self._stream.shares()

    def excerpts(self) -> tuple[Excerpt, ...]:
        """See ``KeepingStream``."""
        return tuple(self._best)

    def _offer(self, windows: Sequence[Window]) -> None:
        for window in windows:
            apart = [e for e in self._best if e.end_s <= window.start_s or window.end_s <= e.start_s]
            rivals = [e for e in self._best if e not in apart]
            full = len(apart) >= MOST_EXCERPTS and apart[-1].llr >= window.llr
            if full or any(e.llr >= window.llr for e in rivals):
                continue
            best = sorted([*apart, self._cut(window)], key=lambda e: -e.llr)
            self._best = best[:MOST_EXCERPTS]

    def _cut(self, window: Window) -> Excerpt:
        begin = _samples_at(window.start_s) - self._first
        end = _samples_at(window.end_s) - self._first + LOOK_AHEAD
        sound = np.nan_to_num(self._samples[begin:end], nan=0.0, posinf=0.0, neginf=0.0)
        return Excerpt(window.start_s, window.end_s, window.llr, sound, self._speech[begin:end].copy())


def occlude(detector: SpectrogramDetector, excerpts: Sequence[Excerpt]) -> list[Occluded]:
    """What is left of the LLR of each excerpt without one part of it after the other.

    Every band of ``BANDS_HZ`` is tried; then half seconds of the bands that count most for the side on which
    the excerpt stands, as far as ``MOST_PASSES`` go.
    """
    trials = [_Trial(detector, excerpt) for excerpt in excerpts]
    left = MOST_PASSES - len(trials) * len(BANDS_HZ)  # a pass a band, and one with nothing silenced
    weighty = [(trial.weight(band), k, band) for k, trial in enumerate(trials) for band in trial.bands]
    for weight, k, band in sorted(weighty, key=lambda item: -item[0]):
        steps = len(trials[k].edges) - 1
        if weight <= 0 or steps > left:
            break
        trials[k].divide(band)
        left -= steps
    return [trial.result() for trial in trials]


def silence(view: Float32, low_hz: float, high_hz: float, begin: float, end: float) -> Float32:
    """A copy of a view that holds 0, its mean, in one part.

    view: (…, bins, frames); its bins end at equal steps up to 8 kHz (there is none for 0 Hz), so that Hz
    become rows by the number of bins. begin, end: 0..1 of its frames, likewise.
    """
    bins, frames = view.shape[-2:]
    rows = slice(round(low_hz * 2 * bins / SAMPLE_RATE), round(high_hz * 2 * bins / SAMPLE_RATE))
    quiet = view.copy()
    quiet[..., rows, slice(round(begin * frames), round(end * frames))] = 0
    return quiet


class _Trial:
    """One excerpt, heard again and again. edges: of its half seconds, in frame vectors."""

    def __init__(self, detector: SpectrogramDetector, excerpt: Excerpt) -> None:
        self._detector = detector
        self._excerpt = excerpt
        count = (len(excerpt.samples) - LOOK_AHEAD) // STEP
        _, self._near, heard = speech_shares(excerpt.speech[: count * STEP], len(excerpt.samples))
        self._views = detector.views(excerpt.samples, heard)
        steps = max(1, round(count / CELL))
        self.edges = [round(count * k / steps) for k in range(steps + 1)]
        self.llr = self._judge(self._views)
        self.bands = [self._without(low, high, 0, count) for low, high in pairwise(BANDS_HZ)]
        self._cells: list[Part] = []

    def weight(self, band: Part) -> float:
        """How much of the LLR goes with the band; below 0 where it spoke for the other side."""
        return (self.llr - band.llr) * (1 if self.llr >= 0 else -1)

    def divide(self, band: Part) -> None:
        """Try the band again in one half second at a time."""
        for first, last in pairwise(self.edges):
            self._cells.append(self._without(band.low_hz, band.high_hz, first, last))

    def result(self) -> Occluded:
        """Everything that was tried, cells from low to high."""
        cells = sorted(self._cells, key=lambda part: (part.low_hz, part.start_s))
        return Occluded(self._excerpt.start_s, self._excerpt.end_s, self.llr, tuple(self.bands), tuple(cells))

    def _without(self, low_hz: float, high_hz: float, first: int, last: int) -> Part:
        begin, end = first / self.edges[-1], last / self.edges[-1]
        views = {name: silence(v, low_hz, high_hz, begin, end) for name, v in self._views.items()}
        start_s, second = self._excerpt.start_s, STEP / SAMPLE_RATE
        return Part(
            round(start_s + first * second, 3),
            round(start_s + last * second, 3),
            low_hz,
            high_hz,
            self._judge(views),
        )

    def _judge(self, views: dict[str, Float32]) -> float:
        vectors, attention = self._detector.look(views)
        count = len(self._near)
        statistics = pooled_statistics(
            vectors[:count], attention[:count], self._near, np.zeros(1, np.int64), count
        )
        return self._detector.card.window_calibration(float(self._detector.scores(statistics)[0]))


def _samples_at(seconds: float) -> int:
    """Windows lie on the grid of frame vectors; their times are rounded to milliseconds."""
    return round(seconds * SAMPLE_RATE / STEP) * STEP
