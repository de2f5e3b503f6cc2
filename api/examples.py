"""An example report for the API's documentation, built from the type so that it cannot go stale."""

from __future__ import annotations

from typing import Any

from earwitness.report import Evidence, FileFacts, ModelInfo, Quality, Report, Segment, Verdict

__all__ = ["example_report"]


def example_report() -> dict[str, Any]:
    """A made-up report as JSON types; only documentation shows it."""
    model = ModelInfo(name="example-detector", version="0", kind="detector", sha256="0" * 64)
    return Report(
        file=FileFacts(
            name="call.wav",
            sha256="0" * 64,
            size_bytes=320044,
            duration_s=10.0,
            container="wav",
            codec="pcm_s16le",
            sample_rate=16000,
            channels=1,
        ),
        verdict=Verdict.LIKELY_SYNTHETIC,
        p_synthetic=0.95,
        llr_synthetic=2.94,
        reason="An example: this is what a report looks like, not the result of a check.",
        quality=Quality(speech_s=8.1, level_dbfs=-23.0, peak_dbfs=-4.2, usable=True),
        evidence=(
            Evidence(
                kind="detector",
                outcome="synthetic",
                sentence="An example sentence.",
                cannot_tell="An example of what the evidence cannot tell.",
                llr_synthetic=2.94,
                model=model.name,
            ),
        ),
        segments=(Segment(start_s=0.0, end_s=10.0, p_synthetic=0.95, llr_synthetic=2.94),),
        models=(model,),
    ).to_dict()
