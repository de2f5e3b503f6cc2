"""Which of the registry's credentials belong to a soft binding or to a recording: for the resolution API.

As the C2PA Soft Binding Resolution API has it: ids of manifests, and how strong a match each one is. Records
that keep no credentials are not told about.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from earwitness.audio import open_audio
from earwitness.credentials import SoftBinding
from earwitness.errors import (
    KeyFileError,
    RecordNotFoundError,
    RegistryAbsentError,
    RegistryBusyError,
    RegistryError,
    UsageError,
)
from earwitness.fingerprints import load_fingerprints
from earwitness.key_rings import load_ring
from earwitness.manifest_store import active_manifest_id
from earwitness.origin import Comparison, Heard, Lead, Origin, bound_leads, find_origins, mark_leads
from earwitness.records import Entry, Registry, load_registry
from earwitness.schemes import load_scheme
from earwitness.soft_bindings import NAMESPACE, algorithm_of, unbind
from earwitness.verifying import MarkSearch

__all__ = [
    "EXACT",
    "Algorithms",
    "FoundManifest",
    "by_binding",
    "by_content",
    "entry_of_manifest",
    "entry_of_record",
    "parse_binding",
    "supported",
]

EXACT = 100
_MOST = 99
_NOTHING_ALIKE = 0
_BLOCK_S = 10.0
MOST_VALUE_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class Algorithms:
    """Names of soft binding algorithms that can be asked about."""

    watermarks: tuple[str, ...]
    fingerprints: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FoundManifest:
    """manifest_id: of the active manifest of the credentials.

    score: how strong a match it is, 0 .. 100; None where nothing was compared. 100: the very soft binding,
    or the very file. To 99: -10 times the logarithm to base 10 of the probability that other sound is like
    the record's by chance. 0: the mark leads there, but the sound is another one's.
    """

    manifest_id: str
    score: int | None


def supported(schemes: Sequence[str]) -> Algorithms:
    """What can be asked about where these watermark schemes are offered. Raises PluginError."""
    loaded = [load_scheme(name) for name in schemes]
    named = dict.fromkeys(algorithm_of(scheme.name) for scheme in loaded if scheme.needs_key)
    return Algorithms(tuple(named), (algorithm_of(load_fingerprints().name),))


def parse_binding(algorithm: str, value: str) -> SoftBinding:
    """The soft binding of a query. value: base64. Raises UsageError when it is not."""
    try:
        data = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raise UsageError("this is not base64.", subject="value") from None
    if not 0 < len(data) <= MOST_VALUE_BYTES:
        raise UsageError(f"it must hold 1 to {MOST_VALUE_BYTES:,} bytes.", subject="value")
    return SoftBinding(algorithm, data)


def by_binding(place: str | None, binding: SoftBinding) -> tuple[FoundManifest, ...]:
    """Credentials of the record that a mark leads to. place: of the registry; this user's if None.

    Raises UsageError for an algorithm that is none of our watermarks, RegistryError.
    """
    mark = unbind(binding)
    if mark is None:
        raise UsageError(
            "no mark of this algorithm and value can be looked up here.",
            subject=binding.algorithm[:80],
            hint=f"Watermarks {NAMESPACE}*, 8 bytes, can; send recordings to /matches/byContent.",
        )
    scheme, key_id, payload = mark
    with _opened(place) as registry:
        entry = None if registry is None else registry.by_mark(key_id, payload)
    if entry is None or entry.record.scheme not in (None, scheme):
        return ()
    return _found([(entry, EXACT)])


def by_content(
    place: str | None,
    path: str,
    name: str,
    *,
    schemes: Sequence[str],
    fingerprint: bool = True,
    hint: SoftBinding | None = None,
    signposts_only: bool = True,
    max_seconds: float | None = None,
) -> tuple[FoundManifest, ...]:
    """Credentials of the records that a recording's marks, its hash and its sound lead to, strongest first.

    schemes: plug-in names of the watermarks to read; fingerprint: whether the sound itself is looked up.
    hint: a soft binding that whoever asks has read. signposts_only: leave this user's private keys out.
    Raises what opening a file raises, KeyFileError and RegistryError, neither naming places.
    """
    heard, leads = _listen(path, name, schemes, signposts_only, max_seconds)
    leads = (*leads, *bound_leads([hint] if hint else []))
    with _opened(place) as registry:
        if registry is None:
            return ()
        origins = find_origins(heard, leads, registry, copies=fingerprint)
    return _found([(origin.entry, _score(origin)) for origin in origins])


def entry_of_manifest(place: str | None, manifest_id: str) -> Entry | None:
    """The record with these credentials. Raises RegistryError without naming the place."""
    with _opened(place) as registry:
        return None if registry is None else registry.by_manifest(manifest_id)


def entry_of_record(place: str | None, record_id: str) -> Entry | None:
    """The record of this id. Raises RegistryError without naming the place."""
    with _opened(place) as registry:
        try:
            return None if registry is None else registry.get(record_id)
        except RecordNotFoundError:
            return None


@contextlib.contextmanager
def _opened(place: str | None) -> Iterator[Registry | None]:
    """The registry for asking, None where there is none yet. Strangers do not learn where it lies."""
    try:
        with contextlib.ExitStack() as stack:
            try:
                registry = stack.enter_context(load_registry(place, create=False))
            except RegistryAbsentError:
                registry = None
            yield registry
    except RegistryBusyError:
        raise RegistryBusyError("the registry here does not answer.", hint="Try again later.") from None
    except RegistryError:
        raise RegistryError(
            "the registry here cannot be used.", hint="Its owner learns why by: earwitness registry audit"
        ) from None


def _listen(
    path: str, name: str, schemes: Sequence[str], signposts_only: bool, max_seconds: float | None
) -> tuple[Heard, tuple[Lead, ...]]:
    """Hash, fingerprint and marks of a recording, in one go."""
    keyed = [one for one in schemes if load_scheme(one).needs_key]
    with open_audio(path, name=name, max_seconds=max_seconds) as stream:
        maker = load_fingerprints().maker(stream.sample_rate, stream.channels)
        try:
            ring = load_ring(signposts_only=signposts_only)
            marks = MarkSearch(ring, stream.sample_rate, stream.channels, schemes=keyed)
        except KeyFileError as error:
            raise KeyFileError(error.message) from None
        for block in stream.blocks(_BLOCK_S):
            maker.push(block.samples)
            marks.push(block.samples)
        findings = marks.finish()
        return Heard(stream.facts().sha256, maker.finish()), mark_leads(findings)


def _score(origin: Origin) -> int | None:
    if origin.comparison is Comparison.SAME:
        return EXACT
    if origin.comparison is Comparison.TRANSFERRED:
        return _NOTHING_ALIKE
    if origin.comparison is Comparison.SAME_SOUND and origin.likeness is not None:
        p = origin.likeness.p_value
        return _MOST if p <= 0 else max(0, min(_MOST, round(-10 * math.log10(p))))
    return None


def _found(entries: Sequence[tuple[Entry, int | None]]) -> tuple[FoundManifest, ...]:
    """Each manifest once, the strongest first; matches that nobody compared before those without likeness."""
    best: dict[str, int | None] = {}
    for entry, score in entries:
        manifest_id = None if entry.record.manifest is None else active_manifest_id(entry.record.manifest)
        if manifest_id is not None and (manifest_id not in best or (best[manifest_id] or 0) < (score or 0)):
            best[manifest_id] = score
    ranked = sorted(best.items(), key=lambda one: -(0.5 if one[1] is None else one[1]))
    return tuple(FoundManifest(manifest_id, score) for manifest_id, score in ranked)
