"""Windows to a time line: what each half second is worth, and which stretches stand out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from earwitness.contracts import Window
from earwitness.detector.calibrate import probability
from earwitness.report import Segment

__all__ = ["MIN_STRETCH_S", "STEP_S", "Stretch", "rises", "stretches", "time_line"]

STEP_S = 0.48
MIN_STRETCH_S = 1.92  # four steps: shorter excursions are what single windows do by chance
MIN_SPEECH_SHARE = 0.15  # a step with less is a pause, whatever the windows over it say


@dataclass(frozen=True, slots=True)
class Stretch:
    """A run of time on one side of a threshold.

    mean_llr: mean of its judged steps; judged_s: their time together, without the pauses in between.
    """

    start_s: float
    end_s: float
    mean_llr: float
    judged_s: float


def _steps(windows: Sequence[Window], duration_s: float) -> npt.NDArray[np.float64]:
    """Mean LLR of the windows over each step, weighted towards the windows' middle; NaN where none lies."""
    count = max(1, int(np.ceil(duration_s / STEP_S - 1e-6)))
    total, weight, heard = np.zeros(count), np.zeros(count), np.zeros(count)
    for window in windows:
        first = round(window.start_s / STEP_S)
        # Half a step that no window reaches any more belongs to the last window, not to silence.
        at_end = duration_s - window.end_s < STEP_S / 2
        last = count if at_end else min(count, max(first + 1, round(window.end_s / STEP_S)))
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


def _parts(window: Window, width: int) -> npt.NDArray[np.float64]:
    """Share of speech in each of the ``width`` steps of a window."""
    if not window.speech_parts:
        return np.ones(width)
    nearest = np.arange(width) * len(window.speech_parts) // width
    return np.asarray(window.speech_parts)[nearest]


def time_line(
    windows: Sequence[Window], duration_s: float, channel: int | None = None
) -> tuple[Segment, ...]:
    """Segments of STEP_S in order without gaps; neighbouring steps without speech are joined into one.

    Probabilities are at equal odds, as the report's schema says; its headline carries the prior.
    """
    llrs = _steps(windows, duration_s)
    found: list[Segment] = []
    quiet: float | None = None
    for k, llr in enumerate(llrs):
        start, end = k * STEP_S, min((k + 1) * STEP_S, duration_s)
        if np.isnan(llr):
            quiet = start if quiet is None else quiet
            if k + 1 == len(llrs):
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


def stretches(
    windows: Sequence[Window], duration_s: float, *, above: float | None = None, below: float | None = None
) -> tuple[Stretch, ...]:
    """Runs of steps whose LLR is above (or below) a threshold.

    Steps without speech neither break nor make a run.
    """
    llrs = _steps(windows, duration_s)
    found: list[Stretch] = []
    run: list[int] = []
    for k, llr in enumerate([*llrs, np.inf if above is None else -np.inf]):
        inside = not np.isnan(llr) and (llr >= above if above is not None else llr <= (below or 0.0))
        if inside:
            run.append(k)
        elif run and not np.isnan(llr):
            ends = [min((j + 1) * STEP_S, duration_s) for j in run]
            judged = sum(end - j * STEP_S for j, end in zip(run, ends, strict=True))
            found.append(Stretch(run[0] * STEP_S, ends[-1], float(np.mean(llrs[run])), judged))
            run = []
    return tuple(found)


def rises(windows: Sequence[Window], duration_s: float, human: float) -> list[tuple[Stretch, float]]:
    """Stretches that are rather synthetic than not, and how far their mean lies above the human rest.

    human: LLR below which speech is called human; without ``MIN_STRETCH_S`` of that, nothing is found.
    """
    rest = stretches(windows, duration_s, below=human)
    judged = sum(s.judged_s for s in rest)
    if judged < MIN_STRETCH_S - 1e-6:
        return []
    level = sum(s.mean_llr * s.judged_s for s in rest) / judged
    raised = stretches(windows, duration_s, above=0.0)
    return [(s, s.mean_llr - level) for s in raised if s.judged_s >= MIN_STRETCH_S - 1e-6]
