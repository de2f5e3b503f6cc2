"""Looking for marks that were played faster or slower, stretched, or shifted in pitch, by up to 20 %.

Cheap first: a coarse grid over the loudest nine seconds. What looks promising there is looked at closely, in
ever finer steps, over the whole stretch.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from earwitness.marks import MarkKey, Search
from earwitness.watermark.evidence import Evidence, Levels, Warp
from earwitness.watermark.features import Float32
from earwitness.watermark.layout import COLUMNS, FRAMES_A_COLUMN, layout_of
from earwitness.watermark.synchrony import hits

__all__ = ["promising", "tries"]

REACH = 0.20
_EXCERPT_BLOCKS = 4


@dataclass(frozen=True, slots=True)
class Effort:
    """step: of the grid. keep: how many promising warps are polished. hint: correlation that promises."""

    step: float
    keep: int
    hint: float


_EFFORTS = {
    Search.HINT: Effort(step=0.02, keep=3, hint=4.4),
    Search.FULL: Effort(step=0.01, keep=8, hint=0.0),
}
_POLISH = (0.5, 0.5, 0.25, 0.12, 0.06)
# (time, pitch): another speed moves both, against each other.
_MOVES = ((1, -1), (-1, 1), (1, 0), (-1, 0), (0, 1), (0, -1))


def tries(search: Search) -> float:
    """Warps that are looked at, at most: what the p-value of a mark found by searching is multiplied by."""
    if search is Search.NONE:
        return 0.0
    effort = _EFFORTS[search]
    return len(list(_grid(effort.step))) + effort.keep * len(_POLISH) * len(_MOVES)


def promising(power: Float32, keys: Sequence[MarkKey], search: Search) -> list[tuple[MarkKey, Warp]]:
    """Warps under which a key's pattern may be in (frames, 257) power, best first, polished."""
    if search is Search.NONE:
        return []
    effort = _EFFORTS[search]
    excerpt = _loudest(power)
    scored: list[tuple[float, MarkKey, Warp]] = []
    levels: dict[float, Levels] = {}
    for warp in _grid(effort.step):
        if warp.pitch not in levels:
            levels[warp.pitch] = Levels.of(excerpt, warp.pitch)
        evidence = Evidence.of(levels[warp.pitch], warp)
        scored += [(_score(evidence, key), key, warp) for key in keys]
    scored.sort(key=lambda entry: -entry[0])
    kept: list[tuple[float, MarkKey, Warp]] = []
    for entry in scored:
        near = any(k is entry[1] and _close(w, entry[2], effort.step) for _, k, w in kept)
        if entry[0] >= effort.hint and not near:
            kept.append(entry)
        if len(kept) == effort.keep:
            break
    return [(key, _polished(excerpt, key, warp, score, effort.step)) for score, key, warp in kept]


def _grid(step: float) -> Iterator[Warp]:
    """Speeds, then stretches, then pitch shifts."""
    steps = round(REACH / step)
    ratios = [round(1 + step * k, 4) for k in range(-steps, steps + 1) if k]
    for ratio in ratios:
        yield Warp(1 / ratio, ratio)
    for ratio in ratios:
        yield Warp(1 / ratio, 1.0)
    for ratio in ratios:
        yield Warp(1.0, ratio)


def _close(one: Warp, other: Warp, step: float) -> bool:
    return abs(one.time - other.time) < 1.6 * step and abs(one.pitch - other.pitch) < 1.6 * step


def _score(evidence: Evidence, key: MarkKey) -> float:
    best = hits(evidence, layout_of(key), 1)
    return best[0].z if best else 0.0


def _polished(power: Float32, key: MarkKey, warp: Warp, score: float, step: float) -> Warp:
    """The best warp nearby: time and pitch are moved in turn, by ever smaller steps."""
    for part in _POLISH:
        for time, pitch in _MOVES:
            there = Warp(warp.time * (1 + time * part * step), warp.pitch * (1 + pitch * part * step))
            seen = _score(Evidence.of(Levels.of(power, there.pitch), there), key)
            if seen > score:
                warp, score = there, seen
    return warp


def _loudest(power: Float32) -> Float32:
    """The loudest stretch that is long enough for a few blocks at any speed."""
    frames = int(_EXCERPT_BLOCKS * COLUMNS * FRAMES_A_COLUMN)
    if len(power) <= frames:
        return power
    # Loudness counts by its root: one bang is not speech.
    loud = np.cumsum(np.sqrt(power.sum(1)))
    start = int(np.argmax(loud[frames:] - loud[:-frames]))
    return power[start : start + frames]
