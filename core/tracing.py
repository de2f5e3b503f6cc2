"""The whole story of a file: what it carries, what a registry knows of it, and what is missing.

Nothing is asked of anybody else: marks are read with this user's keys, credentials checked against this
user's trust list, records looked up in this user's registry.
"""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, BinaryIO, TypeVar

from earwitness.audio import open_audio
from earwitness.credentials import CredentialReport, Credentials, CredentialState, load_credentials
from earwitness.errors import MissingDependencyError, RegistryAbsentError
from earwitness.fingerprints import Fingerprint, load_fingerprints
from earwitness.key_rings import Keys
from earwitness.labels import FoundLabels, load_labels
from earwitness.mark_report import FoundMark, Verification
from earwitness.marks import Search
from earwitness.origin import By, Comparison, Heard, Lead, Origin, bound_leads, find_origins
from earwitness.records import load_registry
from earwitness.resolvers import load_resolvers, names_binding
from earwitness.soft_bindings import bindings_of
from earwitness.source import readable_again
from earwitness.verifying import verify

__all__ = ["SCHEMA", "Trace", "origin_dict", "take_fingerprint", "trace"]

SCHEMA = "earwitness.trace/1"
_BLOCK_S = 10.0
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Trace:
    """Everything that was found out about one file.

    credentials, labels: None where nothing here can read them (the extra ``provenance`` is missing).
    origins: records, the weightiest first. registry: where it lies; None when there is none.
    missing: what one would expect and is not there, in plain sentences. sentence: the short of it.
    fetched: credentials that other people's resolvers gave for the marks; () when nobody was asked.
    """

    verification: Verification
    credentials: CredentialReport | None
    labels: FoundLabels | None
    origins: tuple[Origin, ...]
    registry: str | None
    missing: tuple[str, ...]
    sentence: str
    warnings: tuple[str, ...] = ()
    fetched: tuple[CredentialReport, ...] = ()

    @property
    def transferred(self) -> bool:
        """True when a mark, or the file's credentials, belong to another recording."""
        return any(origin.comparison is Comparison.TRANSFERRED for origin in self.origins)

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON types."""
        return {
            "schema": SCHEMA,
            "file": self.verification.to_dict()["file"],
            "sentence": self.sentence,
            "transferred": self.transferred,
            "marks": self.verification.to_dict()["marks"],
            "credentials": None if self.credentials is None else self.credentials.to_dict(),
            "labels": None if self.labels is None else self.labels.to_dict(),
            "registry": self.registry,
            "origins": [origin_dict(origin) for origin in self.origins],
            "fetched": [report.to_dict() for report in self.fetched],
            "missing": list(self.missing),
            "warnings": [*self.verification.warnings, *self.warnings],
        }

    def to_json(self, *, indent: int | None = None) -> str:
        """As JSON text: one line, or indented."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=indent)


def origin_dict(origin: Origin) -> dict[str, Any]:
    """A record and how the sound in hand compares to it, as plain JSON types; no bytes of fingerprints."""
    record = origin.entry.record
    return {
        "by": str(origin.by),
        "comparison": str(origin.comparison),
        "sentence": origin.sentence,
        "cannot_tell": origin.cannot_tell,
        "key": origin.key,
        "signpost": origin.signpost,
        "likeness": None if origin.likeness is None else dataclasses.asdict(origin.likeness),
        "record": {
            "id": record.record_id,
            "number": origin.entry.number,
            "created": record.created,
            "content_sha256": record.content_sha256,
            "payload": record.payload,
            "key_ids": list(record.key_ids),
            "scheme": record.scheme,
            "signer": record.signer,
            "generator": record.generator,
            "generator_version": record.generator_version,
            "labels": dict(record.labels),
        },
        "credentials": None if origin.credentials is None else origin.credentials.to_dict(),
    }


