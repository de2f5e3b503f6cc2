"""Marks that can be read now but may not live through much: short, faint or narrow sound."""

from __future__ import annotations

from collections.abc import Sequence

from earwitness.mark_report import MadeMark
from earwitness.report import FileFacts

__all__ = ["WEAK_S", "weaknesses"]

WEAK_S = 3.0
"""Seconds; less marked sound than that does not survive much."""
_WEAK_DETECTABILITY = 0.1
_NARROW_RATE = 14_000  # Hz; marks reach up to about 7 kHz


def weaknesses(marks: Sequence[MadeMark], file: FileFacts) -> list[str]:
    """Why the marks may not live through much, in plain sentences."""
    found = []
    if file.sample_rate < _NARROW_RATE and any(made.key_id for made in marks):
        found.append(
            f"Sampled at {file.sample_rate} Hz, the file holds only a part of the mark's bands: less of the "
            "mark survives."
        )
    for made in marks:
        whose = f'the mark of the key "{made.key}"' if made.key_id else f"the {made.scheme} mark"
        if made.marked_s < WEAK_S:
            found.append(
                f"Only {made.marked_s:.1f} s of {file.duration_s:.1f} s carry {whose}: under {WEAK_S:.0f} s "
                "it is easily lost."
            )
        elif made.detectability is not None and made.detectability < _WEAK_DETECTABILITY:
            found.append(
                f"In this sound {whose} can just be read (detectability {made.detectability:.2f} of 1): "
                "noise or a lossy codec may cover it."
            )
    return found
