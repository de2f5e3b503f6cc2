"""The front door: a recording in, a report out.

The way of the data: blocks of the decoded file -> the tracks to judge (mix or channels) -> 16 kHz ->
quality and voice activity -> detector -> judge. Detector and judge come from the plug-in registry.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from threading import Lock
from typing import BinaryIO, cast

import numpy as np

from earwitness import plugins
from earwitness.audio import Audio, AudioStream, open_audio
from earwitness.channels import DECIDE_AFTER_S, Layout, decide_layout
from earwitness.contracts import (
    ChannelScores,
    Detector,
    DetectorStream,
    Excerpt,
    Explainer,
    Judge,
    KeepingStream,
    PictureSink,
    Window,
)
from earwitness.errors import EarWitnessError, MarkKeyError, ModelError, PluginError, UsageError
from earwitness.explaining import explained
from earwitness.key_rings import MarkFinding, load_ring
from earwitness.marks import Search
from earwitness.provenance_look import look as look_around
from earwitness.quality import MeasuredChannel, QualityMeter, conclude
from earwitness.report import Report
from earwitness.samples import Float32, Resampler
from earwitness.source import readable_again
from earwitness.vad import FRAME, RATE, vad_info
from earwitness.verifying import MarkSearch

__all__ = ["check", "examine", "listen"]

_BLOCK_S = 30.0
_BLOCK_SAMPLES = (
    4_000_000  # 16 MB of float32, all channels together: shorter blocks at 192 kHz or many channels
)
_DECIDE_SAMPLES = 12_000_000  # 48 MB held back at most before the layout is decided

MARK_SEARCH = Search.NONE  # other speeds are what `earwitness verify` looks for: a check is to be quick

LookForMarks = Callable[[int | None], MarkSearch]

_detectors: dict[object, Detector] = {}
_detectors_lock = Lock()


def examine(
    source: str | os.PathLike[str] | BinaryIO,
    *,
    name: str | None = None,
    prior: float = 0.5,
    max_seconds: float | None = None,
    picture: PictureSink | None = None,
    signposts_only: bool = False,
    explain: bool = False,
) -> Report:
    """Judge one recording: is there synthetic speech in it, how sure, where, and why.

    source: a path or a binary stream. name: what the report calls it.
    prior: probability of synthetic speech before listening, 0..1 exclusive.
    max_seconds: longest recording accepted (12 h by default).
    picture: gets every decoded block, all channels, in order (see ``earwitness.picture``).
    signposts_only: look only for published marks, not for those of this user's private keys.
    explain: also find out what the detector reacted to in the most telling excerpts (about a second more).
    Raises the classes of ``earwitness.errors``; a silent or speechless recording is no error.
    """
    if not 0.0 < prior < 1.0:
        raise UsageError(f"a prior of {prior} makes no sense.", hint="Give a probability between 0 and 1.")
    with readable_again(source, name) as (again, label):
        return _examine(
            again,
            label,
            prior,
            max_seconds=max_seconds,
            picture=picture,
            signposts_only=signposts_only,
            explain=explain,
        )


def _examine(
    source: str | os.PathLike[str] | BinaryIO,
    name: str | None,
    prior: float,
    *,
    max_seconds: float | None,
    picture: PictureSink | None,
    signposts_only: bool,
    explain: bool,
) -> Report:
    """``examine`` of what can be opened as often as need be: its sound first, then what is around it."""
    with open_audio(source, name=name, max_seconds=max_seconds) as stream:
        detector, judge = _load_detector(), _load_judge()
        look, refused = _mark_reader(signposts_only=signposts_only)
        explainer = detector if explain and isinstance(detector, Explainer) else None
        start = detector.start if explainer is None else explainer.start_keeping
        tracks = _judge_stream(stream, start, look, picture)
        facts = stream.facts()
        unable = (f"The detector {detector.info.name} cannot say what it reacted to.",)
        notes = (*stream.warnings, *refused, *(unable if explain and explainer is None else ()))
    quality, warnings = conclude([track.measured() for track in tracks], facts)
    scores = [track.scores() for track in tracks]
    if explainer is not None and quality.usable:
        scores = explained(explainer, scores, [track.excerpts() for track in tracks])
    marks = [mark for track in tracks for mark in track.marks()]
    around = look_around(
        source, facts.name, facts.sha256, marks, private=not signposts_only, max_seconds=max_seconds
    )
    return judge(
        facts,
        quality,
        (*notes, *around.warnings, *warnings),
        scores,
        (detector.info, vad_info()),
        prior,
        marks,
        around.credentials,
        around.origins,
    )


check = examine


def listen(
    source: str | os.PathLike[str] | BinaryIO, *, name: str | None = None, max_seconds: float | None = None
) -> list[ChannelScores]:
    """What the detector alone says about a recording, a channel or the mix at a time: no marks, no verdict.

    Arguments and errors as in :func:`examine`.
    """
    with open_audio(source, name=name, max_seconds=max_seconds) as stream:
        return [track.scores() for track in _judge_stream(stream, _load_detector().start, None, None)]


class _Track:
    """One channel, or the mix, on its way through resampler, quality meter and detector."""

    def __init__(
        self,
        channel: int | None,
        rate: int,
        start: Callable[[], DetectorStream],
        look: LookForMarks | None,
    ) -> None:
        self._channel = channel
        self._search = None if look is None else look(channel)
        self._resampler = Resampler(rate, RATE)
        self._meter = QualityMeter(rate)
        self._stream = start()
        self._left = np.zeros(0, dtype=np.float32)
        self._windows: list[Window] = []

    def push(self, native: Float32) -> None:
        """Take the next samples at the file's rate, shape (n,)."""
        ready = np.concatenate([self._left, self._resampler.push(native)])
        whole = len(ready) // FRAME * FRAME  # the meter wants whole frames until the end
        self._left = ready[whole:]
        self._feed(native, ready[:whole])

    def finish(self) -> None:
        """Flush the resampler and the detector."""
        ready = np.concatenate([self._left, self._resampler.finish().reshape(-1)])
        self._feed(ready[:0], ready)
        self._windows += self._stream.finish()

    def measured(self) -> MeasuredChannel:
        """Quality measures of the whole track."""
        return self._meter.result(self._channel)

    def scores(self) -> ChannelScores:
        """What the detector said."""
        stream, windows = self._stream, tuple(self._windows)
        return ChannelScores(
            self._channel,
            windows,
            stream.total_llr(),
            stream.traces(),
            stream.steps(),
            shares=stream.shares(),
        )

    def excerpts(self) -> tuple[Excerpt, ...]:
        """What the detector kept, most telling first."""
        return self._stream.excerpts() if isinstance(self._stream, KeepingStream) else ()

    def marks(self) -> tuple[MarkFinding, ...]:
        """What each known key read."""
        return () if self._search is None else self._search.finish()

    def _feed(self, native: Float32, speech16k: Float32) -> None:
        probability = self._meter.push(native, speech16k)
        if len(speech16k):
            if self._search is not None:
                self._search.push(speech16k[np.newaxis])
            self._windows += self._stream.push(speech16k, probability)


