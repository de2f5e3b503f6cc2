"""Reading Content Credentials: what they are worth, and what they say. No file makes this fail or crash."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

from earwitness.credentials import CredentialProblem, CredentialReport, CredentialState
from earwitness.errors import SourceUnreadableError
from earwitness.provenance import credential_json as parts
from earwitness.provenance import sdk
from earwitness.provenance.credential_wording import (
    cannot_tell,
    problem_sentence,
    restored_sentence,
    sentence,
)
from earwitness.provenance.media_types import MediaType, media_type
from earwitness.source import Source

__all__ = ["MAX_SIDECAR", "read_manifest", "read_report", "read_sidecar"]

MAX_SIDECAR = 64 << 20  # bytes; credentials are some kB, with thumbnails some hundred
_PIECE = 1 << 20
RESTORED = "registry"
"""The place of credentials that were kept apart from their file."""
HARD_BINDING = frozenset(
    {"assertion.dataHash.mismatch", "assertion.bmffHash.mismatch", "assertion.boxesHash.mismatch"}
)
_MANIFEST_TYPE = "application/c2pa"
_MANIFEST_START = b"jumdc2pa"  # the description box at the start of every manifest store
_OTHER_PLACE = "must fetch remote manifests from url "


def read_report(source: Source, sidecar: bytes | None, anchors: str) -> CredentialReport:
    """The report of an open file.

    sidecar: credentials from outside, used instead of what the file holds. anchors: PEM text of the
    authorities that are trusted, "" for none.
    """
    kind = media_type(source)
    if sidecar is None and (kind is None or not kind.embeds):
        return _report(source.name, kind, CredentialState.ABSENT)
    place = "embedded" if sidecar is None else "side-car"
    c2pa = sdk.load()
    source.file.seek(0)
    name = kind.name if kind else "application/octet-stream"
    try:
        with (
            sdk.open_context(anchors) as context,
            c2pa.Reader(name, source.file, sidecar, context=context) as reader,
        ):
            store = json.loads(reader.json())
            verdict = reader.get_validation_state()
    except c2pa.C2paError.ManifestNotFound:
        return _report(source.name, kind, CredentialState.ABSENT)
    except (c2pa.C2paError, ValueError, TypeError, RecursionError) as error:
        return _unreadable(source, kind, place, str(error))
    finally:
        source.file.seek(0)
    return _described(source.name, kind, place, store, verdict)


def read_sidecar(path: Path) -> bytes:
    """The bytes of a .c2pa file. Raises SourceUnreadableError."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_SIDECAR + 1)
    except OSError as error:
        raise SourceUnreadableError(
            f"the side-car cannot be read: {error.strerror}.", subject=str(path), hint="Check the path."
        ) from error
    if len(data) > MAX_SIDECAR:
        raise SourceUnreadableError(
            f"is larger than {MAX_SIDECAR >> 20} MB, which credentials never are.",
            subject=str(path),
            hint="Give the .c2pa file that belongs to the recording.",
        )
    return data


def read_manifest(manifest: bytes, name: str, anchors: str) -> CredentialReport:
    """The report of credentials without the file they were made for; whether they fit one is left out.

    name: what the report calls them. anchors: as for :func:`read_report`.
    """
    c2pa = sdk.load()
    try:
        with (
            sdk.open_context(anchors) as context,
            c2pa.Reader(_MANIFEST_TYPE, io.BytesIO(manifest), context=context) as reader,
        ):
            store = json.loads(reader.json())
    except (c2pa.C2paError, ValueError, TypeError, RecursionError) as error:
        cause = parts.text(str(error)) or "no reason given"
        problem = CredentialProblem("unreadable", None, f"{problem_sentence('unreadable')} ({cause})")
        return _report(name, None, CredentialState.INVALID, place=RESTORED, problems=(problem,))
    return _described(name, None, RESTORED, store, None)


def _described(
    name: str, kind: MediaType | None, place: str, store: Any, verdict: str | None
) -> CredentialReport:
    """What a store that could be read says."""
    store = parts.mapping(store)
    manifest = parts.active(store)
    results = parts.mapping(parts.mapping(store.get("validation_results")).get("activeManifest"))
    wrong = parts.problems(results)
    if place == RESTORED:
        # The sound is not there to be compared; everything else is judged as ever.
        wrong = tuple(problem for problem in wrong if problem.code not in HARD_BINDING)
        verdict = parts.verdict_of(results, wrong)
    state = parts.state_of({problem.code for problem in wrong}, verdict)
    made_from = parts.ingredients(store)
    doubtful = [
        item for item in made_from if item.state in (CredentialState.TAMPERED, CredentialState.INVALID)
    ]
    return _report(
        name,
        kind,
        state,
        place=place,
        manifest_id=parts.text(store.get("active_manifest")),
        title=parts.text(manifest.get("title")),
        signer=parts.signer(manifest),
        signed_at=parts.text(parts.mapping(manifest.get("signature_info")).get("time")),
        time_stamp=parts.time_stamp(results),
        generator=parts.generator(manifest),
        actions=parts.actions(manifest),
        soft_bindings=parts.soft_bindings(manifest),
        ingredients=made_from,
        problems=wrong,
        warnings=tuple(_doubt(item.state) for item in doubtful[:1]),
    )


def _doubt(state: CredentialState) -> str:
    what = "had been tampered with" if state is CredentialState.TAMPERED else "could not be checked"
    return f"Something that this file was made from came with credentials that {what}."


def _unreadable(source: Source, kind: MediaType | None, place: str, message: str) -> CredentialReport:
    """The library gave up: over an address it may not visit, over broken credentials, or a broken file."""
    _, found, url = message.partition(_OTHER_PLACE)
    if found:
        return _report(source.name, kind, CredentialState.REMOTE, remote_url=parts.text(url))
    if place == "embedded" and not _mentions_credentials(source):
        return _report(
            source.name,
            kind,
            CredentialState.ABSENT,
            warnings=("The file is damaged; no credentials were found in what there is of it.",),
        )
    cause = parts.text(message) or "no reason given"
    problem = CredentialProblem("unreadable", None, f"{problem_sentence('unreadable')} ({cause})")
    return _report(source.name, kind, CredentialState.INVALID, place=place, problems=(problem,))


def _mentions_credentials(source: Source) -> bool:
    """True when a manifest store starts somewhere in the file."""
    overlap = len(_MANIFEST_START) - 1
    at = 0
    while piece := source.peek(at, _PIECE + overlap):
        if _MANIFEST_START in piece:
            return True
        at += _PIECE
    return False


def _report(name: str, kind: MediaType | None, state: CredentialState, **facts: Any) -> CredentialReport:
    said = (restored_sentence if facts.get("place") == RESTORED else sentence)(
        state,
        facts.get("signer"),
        facts.get("actions", ()),
        facts.get("problems", ()),
        facts.get("ingredients", ()),
        facts.get("remote_url"),
    )
    return CredentialReport(
        name=name,
        media_type=kind.name if kind else None,
        state=state,
        sentence=said,
        cannot_tell=cannot_tell(state),
        **facts,
    )
