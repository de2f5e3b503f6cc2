"""What the registry of marked and generated items keeps, and what it can be asked.

A mark in a recording holds 32 bits, its payload; they are drawn at random when it is made. The registry
turns key and payload into the record: what was marked, when, by what, with which credentials. It is only
ever added to. The registry itself belongs to provenance (``earwitness.registries``).
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol, cast

from earwitness import plugins
from earwitness.errors import UsageError
from earwitness.fingerprints import Fingerprint, Likeness
from earwitness.marks import KEY_ID_DIGITS, Search

__all__ = ["Entry", "Match", "Record", "Registry", "RegistryAudit", "load_registry"]

PAYLOAD_BITS = 32
MAX_TEXT = 500
MAX_LABELS = 64
MAX_MANIFEST_BYTES = 16 << 20
MAX_FINGERPRINT_BYTES = 64 << 20
_SHA256 = re.compile(r"[0-9a-f]{64}")
_KEY_ID = re.compile(f"[0-9a-f]{{{KEY_ID_DIGITS}}}")


def _new_id() -> str:
    return str(uuid.uuid4())


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One marked or generated item. Nothing here is personal unless somebody writes it into a text.

    content_sha256: of the file as it was given out, 64 lower-case hex digits.
    payload: what its marks carry, 0 .. 2**32 - 1; None for an item without a mark. key_ids: of those marks.
    scheme: of the marks, e.g. "patchwork-1". signer: who signed its credentials.
    generator, generator_version: what made the sound. manifest: its credentials as bytes, manifest_type their
    media type. labels: free, name to text. record_id: a UUID. created: ISO 8601, UTC.
    Raises UsageError for values outside of this.
    """

    content_sha256: str
    payload: int | None = None
    key_ids: tuple[str, ...] = ()
    scheme: str | None = None
    fingerprint: Fingerprint | None = field(default=None, repr=False)
    signer: str | None = None
    generator: str | None = None
    generator_version: str | None = None
    manifest: bytes | None = field(default=None, repr=False)
    manifest_type: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    record_id: str = field(default_factory=_new_id)
    created: str = field(default_factory=_now)

    def __post_init__(self) -> None:
        problem = _problem(self)
        if problem:
            raise UsageError(f"this cannot be a record: {problem}.", subject=str(self.record_id)[:80])


@dataclass(frozen=True, slots=True)
class Entry:
    """A record as it stands in the registry. number: 1, 2, 3, ... in the order of adding.

    chain: 64 hex digits, a hash over this record and the chain of the entry before it: whoever knows the
    chain of one entry can tell whether anything up to it was changed.
    """

    number: int
    record: Record
    chain: str


@dataclass(frozen=True, slots=True)
class Match:
    """A record whose fingerprint is like that of the recording in hand."""

    entry: Entry
    likeness: Likeness


@dataclass(frozen=True, slots=True)
class RegistryAudit:
    """What going through the whole history found. problems: plain sentences, at most 100 of them.

    entries: how many there are. head: the chain of the last one ("" for an empty registry).
    """

    entries: int
    head: str
    problems: tuple[str, ...] = ()

    @property
    def clean(self) -> bool:
        """True when nothing shows that history was changed."""
        return not self.problems


class Registry(Protocol):
    """A registry, open. Several processes may add to it at once. Raises the RegistryError family."""

    @property
    def place(self) -> str:
        """Where it lies, without a password, for messages."""

    def reserve(self, key_ids: tuple[str, ...]) -> int:
        """Draw a payload that no mark of these keys had before, and keep it for one record."""

    def add(self, record: Record) -> Entry:
        """Append a record. The very same record again is no error and adds nothing.

        Raises RecordConflictError when its id, or its payload under one of its keys, belongs to another.
        """

    def get(self, record_id: str) -> Entry:
        """The record of this id. Raises RecordNotFoundError."""

    def by_mark(self, key_id: str, payload: int) -> Entry | None:
        """The record that a mark points to."""

    def by_manifest(self, manifest_id: str) -> Entry | None:
        """The record that keeps the credentials whose active manifest has this id; the first of several."""

    def by_content(self, sha256: str) -> tuple[Entry, ...]:
        """Records of exactly this file, oldest first."""

    def by_fingerprint(
        self, heard: Fingerprint, *, most: int = 10, search: Search = Search.HINT
    ) -> tuple[Match, ...]:
        """Records of the same recording, the likest first."""

    def entries(self, *, start: int = 1, newest_first: bool = False) -> Iterator[Entry]:
        """Entries from this number on, in order; or, newest first, down to it."""

    def audit(self, known_heads: Mapping[int, str] | None = None) -> RegistryAudit:
        """Recompute the whole history. known_heads: chains noted earlier, by number of the entry."""


