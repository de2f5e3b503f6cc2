"""Windows and steps to a time line: what each moment is worth, and which stretches stand out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from earwitness.contracts import ChannelScores, Float32, Window
from earwitness.detector.calibrate import Local, probability
from earwitness.report import Segment

__all__ = [
    "COARSE_S",
    "MIN_STRETCH_S",
    "MOST_SEGMENTS",
    "Stretch",
    "Track",
    "smoothed",
    "stretches",
    "time_line",
    "track",
]

Float64 = npt.NDArray[np.float64]

COARSE_S = 0.48  # step of a track that has windows alone
MIN_STRETCH_S = 0.32  # four steps of a fine track: shorter excursions are what chance does
MIN_SPEECH_SHARE = 0.15  # a coarse step with less is a pause, whatever the windows over it say
MOST_SEGMENTS = 5_000  # of a time line: beyond, neighbouring steps are joined, so that hours stay readable
TAIL = 2  # steps that the frames of a fine track may fall short of the recording's end


@dataclass(frozen=True, slots=True)
class Track:
    """LLR of every step of ``step_s`` seconds of a recording, (n,); NaN where nobody speaks."""

    step_s: float
    duration_s: float
    llrs: Float64

    def end(self, step: int) -> float:
        """Where a step ends, in seconds."""
        return min((step + 1) * self.step_s, self.duration_s)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A run of time on one side of a threshold.

    mean_llr, peak_llr: of its judged steps; judged_s: their time together, without the pauses in between.
    """

    start_s: float
    end_s: float
    mean_llr: float
    peak_llr: float
    judged_s: float


def track(scores: ChannelScores, duration_s: float, local: Local | None) -> Track:
    """The finest track that there is: from steps where the detector has such scores, else from windows."""
    if scores.steps is None or local is None:
        count = max(1, math.ceil(duration_s / COARSE_S - 1e-6))
        return Track(COARSE_S, duration_s, _from_windows(scores.windows, count, COARSE_S, duration_s))
    step_s = scores.step_s
    count = max(1, math.ceil(duration_s / step_s - 1e-6))
    raw = np.full(count, np.nan)
    heard = scores.steps[:count]
    raw[: len(heard)] = heard
    if len(heard) and count - len(heard) <= TAIL:  # the rest of the last frames is no pause
        raw[len(heard) :] = heard[-1]
    around = _from_windows(scores.windows, count, step_s, duration_s)
    # A word alone between long pauses lies in no window that has speech enough: the others speak for it.
    around = np.where(np.isnan(around), np.nanmean(around) if np.isfinite(around).any() else 0.0, around)
    llrs = local.slope * smoothed(raw, local.width) + local.share * around + local.offset
    return Track(step_s, duration_s, np.clip(llrs, -local.limit, local.limit))


def smoothed(raw: Float64 | Float32, width: int) -> Float64:
    """Mean over ``width`` (odd) steps weighted by a triangle; pauses (NaN) stay and count nothing."""
    there = np.isfinite(raw)
    kernel = np.bartlett(width + 2)[1:-1]
    total = np.convolve(np.where(there, raw, 0.0), kernel)
    weight = np.convolve(there.astype(float), kernel)
    first = width // 2
    inside = slice(first, first + len(raw))
    return np.where(there, total[inside] / np.maximum(weight[inside], 1e-9), np.nan)


def _from_windows(windows: Sequence[Window], count: int, step_s: float, duration_s: float) -> Float64:
    """Mean LLR of the windows over each step, weighted towards the windows' middle; NaN where none lies."""
    total, weight, heard = np.zeros(count), np.zeros(count), np.zeros(count)
    for window in windows:
        first = round(window.start_s / step_s)
        # Half a window's step that no window reaches any more belongs to the last one, not to silence.
        at_end = duration_s - window.end_s < COARSE_S / 2
        last = count if at_end else min(count, max(first + 1, round(window.end_s / step_s)))
        width = last - first
        if width <= 0:
            continue
        # A triangle: the middle of a window is what it knows best.
        shape = (1 + np.minimum(np.arange(width), np.arange(width)[::-1])) * window.speech
        total[first:last] += shape * window.llr
        weight[first:last] += shape
        heard[first:last] = np.maximum(heard[first:last], _parts(window, width))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where((weight > 0) & (heard >= MIN_SPEECH_SHARE), total / weight, np.nan)


def _parts(window: Window, width: int) -> Float64:
    """Share of speech in each of the ``width`` steps of a window."""
    if not window.speech_parts:
        return np.ones(width)
    nearest = np.arange(width) * len(window.speech_parts) // width
    return np.asarray(window.speech_parts)[nearest]


def time_line(track: Track, channel: int | None = None) -> tuple[Segment, ...]:
    """Segments of one step in order without gaps; neighbouring steps without speech are joined into one.

    Of a long recording several steps make one segment, with their mean LLR. Probabilities are at equal odds, as
    the report's schema says; its headline carries the prior.
    """
    joined = math.ceil(len(track.llrs) / MOST_SEGMENTS)
    coarse = Track(track.step_s * joined, track.duration_s, _means(track.llrs, joined))
    found: list[Segment] = []
    quiet: float | None = None
    for k, llr in enumerate(coarse.llrs):
        start, end = k * coarse.step_s, coarse.end(k)
        if np.isnan(llr):
            quiet = start if quiet is None else quiet
            if k + 1 == len(coarse.llrs):
                found.append(Segment(start_s=round(quiet, 3), end_s=round(end, 3), channel=channel))
            continue
        if quiet is not None:
            found.append(Segment(start_s=round(quiet, 3), end_s=round(start, 3), channel=channel))
            quiet = None
        found.append(
            Segment(
                start_s=round(start, 3),
                end_s=round(end, 3),
                p_synthetic=round(probability(float(llr)), 4),
                llr_synthetic=round(float(llr), 3),
                channel=channel,
            )
        )
    return tuple(found)


def _means(llrs: Float64, joined: int) -> Float64:
    """Means of so many neighbours, pauses left out."""
    if joined <= 1:
        return llrs
    rows = np.pad(llrs, (0, -len(llrs) % joined), constant_values=np.nan).reshape(-1, joined)
    there = np.isfinite(rows)
    counts = there.sum(axis=1)
    sums = np.where(there, rows, 0.0).sum(axis=1)
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)


def stretches(track: Track, *, above: float | None = None, below: float | None = None) -> tuple[Stretch, ...]:
    """Runs of steps whose LLR is above (or below) a threshold.

    Steps without speech neither break nor make a run.
    """
    found: list[Stretch] = []
    run: list[int] = []
    for k, llr in enumerate([*track.llrs, np.inf if above is None else -np.inf]):
        inside = not np.isnan(llr) and (llr >= above if above is not None else llr <= (below or 0.0))
        if inside:
            run.append(k)
        elif run and not np.isnan(llr):
            judged = sum(track.end(j) - j * track.step_s for j in run)
            llrs = track.llrs[run]
            begin, end = run[0] * track.step_s, track.end(run[-1])
            found.append(Stretch(begin, end, float(llrs.mean()), float(llrs.max()), judged))
            run = []
    return tuple(found)
