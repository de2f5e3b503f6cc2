"""A report as one self-contained HTML page: nothing is fetched, no script is needed to read it."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from earwitness.html_figure import figure
from earwitness.html_heat import heats
from earwitness.picture import Picture
from earwitness.report import ChannelQuality, FileFacts, Quality, Report, Verdict
from earwitness.timeline import STANDS_OUT, Stretch, judged_channels, standing_out
from earwitness.wording import (
    FOOTNOTE,
    TITLE,
    channel_name,
    clean,
    clock,
    file_size,
    llr_words,
    meaning,
    percent,
    score_words,
    threshold_words,
    what_would_help,
)

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["report_page"]

TEMPLATES = Path(__file__).parent / "templates"
MOST_STRETCHES = 12
MOST_TAGS = 40
UNMEASURED = "not measured"
MOST_TAG_LETTERS = 300

TONE: dict[Verdict, str] = {  # class names of the style sheet
    Verdict.SYNTHETIC: "alarm",
    Verdict.LIKELY_SYNTHETIC: "warn",
    Verdict.PARTLY_SYNTHETIC: "warn",
    Verdict.INCONCLUSIVE: "open",
    Verdict.LIKELY_HUMAN: "calm",
}


def report_page(
    report: Report,
    picture: Picture | None,
    *,
    prior: float = 0.5,
    created: datetime | None = None,
) -> str:
    """The page as HTML text.

    picture: finished; None draws the time line without waveform and spectrogram.
    prior: the prior in force, 0..1, for the wording; the numbers come from the report.
    created: printed as the time of examination, when given.
    """
    from markupsafe import Markup

    import earwitness

    # The page's content security policy names this script by its hash: nothing that slipped in runs.
    script = (TEMPLATES / "report.js").read_text(encoding="utf-8")
    found, weak = standing_out(report)
    found = _weightiest_first(found)
    view: dict[str, Any] = {
        "report": report,
        "version": earwitness.__version__,
        "created": created,
        "tone": TONE[report.verdict],
        "title": TITLE[report.verdict],
        "meaning": meaning(report),
        "score_words": score_words(report, prior),
        "thresholds": threshold_words(report),
        "unfit": [r for r in report.quality.reasons if r not in report.reason],
        "help": what_would_help(report),
        "figure": figure(report, picture),
        "heats": heats(report),
        "apart": len(judged_channels(report)) > 1,
        "stretches": found[:MOST_STRETCHES],
        "stretches_left": max(len(found) - MOST_STRETCHES, 0),
        "stretches_called": bool(report.stretches),
        "stretches_weak": weak,
        "stands_out": STANDS_OUT,
        "facts": _facts(report.file),
        "tags": _tags(report.file),
        "measures": _measures(report.quality),
        "footnote": FOOTNOTE,
        "script": Markup(script),
        "script_hash": base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
    }
    return _environment().get_template("report.html").render(view)


@lru_cache(maxsize=1)
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "channel_name": channel_name,
        "clean": clean,
        "clock": clock,
        "llr_words": llr_words,
        "percent": percent,
    }
    return environment


def _weightiest_first(found: list[Stretch]) -> list[Stretch]:
    """Those that are listed come first, in order of time."""
    weighty = sorted(found, key=lambda s: -s.p_synthetic * (s.end_s - s.start_s))
    head = sorted(weighty[:MOST_STRETCHES], key=lambda s: (s.start_s, s.channel or 0))
    return head + weighty[MOST_STRETCHES:]


def _facts(file: FileFacts) -> list[tuple[str, str]]:
    rows = [
        ("Name", clean(file.name)),
        ("Length", f"{clock(file.duration_s, tenths=True)} ({file.duration_s:,.2f} s)"),
        ("Size", f"{file_size(file.size_bytes)} ({file.size_bytes:,} bytes)"),
        ("Container / codec", f"{file.container} / {file.codec}"),
        ("Sample rate", f"{file.sample_rate:,} Hz"),
        ("Channels", str(file.channels)),
    ]
    if file.bit_rate:
        rows.append(("Bit rate", f"{file.bit_rate / 1000:,.0f} kbit/s"))
    if file.truncated:
        rows.append(("Damaged", "The file ends early or breaks: only the decoded part was judged."))
    return [*rows, ("SHA-256", file.sha256)]


def _tags(file: FileFacts) -> list[tuple[str, str]]:
    def short(text: str) -> str:
        return clean(text if len(text) <= MOST_TAG_LETTERS else text[:MOST_TAG_LETTERS] + " …")

    return [(short(key), short(value)) for key, value in list(file.tags.items())[:MOST_TAGS]]


def _measures(quality: Quality) -> list[tuple[str, str, list[str]]]:
    """Rows of the quality table: name, what it means, a value for the recording and each channel."""
    columns: list[ChannelQuality] = [quality, *quality.channels]

    def row(name: str, meaning: str, show: Callable[[ChannelQuality], str]) -> tuple[str, str, list[str]]:
        return name, meaning, [show(column) for column in columns]

    rows = [
        row("Speech", "what the voice activity detector calls speech", lambda q: f"{q.speech_s:.1f} s"),
        row("Level", "loudness of the active part", lambda q: _number(q.level_dbfs, ".1f", "dBFS")),
        row("Peak", "loudest sample", lambda q: _number(q.peak_dbfs, ".1f", "dBFS")),
        row(
            "Clipping",
            "share of samples cut off at the ceiling",
            lambda q: f"{100 * q.clipped_fraction:.2f} %",
        ),
        row(
            "Signal to noise",
            "speech against its background, estimated",
            lambda q: _number(q.snr_db, ".0f", "dB"),
        ),
        row(
            "Bandwidth",
            "highest frequency with speech energy",
            lambda q: _number(q.bandwidth_hz, ",.0f", "Hz"),
        ),
        row(
            "Music",
            "how much the background resembles music, 0 to 1",
            lambda q: _number(q.music_likeness, ".2f", ""),
        ),
    ]
    return [item for item in rows if any(value != UNMEASURED for value in item[2])]


def _number(value: float | None, form: str, unit: str) -> str:
    return UNMEASURED if value is None else f"{value:{form}} {unit}".rstrip().replace("-", "\u2212")
