"""What ``earwitness trace`` prints, saves and answers to the shell."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from earwitness.cli.console import PatientConsole, write_line
from earwitness.cli.exit_codes import ExitCode
from earwitness.credentials import CredentialState
from earwitness.errors import RecordNotFoundError
from earwitness.mark_wording import payload_text
from earwitness.origin import Comparison, Origin
from earwitness.target import replacing
from earwitness.tracing import Trace
from earwitness.wording import clean

__all__ = ["lines", "save", "show", "standing"]

_TRUE = (Comparison.SAME, Comparison.SAME_SOUND)


def standing(found: Trace) -> ExitCode:
    """What the exit code says."""
    if found.transferred:
        return ExitCode.INCONCLUSIVE
    if any(origin.comparison in _TRUE for origin in found.origins):
        return ExitCode.FINDING
    held = found.credentials
    something = found.verification.marked or bool(found.origins)
    something = something or (held is not None and held.state is not CredentialState.ABSENT)
    something = something or (found.labels is not None and found.labels.any)
    return ExitCode.INCONCLUSIVE if something else ExitCode.NOTHING_FOUND


def show(name: str, found: Trace, *, as_json: bool) -> None:
    """Print it."""
    if as_json:
        write_line(found.to_json())
        return
    from rich.text import Text

    out = PatientConsole()
    for line in lines(name, found):
        out.print(Text(clean(line)), soft_wrap=True)


def lines(name: str, found: Trace) -> Iterator[str]:
    """The story, a line at a time."""
    yield f"{name}: {found.sentence}"
    yield f"Mark: {found.verification.sentence}"
    for mark in found.verification.marks:
        if mark.verified:
            yield f"   {mark.key} ({mark.key_id}): record {payload_text(mark.payload)} ({mark.payload})"
    if found.credentials is not None:
        yield f"Credentials in the file: {found.credentials.sentence}"
        for item in found.credentials.ingredients:
            yield f"   made from: {item.title or item.manifest_id or 'something'} ({item.state})"
    if found.labels is not None and found.labels.any:
        kinds = [
            word
            for word, there in (
                ("AIGC (GB 45438-2025)", found.labels.aigc),
                ("a disclosure", found.labels.disclosure),
            )
            if there
        ]
        yield f"Labels in its metadata: {', '.join(kinds)}. Anybody can write and remove them."
    for index, origin in enumerate(found.origins):
        yield from _record(found, origin, told=index == 0)
    for report in found.fetched:
        yield f"From a resolver: {report.sentence}"
    for text in found.missing:
        yield f"Missing: {text}"
    for text in (*found.verification.warnings, *found.warnings):
        yield f"Warning: {text}"


def _record(found: Trace, origin: Origin, *, told: bool) -> Iterator[str]:
    record = origin.entry.record
    said = f"see above ({origin.comparison})" if told else origin.sentence
    yield f"Record {origin.entry.number} of {found.registry}: {said}"
    if origin.likeness is not None:
        like = origin.likeness
        changed = "" if like.speed == like.pitch == 1 else f", speed {like.speed:g}, pitch {like.pitch:g}"
        yield f"   sound: {like.agreeing} landmarks agree, p {like.p_value:.1g}{changed}"
    if record.labels:
        yield "   " + ", ".join(f"{key}: {value}" for key, value in record.labels.items())
    yield f"   Cannot tell: {origin.cannot_tell}"


def save(found: Trace, out: Path) -> None:
    """Write the first manifest that a record kept. Raises RecordNotFoundError, TargetError."""
    manifest = next((o.entry.record.manifest for o in found.origins if o.entry.record.manifest), None)
    if manifest is None:
        raise RecordNotFoundError("no record with credentials was found for it.", subject=str(out))
    with replacing(out) as aside:
        aside.write_bytes(manifest)
