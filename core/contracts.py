"""What the front door and the families agree on: 16-kHz speech in, log-likelihood ratios over time out.

These types live in core, because core may not import a family; ``earwitness.detector.base`` is where
detectors take them from.

A detector keeps no state between recordings; ``start()`` opens a stream for one channel of one
recording, so that a ten-hour file is judged in bounded memory.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from earwitness.credentials import CredentialReport
from earwitness.key_rings import MarkFinding
from earwitness.origin import Origin
from earwitness.report import FileFacts, ModelInfo, Quality, Report
from earwitness.samples import Audio, Float32

__all__ = ["ChannelScores", "Detector", "DetectorStream", "Float32", "Judge", "PictureSink", "Window"]


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
class ChannelScores:
    """What a detector said about one channel: its windows in order, and the channel's total LLR.

    traces: numbers that describe the synthetic-looking windows, which generators are told apart by; None
    where nothing could be scored or the detector has none.
    steps: raw scores of single steps of ``step_s`` seconds from the start, NaN in pauses: what sounds just
    there, heard by itself; None where the detector has no such scores.
    """

    channel: int | None
    windows: tuple[Window, ...]
    llr: float | None
    traces: tuple[float, ...] | None = None
    steps: Float32 | None = field(default=None, compare=False)
    step_s: float = 0.08


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
