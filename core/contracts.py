"""What the front door and the families agree on: 16-kHz speech in, log-likelihood ratios over time out.

These types live in core, because core may not import a family; ``earwitness.detector.base`` is where
detectors take them from.

A detector keeps no state between recordings; ``start()`` opens a stream for one channel of one
recording, so that a ten-hour file is judged in bounded memory.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from earwitness.credentials import CredentialReport
from earwitness.key_rings import MarkFinding
from earwitness.origin import Origin
from earwitness.report import FileFacts, ModelInfo, Quality, Report
from earwitness.samples import Audio, Float32

__all__ = [
    "ChannelScores",
    "Detector",
    "DetectorStream",
    "Excerpt",
    "Explainer",
    "Float32",
    "Judge",
    "KeepingStream",
    "Occluded",
    "Part",
    "PictureSink",
    "Window",
]


@dataclass(frozen=True, slots=True)
class Window:
    """One judged window.

    start_s, end_s: seconds from the start of the recording.
    llr: natural-log likelihood ratio synthetic/human of this window alone, calibrated.
    speech: share of the window (0..1) that is speech.
    speech_parts: the same for equal parts of the window in order, so that a time line can leave out its
    pauses; () where the detector does not say.
    """

    start_s: float
    end_s: float
    llr: float
    speech: float
    speech_parts: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The sound of one judged window, kept to be heard again.

    start_s, end_s, llr: of the window. samples: (n,) at ``Detector.sample_rate``, -1..1, as long as the
    detector needs for the window. speech: (n,) speech probability 0..1 over the same samples.
    """

    start_s: float
    end_s: float
    llr: float
    samples: Float32
    speech: Float32


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an excerpt, and the calibrated window LLR of the excerpt without it.

    start_s, end_s: seconds from the start of the recording. low_hz, high_hz: Hz.
    """

    start_s: float
    end_s: float
    low_hz: float
    high_hz: float
    llr: float


@dataclass(frozen=True, slots=True)
class Occluded:
    """What became of an excerpt as parts of it were silenced, one at a time.

    start_s, end_s: of the excerpt, seconds. llr: calibrated window LLR with nothing silenced, heard by
    itself. bands: each silenced throughout, from low to high. cells: some bands, one stretch at a time.
    """

    start_s: float
    end_s: float
    llr: float
    bands: tuple[Part, ...]
    cells: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class ChannelScores:
    """What a detector said about one channel: its windows in order, and the channel's total LLR.

    traces: numbers that describe the synthetic-looking windows, which generators are told apart by; None
    where nothing could be scored or the detector has none.
    steps: raw scores of single steps of ``step_s`` seconds from the start, NaN in pauses: what sounds just
    there, heard by itself; None where the detector has no such scores.
    occluded: what it reacted to, in the excerpts that this was asked of.
    shares: how probable each kind of channel is that the detector's card knows, summing to 1; None where it
    knows none or nothing could be scored.
    """

    channel: int | None
    windows: tuple[Window, ...]
    llr: float | None
    traces: tuple[float, ...] | None = None
    steps: Float32 | None = field(default=None, compare=False)
    step_s: float = 0.08
    occluded: tuple[Occluded, ...] = ()
    shares: tuple[float, ...] | None = None


class DetectorStream(Protocol):
    """Judges one channel of one recording as it comes in."""

    def push(self, samples: Float32, speech: Float32) -> list[Window]:
        """Take the next samples, shape (n,), at ``Detector.sample_rate``, range -1..1.

        speech: shape (n,) or a coarser (n / k,) track of speech probability 0..1 over the
        same stretch (the detector stretches it). Returns windows that became complete.
        """

    def finish(self) -> list[Window]:
        """Flush what is left (the last, possibly padded, window)."""

    def total_llr(self) -> float | None:
        """Calibrated LLR of the whole channel; None when nothing could be scored."""

    def traces(self) -> tuple[float, ...] | None:
        """See :class:`ChannelScores`."""

    def steps(self) -> Float32 | None:
        """See :class:`ChannelScores`."""

    def shares(self) -> tuple[float, ...] | None:
        """See :class:`ChannelScores`."""


class Detector(Protocol):
    """A model with weights, ready to judge."""

    @property
    def info(self) -> ModelInfo:
        """Name, version and hash, for the report."""

    @property
    def sample_rate(self) -> int:
        """Hz that :meth:`DetectorStream.push` expects."""

    def start(self) -> DetectorStream:
        """Open a stream for one channel of one recording."""


@runtime_checkable
class KeepingStream(DetectorStream, Protocol):
    """A stream that keeps the sound of the few windows that sound most synthetic."""

    def excerpts(self) -> tuple[Excerpt, ...]:
        """The best so far, highest LLR first; no two overlap."""


@runtime_checkable
class Explainer(Protocol):
    """What a detector has beside :class:`Detector` when it can say what it reacted to. Optional."""

    def start_keeping(self) -> KeepingStream:
        """As ``start``; the windows are the same."""

    def explain(self, excerpts: Sequence[Excerpt]) -> list[Occluded]:
        """Silence parts of each excerpt and judge it again; in the order given, in bounded time."""


class Judge(Protocol):
    """Weighs everything that was measured into a report."""

    def __call__(
        self,
        facts: FileFacts,
        quality: Quality,
        warnings: Sequence[str],
        scores: Sequence[ChannelScores],
        models: Sequence[ModelInfo],
        prior: float,
        marks: Sequence[MarkFinding] = (),
        credentials: CredentialReport | None = None,
        origins: Sequence[Origin] = (),
    ) -> Report:
        """prior: probability of synthetic speech before listening, 0..1 exclusive.

        marks: what each known key read, found or not; () when no marks were looked for. credentials: the
        file's own; None where none can be there. origins: records that marks or credentials lead to.
        """


class PictureSink(Protocol):
    """Something that draws a recording while it streams by."""

    def push(self, block: Audio) -> None:
        """Take the next block, all channels, at the file's own rate."""
