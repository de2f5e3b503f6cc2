"""Reports for tests of what shows them: built, not measured; every field can be set."""

from __future__ import annotations

import math
from typing import Any

from earwitness.report import (
    ChannelQuality,
    Evidence,
    FileFacts,
    ModelInfo,
    Quality,
    Report,
    Segment,
    Thresholds,
    Verdict,
)

HOP_S = 0.5


def make_segments(
    llr: float, duration_s: float, channel: int | None = None, pause: tuple[float, float] | None = None
) -> tuple[Segment, ...]:
    """Half-second segments that swing around ``llr``; none is judged inside ``pause``."""
    found: list[Segment] = []
    for number in range(math.ceil(duration_s / HOP_S)):
        start = number * HOP_S
        own = llr + 1.5 * math.sin(0.4 * start + (channel or 0))
        silent = pause is not None and pause[0] <= start < pause[1]
        found.append(
            Segment(
                start_s=start,
                end_s=min(start + HOP_S, duration_s),
                p_synthetic=None if silent else 1 / (1 + math.exp(-own)),
                llr_synthetic=None if silent else own,
                channel=channel,
            )
        )
    return tuple(found)


LIMITS = Thresholds(synthetic=3.0, likely_synthetic=1.5, likely_human=-1.25)


def make_report(
    verdict: str = "likely_synthetic",
    llr: float | None = 2.6,
    duration_s: float = 20.0,
    channels: int = 1,
    *,
    apart: bool = False,
    name: str = "call.wav",
    prior: float = 0.5,
    file: dict[str, Any] | None = None,
    quality: dict[str, Any] | None = None,
    **fields: Any,
) -> Report:
    """A report; ``file`` and ``quality`` override single facts, ``fields`` whole fields."""
    measures: dict[str, Any] = {
        "speech_s": 0.8 * duration_s,
        "level_dbfs": -21.4,
        "snr_db": 24.5,
        "bandwidth_hz": 7800.0,
    }
    judged: list[int | None] = list(range(channels)) if apart else [None]
    if apart:
        measures["channels"] = tuple(ChannelQuality(channel=c, speech_s=1.0 + (c or 0)) for c in judged)
    facts: dict[str, Any] = {
        "name": name, "sha256": "ab" * 32, "size_bytes": 1_234_567, "duration_s": duration_s,
        "container": "wav", "codec": "pcm_s16le", "sample_rate": 16_000, "channels": channels,
    }  # fmt: skip
    logit = None if llr is None else llr + math.log(prior / (1 - prior))
    values: dict[str, Any] = {
        "file": FileFacts(**facts | (file or {})),
        "verdict": Verdict(verdict),
        "p_synthetic": None if logit is None else 1 / (1 + math.exp(-logit)),
        "prior": prior,
        "llr_synthetic": llr,
        "reason": "The reason that the judge gave.",
        "thresholds": None if llr is None else LIMITS,
        "quality": Quality(**{"usable": llr is not None} | measures | (quality or {})),
        "evidence": (
            Evidence(
                kind="detector",
                outcome="synthetic",
                sentence="Traces of a vocoder were found.",
                cannot_tell="Who is speaking.",
                llr_synthetic=llr,
                model="fake",
            ),
        ),
        "segments": ()
        if llr is None
        else tuple(s for c in judged for s in make_segments(llr, duration_s, c, (4.0, 6.0))),
        "models": (ModelInfo(name="fake", version="1.2.3", kind="detector", sha256="cd" * 32),),
    }
    return Report(**values | fields)
