"""All marks of one key in one stretch of sound, on one time grid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from earwitness.marks import MarkKey
from earwitness.watermark.decoding import Decoded, decode, turned
from earwitness.watermark.evidence import Evidence, Warp
from earwitness.watermark.features import Float32
from earwitness.watermark.layout import COLUMNS, HOP, PAIRS, RATE, block_signs, layout_of
from earwitness.watermark.payload import tag_threshold
from earwitness.watermark.significance import FALSE_MARKS, chance, joint
from earwitness.watermark.spans import Columns, marked_columns
from earwitness.watermark.synchrony import Hit, hits, windows_of

__all__ = ["Found", "find_marks"]

MARKS_A_STRETCH = 4
_LOOKS = 7
# Below this nothing is decoded: of unmarked stretches one in twenty is above it.
_DECODE_FROM = 3.7
_THOROUGH_FROM = 4.1


@dataclass(frozen=True, slots=True)
class Found:
    """One mark, or the best of nothing.

    chance: probability that an unmarked stretch looks so, its windows counted, other stretches and the
    search not. decoded: the best payload and how well its tag fits; None when none was tried.
    tried: number of payloads whose tag was looked at, as counted for this one.
    seconds: where it is, from the start of the stretch.
    """

    key: MarkKey
    warp: Warp
    hit: Hit
    chance: float
    decoded: Decoded | None
    tried: float
    seconds: tuple[tuple[float, float], ...]

    def convincing(self, looks: float = 1.0) -> bool:
        """Marked, or verified, when the chances of ``looks`` such looks are counted."""
        return self.chance * looks <= FALSE_MARKS or self.verified(self.tried * looks)

    def verified(self, tried: float) -> bool:
        """The tag holds, with so many payloads tried."""
        return self.decoded is not None and self.decoded.correlation >= tag_threshold(max(1.0, tried))


def find_marks(evidence: Evidence, key: MarkKey, looks: float = 1.0) -> list[Found]:
    """At least one; several only when each is convincing, as for two marks spliced together.

    looks: how many looks like this one there are, for the decision whether to go on.
    """
    layout = layout_of(key)
    found: list[Found] = []
    while len(found) < MARKS_A_STRETCH:
        best = hits(evidence, layout, 4 * _LOOKS)
        if not best:
            break
        mark = _look(evidence, key, best, _LOOKS * len(found), looks)
        if found and not mark.convincing(looks):
            break
        found.append(mark)
        if not mark.convincing(looks) or not mark.seconds:
            break
        evidence = _without(evidence, _columns(evidence, mark))
    return found


def _look(evidence: Evidence, key: MarkKey, best: list[Hit], before: int, looks: float) -> Found:
    layout = layout_of(key)
    blocks = evidence.chips.shape[2]
    first, decoded, tried = best[0], None, 1.0
    together = 1.0
    for turn, (hit, thorough) in enumerate(_attempts(best), start=before):
        soft = turned(_folded(evidence, hit), hit.phase, layout)
        result = decode(soft, key, layout, thorough=thorough)
        price = result.listed * _price(turn)
        together = min(together, joint(hit.z, result.correlation, _windows(hit, blocks), price))
        if result.correlation >= tag_threshold(price * looks):
            decoded, first, tried = result, hit, price
            break
        if decoded is None or result.correlation > decoded.correlation:
            decoded, first, tried = result, hit, price
    alone = min(chance(hit.z, _windows(hit, blocks)) for hit in best)
    likely = min(1.0, 2 * min(alone, together))  # each of the two statements gets half of the error allowed
    found = Found(key, evidence.warp, first, likely, decoded, tried, ())
    if not found.convincing(looks):
        return found
    spans = _columns(evidence, found, verified=found.verified(tried * looks))
    seconds = _seconds(evidence, first, spans)
    return Found(key, evidence.warp, first, found.chance, decoded, tried, seconds)


def _price(turn: int) -> float:
    """What a decoding counts for: more at every turn, so that all turns together keep the bound.

    1 / (k (k + 1)) adds up to one over k = 1, 2, 3, ...
    """
    return float((turn + 1) * (turn + 2))


def _windows(hit: Hit, blocks: int) -> float:
    """What a hit counts for: the whole stretch gets half of the error allowed, its windows the other."""
    count = len(windows_of(blocks))
    if count == 1:
        return 1.0
    return 2.0 if hit.whole else 2.0 * (count - 1)


def _attempts(best: list[Hit]) -> list[tuple[Hit, bool]]:
    """What to decode in which order, and whether thoroughly: one hit for each grid and weighing."""
    seen: dict[tuple[int, int, int], Hit] = {}
    for hit in best:
        if hit.z >= _DECODE_FROM:
            seen.setdefault((hit.profile, hit.offset, hit.phase), hit)
    different = list(seen.values())[: _LOOKS - 1]
    again = [
        (hit, hit.z >= _THOROUGH_FROM) for hit in different if hit.z >= _THOROUGH_FROM or hit is not best[0]
    ]
    return [(hit, False) for hit in different[:1]] + again


def _folded(evidence: Evidence, hit: Hit) -> Float32:
    chips = evidence.chips[hit.profile, hit.offset, hit.window[0] : hit.window[1]]
    return np.asarray(chips.sum(0), np.float32)


def _columns(evidence: Evidence, mark: Found, *, verified: bool = True) -> list[Columns]:
    hit = mark.hit
    if verified and mark.decoded is not None:
        signs = block_signs(mark.key, mark.decoded.payload)
    else:
        layout = layout_of(mark.key)
        signs = np.zeros(COLUMNS * PAIRS, np.float32)
        signs[layout.sync] = layout.signs[layout.sync]
        signs = signs.reshape(COLUMNS, PAIRS)
    return marked_columns(evidence.chips[hit.profile, hit.offset], signs, hit.phase, hit.window)


def _seconds(evidence: Evidence, hit: Hit, spans: list[Columns]) -> tuple[tuple[float, float], ...]:
    rows = evidence.rows[hit.offset]
    last = int((rows >= 0).sum())
    step = 4 * evidence.warp.time
    return tuple(
        (float(rows[first]) * HOP / RATE, (float(rows[end - 1]) + step) * HOP / RATE)
        for first, end in ((a, min(b, last)) for a, b in spans)
        if end > first
    )


def _without(evidence: Evidence, spans: list[Columns]) -> Evidence:
    """The evidence with these columns blanked, and their neighbours."""
    chips = evidence.chips.copy()
    flat = chips.reshape(*chips.shape[:2], -1, PAIRS)
    for first, end in spans:
        flat[:, :, max(0, first - 1) : end + 1] = 0
    return Evidence(chips, evidence.rows, evidence.warp)
