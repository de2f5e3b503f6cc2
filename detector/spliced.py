"""Which stretches of a recording are synthetic while the rest is human."""

from __future__ import annotations

import math

from earwitness.detector.calibrate import Local
from earwitness.detector.segments import MIN_STRETCH_S, Stretch, Track, stretches

__all__ = ["ALONE_S", "HUMAN_REST_S", "synthetic_parts"]

ALONE_S = 20.0  # length of the recordings that the limits of stretches were measured on, about
HUMAN_REST_S = 1.5  # without so much clearly human speech, a recording is no partly synthetic one


def synthetic_parts(track: Track, local: Local, prior: float = 0.5) -> tuple[Stretch, ...]:
    """Synthetic stretches, in order, of a recording that also has clearly human ones; else nothing.

    track: of scores of steps. prior: as in ``verdict.weigh``; it moves all limits by its log-odds.
    """
    shift = math.log(prior / (1 - prior))
    rest = stretches(track, below=local.human - shift)
    judged = sum(s.judged_s for s in rest)
    if judged < HUMAN_REST_S - 1e-6:
        return ()
    level = sum(s.mean_llr * s.judged_s for s in rest) / judged
    raised = [s for s in stretches(track, above=-shift) if s.judged_s >= MIN_STRETCH_S - 1e-6]
    # More sound, more chances to stand out: the odds asked for grow with the length (Bonferroni).
    more = max(0.0, math.log(track.duration_s / ALONE_S)) if track.duration_s > 0 else 0.0
    return tuple(
        s
        for s in raised
        if s.peak_llr >= local.stretch + more - shift or s.peak_llr - level >= local.contrast + more
    )
