"""What a detector is: 16-kHz speech in, log-likelihood ratios over time out.

The types live in ``earwitness.contracts``, because the front door uses them too and core imports no family.
"""

from __future__ import annotations

from earwitness.contracts import (
    ChannelScores,
    Detector,
    DetectorStream,
    Excerpt,
    Explainer,
    Float32,
    KeepingStream,
    Occluded,
    Part,
    Window,
)

__all__ = [
    "ChannelScores",
    "Detector",
    "DetectorStream",
    "Excerpt",
    "Explainer",
    "Float32",
    "KeepingStream",
    "Occluded",
    "Part",
    "Window",
]
