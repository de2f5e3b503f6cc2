"""Reading marks: in a file that is given to ``verify``, and beside the detector in a check."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import BinaryIO

from earwitness.audio import open_audio
from earwitness.choices import chosen
from earwitness.errors import KeyNotFoundError, UsageError
from earwitness.key_rings import KeyInfo, Keys, KeyState, MarkFinding, load_ring
from earwitness.mark_report import FoundMark, FoundSpan, Verification
from earwitness.mark_wording import ABSENT_CANNOT_TELL, absent_sentence, cannot_tell, sentence, weightiest
from earwitness.marks import MarkKey, MarkReader, Reading, Search
from earwitness.report import FileFacts
from earwitness.samples import Float32
from earwitness.schemes import load_scheme

__all__ = ["MarkSearch", "verify"]

_BLOCK_S = 10.0


class MarkSearch:
    """Looks for the marks of some keys in one recording (or one channel of it) as it streams by.

    ring: knows the keys. schemes: plug-in names. name: only keys of this name.
    Raises KeyNotFoundError, KeyFileError and PluginError.
    """

    def __init__(
        self,
        ring: Keys,
        rate: int,
        channels: int,
        *,
        search: Search = Search.HINT,
        schemes: Sequence[str] = ("default",),
        name: str | None = None,
        channel: int | None = None,
    ) -> None:
        self._ring = ring
        self._channel = channel
        self._readers: list[MarkReader] = []
        self.keys_tried = 0
        keys = ring.keys_for_reading(name)
        for wanted in schemes:
            scheme = load_scheme(wanted)
            used: tuple[MarkKey, ...] = keys if scheme.needs_key else ()
            self.keys_tried += max(1, len(used))
            self._readers.append(scheme.reader(used, rate, channels, search))

    def push(self, samples: Float32) -> None:
        """Take the next samples, shape (channels, n)."""
        for reader in self._readers:
            reader.push(samples)

    def finish(self) -> tuple[MarkFinding, ...]:
        """What each key read, found or not."""
        return tuple(
            MarkFinding(reading, _key_info(self._ring, reading), self._channel)
            for reader in self._readers
            for reading in reader.finish()
        )


def verify(
    source: str | os.PathLike[str] | BinaryIO,
    *,
    key: str | None = None,
    search: Search | str = Search.HINT,
    schemes: Sequence[str] = ("default",),
    keys: Keys | None = None,
    name: str | None = None,
    max_seconds: float | None = None,
) -> Verification:
    """Read the marks in a recording.

    source: a path or a binary stream; name: what results call it. key: only the keys of this name (all of
    the ring otherwise, and the signpost). schemes: names of watermark schemes, see
    :func:`earwitness.schemes.scheme_names`. search: see :class:`earwitness.marks.Search`. keys: another ring
    than this user's. Raises the classes of ``earwitness.errors``; no mark is no error.
    """
    _refuse_schemes(schemes, key)
    ring = load_ring() if keys is None else keys
    depth = chosen(Search, search, "search")
    ring.keys_for_reading(key)  # an unknown key is told before a long file is read
    with open_audio(source, name=name, max_seconds=max_seconds) as stream:
        looking = MarkSearch(
            ring, stream.sample_rate, stream.channels, search=depth, schemes=schemes, name=key
        )
        for block in stream.blocks(_BLOCK_S):
            looking.push(block.samples)
        findings = looking.finish()
        facts, warnings = stream.facts(), stream.warnings
    found = _verification(facts, findings, looking.keys_tried, depth, warnings)
    return found.model_copy(update={"schemes": tuple(schemes)})


def _refuse_schemes(schemes: Sequence[str], key: str | None) -> None:
    if not schemes:
        raise UsageError("no watermark scheme to look for is named.")
    if key is not None and not any(load_scheme(name).needs_key for name in schemes):
        raise UsageError(
            f"marks of {' and '.join(schemes)} are read without keys.", subject="--key", hint="Leave it out."
        )


def _key_info(ring: Keys, reading: Reading) -> KeyInfo:
    try:
        return ring.info(reading.key_id)
    except KeyNotFoundError:  # a scheme without keys: everybody with the package can read and forge its marks
        return KeyInfo(reading.key, reading.key_id, KeyState.PUBLISHED, True, "package")


def _verification(
    facts: FileFacts,
    findings: Iterable[MarkFinding],
    keys_tried: int,
    search: Search,
    warnings: tuple[str, ...],
) -> Verification:
    findings = tuple(findings)
    best = weightiest(findings)
    marks = tuple(_found(f) for f in findings if f.reading.marked or f.reading.verified)
    if best is None:
        known = [f.reading.p_marked for f in findings if f.reading.p_marked is not None]
        smallest = min(known, default=None)
        return Verification(
            file=facts,
            marked=False,
            verified=False,
            proof=False,
            scheme=None,
            key=None,
            payload=None,
            p_value=None if smallest is None else min(1.0, smallest * keys_tried),
            sentence=absent_sentence(keys_tried),
            cannot_tell=ABSENT_CANNOT_TELL,
            keys_tried=keys_tried,
            search=search,
            warnings=warnings,
        )
    reading = best.reading
    p = reading.p_payload if reading.verified and reading.p_payload is not None else reading.p_marked
    return Verification(
        file=facts,
        marked=reading.marked,
        verified=reading.verified,
        proof=best.proof,
        scheme=reading.scheme,
        key=reading.key,
        payload=reading.payload,
        p_value=None if p is None else min(1.0, p * keys_tried),
        spans=_spans(reading),
        sentence=sentence(best),
        cannot_tell=cannot_tell(best),
        keys_tried=keys_tried,
        search=search,
        marks=marks,
        warnings=warnings,
    )


def _found(finding: MarkFinding) -> FoundMark:
    reading = finding.reading
    return FoundMark(
        scheme=reading.scheme,
        key=reading.key,
        key_id=reading.key_id,
        key_state=finding.key.state,
        signpost=reading.signpost,
        proof=finding.proof,
        marked=reading.marked,
        p_marked=reading.p_marked,
        verified=reading.verified,
        payload=reading.payload,
        p_payload=reading.p_payload,
        spans=_spans(reading),
        speed=reading.speed,
        pitch=reading.pitch,
        score=reading.score,
    )


def _spans(reading: Reading) -> tuple[FoundSpan, ...]:
    return tuple(
        FoundSpan(start_s=round(span.start_s, 3), end_s=round(span.end_s, 3)) for span in reading.spans
    )