def trace(
    source: str | os.PathLike[str],
    *,
    registry: str | None = None,
    search: Search | str = Search.HINT,
    keys: Keys | None = None,
    sidecar: str | os.PathLike[str] | None = None,
    resolve: bool = False,
    max_seconds: float | None = None,
) -> Trace:
    """Find out all that can be found out about a file, without asking anybody unless ``resolve``.

    registry: a file or an address; this user's if None. search: how far to look for marks, and for the same
    sound, at other speeds and pitches. keys: another ring than this user's. sidecar: credentials that lie in
    a .c2pa file. resolve: ask the resolvers that this user has named for the credentials of its marks; they
    learn what a mark carries, never the sound. Raises the classes of ``earwitness.errors``; what is absent is
    no error, a registry that was named and does not exist is one.
    """
    notes: list[str] = []
    with readable_again(source) as (again, name):
        found = verify(again, search=search, keys=keys, name=name, max_seconds=max_seconds)
        reader = _optional(load_credentials, notes)
        held = None if reader is None else reader.read(again, sidecar=sidecar, name=name)
        label_reader = _optional(load_labels, notes)
        labels = None if label_reader is None else label_reader.read(again, name=name)
        heard = Heard(found.file.sha256, take_fingerprint(again, max_seconds=max_seconds))
    leads = (*_leads(found.marks), *bound_leads(() if held is None else held.soft_bindings))
    place, origins = _origins(heard, leads, registry, reader, Search(search), notes)
    fetched = _fetched(found, held, reader, notes) if resolve and reader is not None else ()
    return Trace(
        found,
        held,
        labels,
        origins,
        place,
        _missing(found, held, labels, origins, place),
        _sentence(found, held, origins),
        tuple(dict.fromkeys(notes)),
        fetched,
    )


def take_fingerprint(
    source: str | os.PathLike[str] | BinaryIO, *, max_seconds: float | None = None
) -> Fingerprint:
    """The fingerprint of a file's sound. Raises what opening a file raises."""
    with open_audio(source, max_seconds=max_seconds) as stream:
        maker = load_fingerprints().maker(stream.sample_rate, stream.channels)
        for block in stream.blocks(_BLOCK_S):
            maker.push(block.samples)
        return maker.finish()


def _leads(marks: tuple[FoundMark, ...]) -> tuple[Lead, ...]:
    return tuple(
        Lead(
            By.MARK,
            mark.key_id,
            mark.payload,
            mark.key,
            mark.signpost,
            sum(span.end_s - span.start_s for span in mark.spans),
        )
        for mark in marks
        if mark.verified and mark.payload is not None
    )


def _optional(load: Callable[[], _T], notes: list[str]) -> _T | None:
    try:
        return load()
    except MissingDependencyError as error:
        notes.append(str(error))
        return None


def _fetched(
    found: Verification, held: CredentialReport | None, reader: Credentials, notes: list[str]
) -> tuple[CredentialReport, ...]:
    """What resolvers have for the marks: only credentials that name the very mark themselves."""
    resolvers = load_resolvers()
    if not resolvers.addresses:
        notes.append("No resolver is named: set EARWITNESS_RESOLVERS to the addresses of those to be asked.")
        return ()
    answer = resolvers.resolve([*bindings_of(found), *(() if held is None else held.soft_bindings)])
    notes += answer.problems
    reports = []
    for item in answer.found:
        report = reader.restore(item.manifest, name=item.manifest_id)
        if names_binding(report, item.binding):
            reports.append(report)
        else:
            notes.append(f"{item.resolver} answered with credentials that do not name the mark.")
    return tuple(reports)


def _origins(
    heard: Heard,
    leads: tuple[Lead, ...],
    registry: str | None,
    reader: Credentials | None,
    search: Search,
    notes: list[str],
) -> tuple[str | None, tuple[Origin, ...]]:
    try:
        with load_registry(registry, create=False) as opened:
            return opened.place, find_origins(heard, leads, opened, credentials=reader, search=search)
    except RegistryAbsentError:
        if registry is not None:
            raise
        return None, ()
    except MissingDependencyError as error:
        notes.append(str(error))
        return None, ()


def _missing(
    found: Verification,
    held: CredentialReport | None,
    labels: FoundLabels | None,
    origins: tuple[Origin, ...],
    place: str | None,
) -> tuple[str, ...]:
    absent = held is not None and held.state is CredentialState.ABSENT
    kept = any(origin.credentials is not None for origin in origins)
    checks = (
        (not found.marked, "No mark of your keys: it never had one, or it was removed or destroyed."),
        (
            absent and kept,
            "The file holds no credentials, though it once had some: they were taken off, or lost when it "
            "was re-encoded.",
        ),
        (absent and not kept, "No credentials."),
        (labels is not None and not labels.any, "No label that says AI-generated in the file's metadata."),
        (place is None, "No registry to look into."),
        (
            place is not None and not origins,
            "The registry has no record of this file, mark or sound.",
        ),
    )
    return tuple(text for applies, text in checks if applies)


def _sentence(found: Verification, held: CredentialReport | None, origins: tuple[Origin, ...]) -> str:
    """The weightiest of what was found."""
    if origins:
        return origins[0].sentence
    if found.verified or found.marked:
        return found.sentence
    if held is not None and held.state is not CredentialState.ABSENT:
        return held.sentence
    return "Nothing here says where this recording comes from."