def load_registry(place: str | None = None, *, create: bool = True) -> AbstractContextManager[Registry]:
    """The registry of this user, or the one at ``place`` (a file or a postgresql:// address), as a context.

    create: make it when it does not exist; otherwise RegistryAbsentError is raised. Raises PluginError,
    MissingDependencyError and the RegistryError family.
    """
    opened = cast("Callable[..., AbstractContextManager[Registry]]", plugins.load(plugins.REGISTRIES))
    return opened(place, create=create)


def _problem(record: Record) -> str | None:
    """What is wrong with it, the first thing found."""
    method = None if record.fingerprint is None else record.fingerprint.method
    texts = (
        record.scheme,
        record.signer,
        record.generator,
        record.generator_version,
        record.manifest_type,
        method,
    )
    labels = [text for pair in record.labels.items() for text in pair]
    checks = (
        (_is_uuid(record.record_id), "its id is no UUID in lower case"),
        (_is_time(record.created), "its time is no ISO 8601 time in UTC"),
        (_SHA256.fullmatch(record.content_sha256), "content_sha256 is not 64 lower-case hex digits"),
        (
            # 7.0 and True would be kept as 7 and 1, and the hash chain would no longer fit.
            record.payload is None or (type(record.payload) is int and 0 <= record.payload < 2**PAYLOAD_BITS),
            f"its payload does not fit into {PAYLOAD_BITS} bits",
        ),
        (
            (record.payload is None) == (not record.key_ids),
            "payload and key ids need each other",
        ),
        (
            all(map(_KEY_ID.fullmatch, record.key_ids)),
            f"a key id is not {KEY_ID_DIGITS} hex digits",
        ),
        (len(set(record.key_ids)) == len(record.key_ids), "a key id is there twice"),
        (len(record.labels) <= MAX_LABELS, f"it has more than {MAX_LABELS} labels"),
        (
            all(text is None or (text and len(text) <= MAX_TEXT) for text in (*texts, *labels)),
            f"a text is empty or longer than {MAX_TEXT} characters",
        ),
        (_storable((*texts, *labels)), "a text holds a character that cannot be stored"),
        (len(record.manifest or b"") <= MAX_MANIFEST_BYTES, "its manifest is too large"),
        (
            record.fingerprint is None or len(record.fingerprint.data) <= MAX_FINGERPRINT_BYTES,
            "its fingerprint is too large",
        ),
        (
            record.fingerprint is None or 0 <= record.fingerprint.duration_s < float("inf"),
            "its fingerprint has an impossible duration",
        ),
    )
    return next((problem for fine, problem in checks if not fine), None)


def _is_uuid(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text
    except (ValueError, AttributeError, TypeError):
        return False


def _is_time(text: str) -> bool:
    try:
        moment = datetime.fromisoformat(text)
    except (ValueError, TypeError):
        return False
    return moment.utcoffset() is not None and not moment.utcoffset() and len(text) <= MAX_TEXT


def _storable(texts: tuple[str | None, ...]) -> bool:
    """PostgreSQL keeps no NUL, and lone surrogates are no UTF-8."""
    joined = "".join(text for text in texts if text)
    return "\x00" not in joined and not any("\ud800" <= character <= "\udfff" for character in joined)
