"""What the front door, the key ring and every watermark scheme agree on.

These types live in core, because core may not import a family; ``earwitness.watermark.base`` is where
schemes take them from.

"Marked" (some audio here carries a mark of this key) and "verified" (the payload it carries was made
with this key's secret) are two statements. Each comes with its own p-value: the probability that audio
nobody marked with this key would look at least like this, every search hypothesis that was tried
included.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol, runtime_checkable

from earwitness.samples import Float32

__all__ = [
    "Embedded",
    "Float32",
    "MarkEmbedder",
    "MarkKey",
    "MarkReader",
    "NeedsMore",
    "Reading",
    "Search",
    "Span",
    "Strength",
    "Watermark",
    "detectability",
]

MIN_SECRET_BYTES = 16
KEY_ID_DIGITS = 8


@dataclass(frozen=True, slots=True)
class MarkKey:
    """A key that marks are made and read with.

    name: what the owner calls it.
    key_id: 8 lower-case hex digits, public, derived from the secret by a hash.
    secret: at least 16 bytes; never shown in a log or a repr.
    signpost: the secret is published, so that everybody can read the mark and anybody can forge it.
    """

    name: str
    key_id: str
    secret: bytes = field(repr=False)
    signpost: bool = False

    def __post_init__(self) -> None:
        if len(self.secret) < MIN_SECRET_BYTES:
            raise ValueError(f"a mark key needs a secret of at least {MIN_SECRET_BYTES} bytes")
        if len(self.key_id) != KEY_ID_DIGITS or not set(self.key_id) <= set("0123456789abcdef"):
            raise ValueError(f"a key id is {KEY_ID_DIGITS} lower-case hex digits, not {self.key_id!r}")


class Strength(StrEnum):
    """How much a mark may change the sound: the stronger, the more it survives."""

    SOFT = "soft"
    DEFAULT = "default"
    STRONG = "strong"


class Search(StrEnum):
    """How far a reader looks for marks that were played faster, stretched or shifted in pitch.

    NONE: only the file as it is (any cut and offset). HINT: a cheap look at other speeds, and the dear
    one only where the cheap one hints at something. FULL: the dear one in any case.
    """

    NONE = "none"
    HINT = "hint"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the recording, in seconds from its start."""

    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What one key reads in one recording.

    scheme: name of the watermark scheme. key, key_id, signpost: of the key that read it; a scheme without
        keys gives its own name, "" and True.
    marked: the scheme takes this for a mark. p_marked: 0..1, see the module's text; None where nobody has
        measured how often unmarked audio looks like this.
    verified: a payload with a right authentication tag was decoded; payload is it, else None. A scheme whose
        payloads carry no tag gives what it decoded, and verifies nothing.
    p_payload: 0..1, probability that audio without this key's mark gives any verified payload;
        None when nothing was decoded.
    spans: where the mark was found, in order, without overlap; () when not marked.
    speed: duration before / duration now (1.05 = played 5 % faster), pitch unchanged by it.
    pitch: frequency now / frequency before. A tape that runs 5 % fast has speed 1.05 and pitch 1.05.
    score: 0..1, what a network says of its own mark; None for schemes that work with probabilities alone.
    """

    scheme: str
    key: str
    key_id: str
    signpost: bool
    marked: bool
    p_marked: float | None
    verified: bool
    payload: int | None
    p_payload: float | None
    spans: tuple[Span, ...]
    speed: float = 1.0
    pitch: float = 1.0
    score: float | None = None

    @property
    def keyless(self) -> bool:
        """Read without a key: everybody with the scheme can read such marks and make them."""
        return not self.key_id

    @property
    def p_or_one(self) -> float:
        """``p_marked``; 1, which claims nothing, where it is not known."""
        return 1.0 if self.p_marked is None else self.p_marked


@dataclass(frozen=True, slots=True)
class Embedded:
    """Audio that has just been marked.

    samples: float32, the shape that came in, (channels, n).
    marked_s: seconds of it that are loud enough to carry the mark.
    detectability: 0..1, the margin of the mark right after embedding on a logarithmic scale of its p-value:
        0 = just readable as it is, 1 = 1e-60 or less. Treatments use it up.
    warnings: plain sentences, e.g. that the audio is too short to carry a payload.
    """

    samples: Float32
    marked_s: float
    detectability: float
    warnings: tuple[str, ...] = ()


# Minus the powers of ten of p_marked right after embedding; half of 26 spoken clips of 8 s reach 70.
_BARE_EXPONENT, _SURE_EXPONENT = 6.0, 60.0


def detectability(p_marked: float) -> float:
    """Where the margin of a fresh mark lies between bare (0) and sure (1), see ``Embedded``."""
    exponent = -math.log10(max(p_marked, 1e-300))
    return min(1.0, max(0.0, (exponent - _BARE_EXPONENT) / (_SURE_EXPONENT - _BARE_EXPONENT)))


class MarkEmbedder(Protocol):
    """Marks one recording as it comes in. What comes out does not depend on the block size."""

    def push(self, samples: Float32) -> Float32:
        """Take the next samples, shape (channels, n), full scale ±1; returns marked samples (channels, m).

        m may be 0: the embedder looks ahead. Over the whole recording all m add up to all n.
        """

    def finish(self) -> Float32:
        """The samples that are still inside, shape (channels, k)."""


class MarkReader(Protocol):
    """Reads marks in one recording as it comes in, in bounded memory."""

    def push(self, samples: Float32) -> None:
        """Take the next samples, shape (channels, n)."""

    def finish(self) -> tuple[Reading, ...]:
        """One reading a key, in the order of the keys; more when a key marked several payloads."""


class Watermark(Protocol):
    """A scheme: how marks are put in and read out."""

    @property
    def name(self) -> str:
        """Name and version, e.g. "patchwork-1"."""

    @property
    def payload_bits(self) -> int:
        """Bits of payload that a mark carries; 0 for a mark that only says "marked"."""

    @property
    def needs_key(self) -> bool:
        """False when everybody with the package can read and forge its marks."""

    def embedder(
        self,
        key: MarkKey | None,
        payload: int | None,
        rate: int,
        channels: int,
        strength: Strength = Strength.DEFAULT,
    ) -> MarkEmbedder:
        """Start marking. payload: 0 .. 2**payload_bits - 1. rate: Hz. Raises UsageError for nonsense,
        PluginError when the scheme can only read."""

    def reader(
        self, keys: Sequence[MarkKey], rate: int, channels: int, search: Search = Search.HINT
    ) -> MarkReader:
        """Start reading with ``keys`` (a scheme without keys takes ())."""


@runtime_checkable
class NeedsMore(Protocol):
    """A scheme that needs more than the base install: packages of an extra, weights."""

    def missing(self) -> str | None:
        """What keeps it from working on this machine, and what to do; None when it works.

        Loads nothing large and asks no network.
        """
