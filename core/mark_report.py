"""What marking and verifying a file give: the same objects for Python, ``--json`` and the API."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from earwitness.frozen import Document, Frozen
from earwitness.key_rings import KeyState
from earwitness.marks import Search, Strength
from earwitness.report import FileFacts

__all__ = ["FoundMark", "FoundSpan", "MadeMark", "MarkRecord", "SignedAs", "Verification"]


class MadeMark(Frozen):
    """A mark that was put in, and how it reads in the file that was written."""

    scheme: str
    key: str
    key_id: str
    signpost: bool
    """True: everybody can read this mark and anybody can forge it."""
    payload: int | None
    """The record id; None for schemes that carry none."""
    strength: Strength
    p_marked: float | None = Field(ge=0, le=1)
    p_payload: float | None = Field(default=None, ge=0, le=1)
    marked_s: float = Field(ge=0)
    """Seconds of the written file in which the mark was read back."""
    detectability: float | None = Field(ge=0, le=1)
    """Where the mark's margin, as it reads now, lies between bare (0) and sure (1); None for the schemes of
    others, which have no such scale."""


class SignedAs(Frozen):
    """The Content Credentials of a marked file, as they were read back."""

    state: str
    """"trusted" or "untrusted": whether this user's trust list has the signer's authority."""
    signer: str | None
    manifest_id: str | None
    sidecar: str | None
    """Name of the file beside it that holds them, where its format cannot."""


class MarkRecord(Document):
    """A file was marked, written, read back from the disk and found to carry its marks."""

    schema_: Literal["earwitness.mark/1"] = Field(default="earwitness.mark/1", alias="schema")
    source: FileFacts
    """The file that came in."""
    file: FileFacts
    """The file that was written."""
    marks: tuple[MadeMark, ...]
    record_id: str | None = None
    """Of its record in the registry; None where none was kept."""
    credentials: SignedAs | None = None
    labels: tuple[str, ...] = ()
    """Whose rules labels were written for: eu, california, china."""
    left_out: tuple[str, ...] = ()
    """What could have been done beside the mark and was not, and how to get it."""
    warnings: tuple[str, ...] = ()


class FoundSpan(Frozen):
    """A stretch that carries a mark, in seconds from the start."""

    start_s: float
    end_s: float


class FoundMark(Frozen):
    """What one key read. "Marked" and "verified" are two statements, each with its own p-value."""

    scheme: str
    key: str
    key_id: str
    key_state: KeyState
    signpost: bool
    proof: bool
    """A verified mark of a private key that was not revoked: only its owner can have made it."""
    marked: bool
    p_marked: float | None = Field(ge=0, le=1)
    """Probability that audio without a mark of this key looks at least like this; None where nobody has
    measured it."""
    verified: bool
    payload: int | None
    """The record id; of schemes without keys what was decoded, which nothing proves."""
    p_payload: float | None = Field(default=None, ge=0, le=1)
    """Probability that audio without a mark of this key gives any payload that verifies."""
    spans: tuple[FoundSpan, ...] = ()
    speed: float = 1.0
    pitch: float = 1.0
    score: float | None = Field(default=None, ge=0, le=1)
    """What a scheme's network says of its own mark; None for schemes without one."""


class Verification(Document):
    """Everything that was read in one file. The first fields are those of the weightiest mark."""

    schema_: Literal["earwitness.verification/1"] = Field(default="earwitness.verification/1", alias="schema")
    file: FileFacts
    marked: bool
    verified: bool
    proof: bool
    scheme: str | None
    key: str | None
    payload: int | None
    p_value: float | None = Field(ge=0, le=1)
    """Of the weightiest mark: of its payload where verified, else of "marked"; times the keys tried."""
    spans: tuple[FoundSpan, ...] = ()
    sentence: str
    cannot_tell: str
    schemes: tuple[str, ...] = ("default",)
    """Names of the watermark schemes that were looked for."""
    keys_tried: int = Field(ge=0)
    search: Search
    marks: tuple[FoundMark, ...] = ()
    """Every mark that was found."""
    warnings: tuple[str, ...] = ()
