"""Giving out a marked file as one act: watermark, labels, credentials and record, all of them or none.

The way of the act: steps decided and certificate looked at -> journal -> a payload from the registry ->
watermark -> labels -> credentials that name the mark -> everything read back from the disk -> the record
(from here on the act has happened) -> the file into its place. A crash before the record undoes it, a crash
after it finishes it, whenever the next act begins (``earwitness.journal``).
"""

from __future__ import annotations

import contextlib
import os
import secrets
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from earwitness import journal
from earwitness.audio import open_audio
from earwitness.credentials import Claim, Credentials, SignedFile
from earwitness.errors import (
    EarWitnessError,
    MarkNotReadBackError,
    RecordNotFoundError,
    RegistryAbsentError,
    TargetError,
)
from earwitness.fingerprints import Fingerprint, load_fingerprints
from earwitness.key_rings import Keys
from earwitness.labels import LabelRequest, load_labels
from earwitness.mark_report import MarkRecord, SignedAs
from earwitness.marking import choose_keys, mark
from earwitness.marks import MarkKey, Search, Strength, Watermark
from earwitness.publish_steps import Steps, decided, program
from earwitness.records import PAYLOAD_BITS, Record, Registry, load_registry
from earwitness.report import FileFacts
from earwitness.schemes import load_scheme
from earwitness.soft_bindings import bind
from earwitness.target import refuse_target

__all__ = ["publish", "recover"]

_BLOCK_S = 10.0
_DRAWS = 50
_MANIFEST_TYPE = "application/c2pa"

SIGNED = "signed"  # folder in the act's folder

Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class _Marking:
    """What is to be done. using: keys that mark. options: for the watermark. parent: whose credentials and
    labels are kept as its origin."""

    origin: Path
    target: Path
    watermark: Watermark
    using: tuple[MarkKey | None, ...]
    steps: Steps
    signer: Credentials | None
    options: dict[str, Any]
    parent: Path

    @property
    def key_ids(self) -> tuple[str, ...]:
        """Of all keys that mark."""
        return tuple(one.key_id for one in self.using if one is not None)


@dataclass(frozen=True, slots=True)
class _Made:
    """What lies in the act's folder, finished, and what was read back from it."""

    marking: MarkRecord
    path: Path
    facts: FileFacts
    fingerprint: Fingerprint
    signed: SignedFile | None


def publish(
    source: str | os.PathLike[str],
    out: str | os.PathLike[str],
    *,
    steps: Steps | None = None,
    key: str | MarkKey | None = None,
    signpost: bool | None = None,
    payload: int | None = None,
    strength: Strength | str = Strength.DEFAULT,
    require: bool = False,
    scheme: str = "default",
    keys: Keys | None = None,
    name: str | None = None,
    parent: str | os.PathLike[str] | None = None,
    max_seconds: float | None = None,
    on_progress: Progress | None = None,
) -> MarkRecord:
    """Mark a recording, label, sign and record it, and put it at ``out`` when all of that is done.

    steps: what to do beside the mark. parent: the file that ``source`` was made from, whose credentials and
    labels are kept as its origin; ``source`` itself if None. The rest as for
    :func:`earwitness.marking.mark`; without a payload the registry draws one that none of these keys had
    before. Raises what the steps raise; then ``out`` is what it was, and nothing was recorded.
    """
    origin, target = Path(source), Path(out)
    watermark = load_scheme(scheme)
    using = choose_keys(watermark, key, signpost, keys)
    todo, signer, left_out = decided(steps or Steps(), using)
    refuse_target(target, origin)
    options: dict[str, Any] = {
        "key": key, "signpost": signpost, "strength": strength, "require": require, "scheme": scheme,
        "disclose": todo.disclose, "keys": keys, "name": name, "max_seconds": max_seconds,
        "on_progress": on_progress,
    }  # fmt: skip
    if todo.only_mark:  # one file and one rename: nothing to keep a journal for
        alone = mark(origin, target, payload=payload, **options)
        return alone.model_copy(update={"left_out": tuple(left_out)})
    made_from = origin if parent is None else Path(parent)
    marking = _Marking(origin, target, watermark, tuple(using), todo, signer, options, made_from)
    # What an earlier one left must not stop this one; mark --recover tells what cannot be settled.
    with contextlib.suppress(EarWitnessError):
        recover()
    try:
        made, record_id = _act(marking, payload)
    except BaseException:
        # What is left of it is undone, or finished if its record was kept; the error is told all the same.
        with contextlib.suppress(EarWitnessError):
            recover()
        raise
    return _report(made, todo, record_id, left_out, target)


def _act(marking: _Marking, payload: int | None) -> tuple[_Made, str]:
    """The act itself; what was made, and the id of its record."""
    todo, target = marking.steps, marking.target
    record_id = str(uuid.uuid4())
    with contextlib.ExitStack() as stack:
        registry = stack.enter_context(load_registry(todo.registry)) if todo.record else None
        act = stack.enter_context(journal.begin(target))
        if payload is None and registry is not None and marking.key_ids:
            payload = _drawn(registry, marking)
        path = act.folder / target.name
        marked = mark(marking.origin, path, payload=payload, **marking.options)
        _label(todo, path, marking.parent, record_id)
        signed = None
        if marking.signer is not None:
            signed = _sign(todo, marking.signer, path, marking.parent, marked)
            path = path.parent / SIGNED / path.name
        made = _read_back(marking, marked, path, signed)
        moves = _moves(made, target, marking.signer)
        if registry is None:
            act.ready(moves)
        else:
            # An address is kept as it was given: the registry's own name for itself leaves the password out.
            place = todo.registry if "://" in registry.place else registry.place
            act.ready(moves, record_id, place)
            registry.add(_record(marking, made, record_id))
        act.finish()
    return made, record_id


