"""EarWitness tells synthetic speech from human speech, and says why.

>>> import earwitness
>>> report = earwitness.check("call.wav")
>>> report.verdict, report.p_synthetic, report.reason

Names are loaded when they are first used, so that ``import earwitness`` costs nothing.
``earwitness.examine`` is the module of the front door; its function is exported as ``check``.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from earwitness.audio import Audio as Audio
    from earwitness.audio import as_audio as as_audio
    from earwitness.audio import load_audio as load_audio
    from earwitness.audio import open_audio as open_audio
    from earwitness.errors import AudioError as AudioError
    from earwitness.errors import EarWitnessError as EarWitnessError
    from earwitness.errors import UsageError as UsageError
    from earwitness.examine import check as check
    from earwitness.generated import GeneratedRecord as GeneratedRecord
    from earwitness.generating import convert as convert
    from earwitness.generating import generate as generate
    from earwitness.generating import resynthesize as resynthesize
    from earwitness.generating import sample as sample
    from earwitness.mark_report import MarkRecord as MarkRecord
    from earwitness.mark_report import Verification as Verification
    from earwitness.marking import mark as mark
    from earwitness.publish_steps import Steps as Steps
    from earwitness.publishing import publish as publish
    from earwitness.report import Evidence as Evidence
    from earwitness.report import Quality as Quality
    from earwitness.report import Report as Report
    from earwitness.report import Segment as Segment
    from earwitness.report import Verdict as Verdict
    from earwitness.report import json_schema as json_schema
    from earwitness.tracing import Trace as Trace
    from earwitness.tracing import trace as trace
    from earwitness.verifying import verify as verify

__version__ = "0.1.0"

_HOME = {
    "Audio": "audio",
    "AudioError": "errors",
    "EarWitnessError": "errors",
    "Evidence": "report",
    "GeneratedRecord": "generated",
    "MarkRecord": "mark_report",
    "Quality": "report",
    "Report": "report",
    "Segment": "report",
    "Steps": "publish_steps",
    "Trace": "tracing",
    "UsageError": "errors",
    "Verdict": "report",
    "Verification": "mark_report",
    "as_audio": "audio",
    "check": "examine",
    "convert": "generating",
    "generate": "generating",
    "json_schema": "report",
    "load_audio": "audio",
    "mark": "marking",
    "open_audio": "audio",
    "publish": "publishing",
    "resynthesize": "generating",
    "sample": "generating",
    "trace": "tracing",
    "verify": "verifying",
}

__all__ = ["__version__", *sorted(_HOME)]


def __getattr__(name: str) -> object:
    """Load an exported name from the module it lives in (PEP 562)."""
    if name not in _HOME:
        raise AttributeError(f"module 'earwitness' has no attribute {name!r}")
    value: object = getattr(import_module(f"earwitness.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