def _mark_reader(*, signposts_only: bool) -> tuple[LookForMarks | None, tuple[str, ...]]:
    """What opens a search for marks, a channel at a time; or None and a warning that says why not.

    At the detector's rate, which has all that a mark needs and is there already.
    """

    def look(channel: int | None) -> MarkSearch:
        return MarkSearch(ring, RATE, 1, search=MARK_SEARCH, channel=channel)

    try:
        ring = load_ring(signposts_only=signposts_only)
        look(None)
    except (MarkKeyError, PluginError) as error:  # their subjects are paths of this machine
        return None, (f"Marks were not looked for: {error.message}",)
    return look, ()


def _judge_stream(
    stream: AudioStream,
    start: Callable[[], DetectorStream],
    look: LookForMarks | None,
    picture: PictureSink | None,
) -> list[_Track]:
    samples_a_second = stream.sample_rate * stream.channels
    blocks = stream.blocks(max(1.0, min(_BLOCK_S, _BLOCK_SAMPLES / samples_a_second)))
    held, layout = _hold_back(blocks, stream)
    tracks: dict[int | None, _Track] = {}
    while True:
        block = held.pop(0) if held else next(blocks, None)
        if block is None:
            break
        if picture is not None:
            picture.push(block)
        for channel, samples in layout.tracks(block.samples):
            if channel not in tracks:
                tracks[channel] = _Track(channel, stream.sample_rate, start, look)
            tracks[channel].push(samples)
    for track in tracks.values():
        track.finish()
    return list(tracks.values())


def _hold_back(blocks: Iterator[Audio], stream: AudioStream) -> tuple[list[Audio], Layout]:
    """The first blocks of a recording with several channels, and the layout they tell."""
    held: list[Audio] = []
    if stream.channels == 1:
        return held, Layout(apart=False)
    enough = min(DECIDE_AFTER_S, _DECIDE_SAMPLES / (stream.sample_rate * stream.channels))
    seconds = 0.0
    for block in blocks:
        held.append(block)
        seconds += block.duration_s
        if seconds >= enough:
            break
    layout = decide_layout(np.concatenate([block.samples for block in held], axis=1), stream.sample_rate)
    return held, layout


def _load_detector() -> Detector:
    """The default detector, built once a process (threads that come first wait for each other)."""
    try:
        factory = cast("Callable[[], Detector]", plugins.load(plugins.DETECTORS))
    except PluginError as error:
        raise ModelError(
            f"no detector can be used ({error.message})", subject=error.subject, hint=error.hint
        ) from error
    with _detectors_lock:
        if factory not in _detectors:
            detector = _build(factory)
            if detector.sample_rate != RATE:
                raise ModelError(
                    f"the detector {detector.info.name} wants {detector.sample_rate} Hz, not {RATE}.",
                    hint="Use another detector plug-in.",
                )
            _detectors[factory] = detector
        return _detectors[factory]


def _build(factory: Callable[[], Detector]) -> Detector:
    try:
        return factory()
    except EarWitnessError:
        raise
    except Exception as error:  # foreign code: anything may come out of it
        raise ModelError(
            f"the detector cannot be loaded: {type(error).__name__}: {error}.", hint="Reinstall its package."
        ) from error


def _load_judge() -> Judge:
    try:
        return cast(Judge, plugins.load(plugins.JUDGES))
    except PluginError as error:
        raise ModelError(
            f"no judge can be used ({error.message})", subject=error.subject, hint=error.hint
        ) from error