def _drawn(registry: Registry, marking: _Marking) -> int | None:
    """A payload that none of these keys had before; None where the scheme carries none."""
    bits = marking.watermark.payload_bits
    if bits >= PAYLOAD_BITS:
        return registry.reserve(marking.key_ids)
    for _ in range(_DRAWS if bits else 0):
        payload = secrets.randbits(bits)
        if all(registry.by_mark(one, payload) is None for one in marking.key_ids):
            return payload
    return None  # all taken: the registry refuses the record, and says why


def _moves(made: _Made, target: Path, signer: Credentials | None) -> dict[Path, Path]:
    """Where what was made belongs. Raises TargetError for a side-car in the place of another file's."""
    place = target.resolve()
    sidecar = None if made.signed is None else made.signed.sidecar
    if sidecar is None or signer is None:
        return {made.path: place}
    beside = place.with_suffix(sidecar.suffix)
    # speech.ogg and speech.opus share one side-car: only that of the file which is replaced may be.
    if beside.exists() and not _fits(signer, place, beside):
        raise TargetError(
            "this side-car exists and belongs to another file.",
            subject=str(beside),
            hint="Give OUT another name.",
        )
    # First: the other order could leave a file without.
    return {sidecar: beside, made.path: place}


def _fits(signer: Credentials, path: Path, sidecar: Path) -> bool:
    try:
        return path.exists() and signer.read(path, sidecar=sidecar).state.intact
    except EarWitnessError:  # one of the two cannot be read
        return False


def recover(journal_folder: Path | None = None) -> tuple[journal.Recovered, ...]:
    """Finish or undo what crashed acts left behind. Raises the RegistryError family and TargetError."""

    def recorded(record_id: str, place: str | None) -> bool:
        try:
            with load_registry(place, create=False) as registry:
                registry.get(record_id)
        except (RegistryAbsentError, RecordNotFoundError):
            return False
        return True

    return journal.recover(recorded, journal_folder)


def _label(steps: Steps, path: Path, origin: Path, record_id: str) -> None:
    if not steps.labels:
        return
    labels = load_labels()
    system, version = program(steps.generator)
    labels.write(
        path,
        LabelRequest(
            regimes=steps.labels,
            item_id=record_id,
            producer=steps.producer or "",
            source=steps.source,
            system=system,
            system_version=version,
            earlier=labels.read(origin),
        ),
    )


def _sign(steps: Steps, signer: Credentials, path: Path, origin: Path, marking: MarkRecord) -> SignedFile:
    bindings = tuple(
        bind(one.scheme, one.key_id, one.payload)
        for one in marking.marks
        if one.key_id and one.payload is not None
    )
    folder = path.parent / SIGNED
    folder.mkdir(exist_ok=True)
    return signer.sign(
        path,
        folder / path.name,
        Claim(steps.source, agent=steps.generator, soft_bindings=bindings),
        certificate=steps.certificate,
        time_stamps=steps.time_stamps,
        parent=origin,
    )


def _read_back(marking: _Marking, marked: MarkRecord, path: Path, signed: SignedFile | None) -> _Made:
    """What the finished file says, decoded anew: its marks are still there, and its fingerprint."""
    keys = tuple(one for one in marking.using if one is not None)
    with open_audio(path, name=marking.target.name) as stream:
        reader = marking.watermark.reader(keys, stream.sample_rate, stream.channels, Search.NONE)
        maker = load_fingerprints().maker(stream.sample_rate, stream.channels)
        for block in stream.blocks(_BLOCK_S):
            reader.push(block.samples)
            maker.push(block.samples)
        readings, facts = reader.finish(), stream.facts()
    for made in marked.marks:
        mine = [one for one in readings if one.key_id == made.key_id]
        if not any(one.marked and one.payload == made.payload for one in mine):
            raise MarkNotReadBackError(
                "its mark is gone after it was labelled and signed; nothing was kept.",
                subject=str(marking.target),
                hint="Please report it; until then leave labels and credentials out.",
            )
    return _Made(marked, path, facts, maker.finish(), signed)


def _record(marking: _Marking, made: _Made, record_id: str) -> Record:
    steps = marking.steps
    generator, version = program(steps.generator)
    payload = next((one.payload for one in made.marking.marks if one.key_id), None)
    signed = made.signed
    return Record(
        record_id=record_id,
        content_sha256=made.facts.sha256,
        payload=payload,
        key_ids=() if payload is None else marking.key_ids,
        scheme=marking.watermark.name,
        fingerprint=made.fingerprint,
        signer=None if signed is None or signed.report.signer is None else signed.report.signer.name,
        generator=generator,
        generator_version=version,
        manifest=None if signed is None else signed.manifest,
        manifest_type=None if signed is None else _MANIFEST_TYPE,
        labels=dict(steps.notes),
    )


def _report(made: _Made, steps: Steps, record_id: str, left_out: Sequence[str], target: Path) -> MarkRecord:
    signed = made.signed
    seal = None
    if signed is not None:
        seal = SignedAs(
            state=str(signed.report.state),
            signer=None if signed.report.signer is None else signed.report.signer.name,
            manifest_id=signed.report.manifest_id,
            sidecar=None if signed.sidecar is None else target.with_suffix(signed.sidecar.suffix).name,
        )
    notes = (*made.marking.warnings, *(() if signed is None else signed.warnings))
    return made.marking.model_copy(
        update={
            "file": made.facts,
            "record_id": record_id if steps.record else None,
            "credentials": seal,
            "labels": tuple(str(one) for one in steps.labels),
            "left_out": tuple(left_out),
            "warnings": notes,
        }
    )
