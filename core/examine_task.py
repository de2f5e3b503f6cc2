"""A check as a task for a worker process: plain values in, the finished JSON line out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from earwitness.report import ModelInfo, Verdict

__all__ = ["ExamineTask", "Examined", "examine_task", "load_models"]


@dataclass(frozen=True, slots=True)
class ExamineTask:
    """One file to examine.

    path: where the bytes are.
    name: what the report calls the file.
    prior: prior probability of synthetic speech, 0..1 exclusive.
    max_seconds: longest recording that is accepted, None for the default of ``examine``.
    signposts_only: look only for published marks, not for those of this machine's private keys.
    explain: also find out what the detector reacted to.
    """

    path: str
    name: str
    prior: float = 0.5
    max_seconds: float | None = None
    signposts_only: bool = False
    explain: bool = False


@dataclass(frozen=True, slots=True)
class Examined:
    """The report as one line of JSON, and what lists and summaries need without parsing it."""

    json: str
    verdict: Verdict
    p_synthetic: float | None
    llr_synthetic: float | None
    duration_s: float


def examine_task(task: ExamineTask) -> Examined:
    """Run the front door on one file. Raises what ``examine`` raises (errors of ``core/errors.py``)."""
    from earwitness.examine import examine

    report = examine(
        task.path,
        name=task.name,
        prior=task.prior,
        max_seconds=task.max_seconds,
        signposts_only=task.signposts_only,
        explain=task.explain,
    )
    return Examined(
        json=report.to_json(),
        verdict=report.verdict,
        p_synthetic=report.p_synthetic,
        llr_synthetic=report.llr_synthetic,
        duration_s=report.file.duration_s,
    )


def load_models() -> tuple[ModelInfo, ...]:
    """Load the detector a check will use, so that the first task does not pay for it; say what it is."""
    from earwitness.plugins import DETECTORS, load

    factory: Any = load(DETECTORS)
    info: ModelInfo = factory().info
    return (info,)
