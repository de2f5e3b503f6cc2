"""From a correlation to a probability, with every place that was looked at counted.

Correlations with signs that do not belong to the audio are normal to a very good approximation, but the
best of many overlapping places is not the best of as many independent ones. ``null.json`` holds how many
independent tries the places of one window are worth, measured on unmarked speech, music and noise, as they
are and after treatments: see ``earwitness.eval.watermark_null``.
"""

from __future__ import annotations

import json
import math
from functools import cache
from pathlib import Path

from earwitness.watermark.evidence import OFFSETS, PROFILES
from earwitness.watermark.layout import COLUMNS, SYNC, TAG

__all__ = ["FALSE_MARKS", "PLACES", "chance", "joint", "tries_a_window"]

FALSE_MARKS = 1e-6
"""Unmarked recordings of which a key says "marked", at most, whatever was done to them."""
PLACES = COLUMNS * OFFSETS * PROFILES


@cache
def tries_a_window() -> float:
    """Independent tries that the phases, offsets and weighings of one window amount to."""
    stored = json.loads(Path(__file__).with_name("null.json").read_text(encoding="utf-8"))
    return min(float(PLACES), float(stored["tries_a_window"]))


def chance(z: float, windows: float) -> float:
    """Probability (0..1) that unmarked audio gives a correlation of ``z`` in any of so many windows."""
    return min(1.0, windows * tries_a_window() * 0.5 * math.erfc(z / math.sqrt(2)))


def joint(z: float, tag: float, windows: float, listed: float) -> float:
    """Probability (0..1) that in unmarked audio sync pattern and tag fit so well together.

    z, tag: their correlations. windows: as for ``chance``. listed: payloads whose tags were looked at.
    """
    both = (math.sqrt(SYNC) * z + math.sqrt(TAG) * tag) / math.sqrt(SYNC + TAG)
    return min(1.0, listed * chance(both, windows))
