"""The drawings of the HTML page: paths and pictures made of numbers only, safe to put in markup."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from earwitness.picture import Picture
from earwitness.png import png
from earwitness.report import Report, Segment
from earwitness.spectrogram import SHADES, palette
from earwitness.timeline import cells, even_odds, judged_channels, segments_of, stretches, tick_step
from earwitness.wording import channel_name, clock, percent

Float32 = npt.NDArray[np.float32]

__all__ = ["Band", "Figure", "Lane", "Spectrogram", "Tick", "figure"]

MOST_SPANS = 1200  # more steps than a screen has pixels to show them
MOST_BANDS = 200
MOST_TICKS = 8
WAVE_HEIGHT = 100.0


@dataclass(frozen=True, slots=True)
class Span:
    """A step of the probability curve; times as seconds, p at equal odds, None where not judged."""

    start_s: float
    end_s: float
    p: float | None


@dataclass(frozen=True, slots=True)
class Band:
    """A highlighted stretch, in percent of the width."""

    left: float
    width: float


@dataclass(frozen=True, slots=True)
class Tick:
    """A time label and its place in percent of the width."""

    left: float
    label: str


@dataclass(frozen=True, slots=True)
class Lane:
    """What is drawn for one channel (or the whole recording)."""

    name: str
    waveform: str
    """Path of the envelope in a box of ``wave_width`` x 100; empty when there is no picture."""
    wave_width: float
    steps: str
    """Path of the probability curve (stroke), x in seconds, y 0 (certain) to 100."""
    area: str
    """The same, closed down to the base line (fill)."""
    gaps: tuple[Band, ...]
    bands: tuple[Band, ...]
    summary: str
    """The curve in words, for those who cannot see it."""
    read_out: tuple[int | None, ...]
    """Percent in equal parts of the time axis, for the hover read-out."""


@dataclass(frozen=True, slots=True)
class Spectrogram:
    """The picture as a data URI, its width in percent of the time axis, and labels of the frequency axis."""

    uri: str
    width: float
    labels: tuple[Tick, ...]
    max_khz: float


@dataclass(frozen=True, slots=True)
class Figure:
    """Everything on the shared time axis."""

    duration_s: float
    lanes: tuple[Lane, ...]
    spectrogram: Spectrogram | None
    ticks: tuple[Tick, ...]
    judged: bool
    """False: no probability curve exists."""


def figure(report: Report, picture: Picture | None) -> Figure:
    """Lay out waveform, spectrogram and probability over one time axis."""
    duration = max(picture.duration_s if picture else 0.0, report.file.duration_s, 1e-3)
    lanes = tuple(_lane(report, picture, channel, duration) for channel in judged_channels(report))
    step = tick_step(duration, MOST_TICKS)
    ticks = tuple(
        Tick(_share(number * step, duration), clock(number * step, tenths=step < 1))
        for number in range(int(duration / step) + 1)
        if number * step < 0.94 * duration
    )
    judged = any(even_odds(segment) is not None for segment in report.segments)
    return Figure(duration, lanes, _spectrogram(picture, duration), ticks, judged)


def _lane(report: Report, picture: Picture | None, channel: int | None, duration: float) -> Lane:
    segments = segments_of(report, channel)
    spans = _spans(segments, duration)
    steps, area = _curves(spans)
    bands = [_band(s.start_s, s.end_s, duration) for s in stretches(segments)]
    own = channel is not None and picture is not None and channel < picture.channels
    envelope = picture.waveform(channel if own else None) if picture else np.zeros((2, 0), np.float32)
    column_s = picture.waveform_column_s if picture else 0.0
    return Lane(
        name=channel_name(channel),
        waveform=_envelope_path(envelope),
        wave_width=round(duration / column_s, 3) if column_s else 1.0,
        steps=steps,
        area=area,
        gaps=tuple(_band(s.start_s, s.end_s, duration) for s in spans if s.p is None),
        bands=tuple(bands[:MOST_BANDS]),
        summary=_in_words(spans),
        read_out=tuple(
            None if p is None else round(100 * p)
            for p in cells(segments, duration, min(MOST_SPANS, max(2 * len(spans), 1)))
        ),
    )


def _spans(segments: Sequence[Segment], duration: float) -> list[Span]:
    """Steps that cover 0..duration without holes; merged to cells when there are too many."""
    if len(segments) > MOST_SPANS:
        edges = np.linspace(0, duration, MOST_SPANS + 1)
        values = cells(segments, duration, MOST_SPANS)
        raw = [Span(float(a), float(b), p) for a, b, p in zip(edges[:-1], edges[1:], values, strict=True)]
    else:
        raw = [
            Span(s.start_s, min(s.end_s, duration), even_odds(s)) for s in segments if s.start_s < duration
        ]
    spans: list[Span] = []
    at = 0.0
    for span in raw:
        if span.start_s > at + 1e-6:
            spans.append(Span(at, span.start_s, None))
        if spans and spans[-1].p is None and span.p is None:
            spans[-1] = Span(spans[-1].start_s, span.end_s, None)
        else:
            spans.append(span)
        at = max(at, span.end_s)
    if at < duration - 1e-6:
        spans.append(Span(at, duration, None))
    return spans


def _curves(spans: Sequence[Span]) -> tuple[str, str]:
    steps: list[str] = []
    area: list[str] = []
    open_run = False
    for span in spans:
        if span.p is None:
            if open_run:
                area.append("V100Z")
            open_run = False
            continue
        start, end, y = f"{span.start_s:.3f}", f"{span.end_s:.3f}", f"{100 * (1 - span.p):.1f}"
        steps.append(f"V{y}H{end}" if open_run else f"M{start} {y}H{end}")
        area.append(f"V{y}H{end}" if open_run else f"M{start} 100V{y}H{end}")
        open_run = True
    if open_run:
        area.append("V100Z")
    return "".join(steps), "".join(area)


def _envelope_path(envelope: Float32) -> str:
    """Closed outline: along the highest samples, back along the lowest. Scaled to the loudest sample."""
    columns = envelope.shape[1]
    if not columns:
        return ""
    peak = float(np.abs(envelope).max()) or 1.0
    half = WAVE_HEIGHT / 2
    low, high = half - envelope / peak * half * 0.96
    high, low = np.minimum(high, half - 0.4), np.maximum(low, half + 0.4)  # silence stays a visible line
    top = "L".join(f"{x} {y:.1f}" for x, y in enumerate(high))
    bottom = "L".join(f"{x} {y:.1f}" for x, y in zip(range(columns - 1, -1, -1), low[::-1], strict=True))
    return f"M{top}L{bottom}Z"


def _spectrogram(picture: Picture | None, duration: float) -> Spectrogram | None:
    level = picture.spectrogram() if picture else np.zeros((0, 0), np.uint8)
    if picture is None or not level.size:
        return None
    image = png(level[::-1] // (256 // SHADES), palette())
    uri = "data:image/png;base64," + base64.b64encode(image).decode("ascii")
    top = picture.max_hz / 1000
    step = next(step for step in (0.5, 1, 2, 4, 5, 10) if top / step <= 4.5)
    labels = tuple(
        Tick(100 * (1 - number * step / top), f"{number * step:g}") for number in range(int(top / step) + 1)
    )
    return Spectrogram(uri, _share(level.shape[1] * picture.spectrogram_column_s, duration), labels, top)


def _in_words(spans: Sequence[Span]) -> str:
    judged = [s for s in spans if s.p is not None]
    if not judged:
        return "No stretch could be judged."
    seconds = sum(s.end_s - s.start_s for s in judged)
    values = [s.p or 0.0 for s in judged]
    mean = sum((s.end_s - s.start_s) * (s.p or 0.0) for s in judged) / max(seconds, 1e-9)
    return (
        f"{clock(seconds)} judged; probability of synthetic speech from {percent(min(values))} "
        f"to {percent(max(values))}, mean {percent(mean)}."
    )


def _band(start: float, end: float, duration: float) -> Band:
    return Band(_share(start, duration), _share(min(end, duration) - start, duration))


def _share(part: float, whole: float) -> float:
    return round(100 * part / whole, 4)
