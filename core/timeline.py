"""The time line of a report made drawable: cells of equal width, and stretches that stand out."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from earwitness.report import Report, Segment

__all__ = [
    "STANDS_OUT",
    "Stretch",
    "beside",
    "cells",
    "even_odds",
    "judged_channels",
    "segments_of",
    "standing_out",
    "stretches",
    "tick_step",
]

STANDS_OUT = 0.8
"""Probability at equal odds from which a stretch is pointed out; a display choice, no verdict."""
BRIDGED_S = 1.5
SHORTEST_S = 0.32  # beside stretches that are called, shorter ones are what chance does
TICK_STEPS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Neighbouring segments that all stand out. p_synthetic: their mean, at equal odds."""

    start_s: float
    end_s: float
    p_synthetic: float
    channel: int | None


def judged_channels(report: Report) -> tuple[int | None, ...]:
    """Channels that have a time line of their own, in order; (None,) for a judged mix."""
    found = {segment.channel for segment in report.segments}
    return tuple(sorted(found, key=lambda channel: -1 if channel is None else channel)) or (None,)


def segments_of(report: Report, channel: int | None) -> tuple[Segment, ...]:
    """Segments of one channel, in order of time."""
    return tuple(sorted((s for s in report.segments if s.channel == channel), key=lambda s: s.start_s))


def even_odds(segment: Segment) -> float | None:
    """Probability of the segment at equal odds, whatever prior the report was made with."""
    if segment.llr_synthetic is None:
        return segment.p_synthetic
    return 1 / (1 + math.exp(-max(min(segment.llr_synthetic, 700.0), -700.0)))


def cells(segments: Sequence[Segment], duration_s: float, columns: int) -> list[float | None]:
    """Mean probability (equal odds) in ``columns`` equal parts of 0..duration_s; None: not judged.

    A cell counts as judged when judged speech covers a quarter of it or half a segment falls in it.
    """
    judged = [s for s in segments if even_odds(s) is not None and s.end_s > s.start_s]
    if not judged or duration_s <= 0 or columns < 1:
        return [None] * max(columns, 0)
    edges = np.linspace(0.0, duration_s, columns + 1)
    covered = _integral(judged, [1.0] * len(judged), edges)
    weighted = _integral(judged, [even_odds(s) or 0.0 for s in judged], edges)
    shortest = min(s.end_s - s.start_s for s in judged)
    needed = min(0.25 * duration_s / columns, 0.5 * shortest)
    return [float(w / c) if c >= needed and c > 0 else None for w, c in zip(weighted, covered, strict=True)]


def stretches(segments: Iterable[Segment], threshold: float = STANDS_OUT) -> list[Stretch]:
    """Runs of segments of one channel, in order, with a probability of ``threshold`` or more at equal odds.

    Short pauses inside a run are bridged; a judged segment below the threshold ends it.
    """
    runs: list[list[Segment]] = []
    running = False
    for segment in segments:
        p = even_odds(segment)
        if p is None:
            continue
        if p < threshold:
            running = False
        elif running and segment.start_s - runs[-1][-1].end_s <= BRIDGED_S:
            runs[-1].append(segment)
        else:
            runs.append([segment])
            running = True
    return [_merge(run) for run in runs]


def beside(found: Iterable[Stretch], called: Sequence[tuple[float, float]]) -> list[Stretch]:
    """Stretches of one channel that overlap none of those that were called (start, end) and are no chance."""
    return [
        s
        for s in found
        if s.end_s - s.start_s >= SHORTEST_S - 1e-6
        and not any(s.start_s < end and start < s.end_s for start, end in called)
    ]


def standing_out(report: Report) -> tuple[list[Stretch], int]:
    """The stretches to point out, and how many others stand out too weakly to be called.

    Where the verdict of a channel rests on stretches, those are pointed out and no others, so that the time
    line says what the reason says.
    """
    shown: list[Stretch] = []
    weak = 0
    for channel in judged_channels(report):
        runs = stretches(segments_of(report, channel))
        called = [s for s in report.stretches if s.channel == channel]
        if called:
            weak += len(beside(runs, [(s.start_s, s.end_s) for s in called]))
            runs = [Stretch(s.start_s, s.end_s, even_odds(s) or 0.0, channel) for s in called]
        shown += runs
    return shown, weak


def tick_step(duration_s: float, most: int) -> float:
    """Round distance between time ticks, seconds, such that about ``most`` ticks fit."""
    for step in TICK_STEPS:
        if duration_s / step <= most:
            return float(step)
    return float(TICK_STEPS[-1])


def _integral(
    segments: Sequence[Segment], heights: Sequence[float], edges: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Area under the step function of the segments within each pair of neighbouring edges."""
    starts = np.array([s.start_s for s in segments])
    ends = np.maximum(np.array([s.end_s for s in segments]), starts)
    total = np.cumsum((ends - starts) * np.array(heights))
    before = np.concatenate([[0.0], total[:-1]])
    at_edges = np.interp(edges, np.stack([starts, ends], 1).ravel(), np.stack([before, total], 1).ravel())
    return np.diff(at_edges)


def _merge(run: Sequence[Segment]) -> Stretch:
    lengths = np.array([max(s.end_s - s.start_s, 1e-9) for s in run])
    values = np.array([even_odds(s) or 0.0 for s in run])
    mean = float((lengths * values).sum() / lengths.sum())
    return Stretch(run[0].start_s, run[-1].end_s, mean, run[0].channel)
