"""Everything that a set of keys reads in one stretch of sound (up to a minute)."""

from __future__ import annotations

from collections.abc import Sequence

from earwitness.marks import MarkKey, Search
from earwitness.watermark.evidence import Evidence, Levels, Warp
from earwitness.watermark.features import Float32
from earwitness.watermark.finding import Found, find_marks
from earwitness.watermark.search import promising, tries

__all__ = ["looks", "read_stretch"]


def looks(search: Search, plain: bool) -> float:
    """What the chance of a finding is multiplied by.

    The time grid as it is gets half of the error allowed, all searched ones together the other half.
    """
    if search is Search.NONE:
        return 1.0
    return 2.0 if plain else 2.0 * tries(search)


def read_stretch(power: Float32, keys: Sequence[MarkKey], search: Search) -> tuple[list[Found], Evidence]:
    """All findings of all keys in (frames, 257) power, at least one a key; and the evidence as it is."""
    evidence = Evidence.of(Levels.of(power), Warp())
    found: list[Found] = []
    missing: list[MarkKey] = []
    for key in keys:
        marks = find_marks(evidence, key, looks(search, plain=True))
        found += marks
        if not any(mark.verified(mark.tried * looks(search, plain=True)) for mark in marks):
            missing.append(key)
    for key, warp in promising(power, missing, search):
        levels = Levels.of(power, warp.pitch)
        often = looks(search, plain=False)
        marks = find_marks(Evidence.of(levels, warp), key, often)
        found += [mark for mark in marks if mark.convincing(often)]
    return found, evidence
