"""Labels in the metadata of sound files (entry point of ``earwitness.labels``).

Two fields. AIGC is the implicit label of China's GB 45438-2025. AI_DISCLOSURE is ours: California's law
names what its latent disclosure must say and the EU's code of practice wants a machine-readable statement
in the metadata, but neither names a field for sound. Both are plain text that anybody can write or remove:
what is signed are Content Credentials, what survives is the watermark.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from earwitness.digital_source import DigitalSource, says_generated
from earwitness.errors import LabelError, SourceUnreadableError, UsageError
from earwitness.labels import AigcLabel, FoundLabels, LabelRequest, LatentDisclosure, Regime
from earwitness.provenance.extra import needed
from earwitness.provenance.label_tags import TagError, container_of, read_texts, write_texts
from earwitness.provenance.label_text import (
    AIGC,
    DISCLOSURE,
    aigc_text,
    disclosure_text,
    read_aigc,
    read_disclosure,
)
from earwitness.source import Source, open_source
from earwitness.target import write_failed

__all__ = ["FileLabels", "open_labels"]

_GENERATED = "1"  # GB 45438-2025: is generated; "2" may be, "3" is suspected to be
_HOLDERS = "WAV, MP3, FLAC, Ogg (Opus, Vorbis) and MP4 or M4A"


class FileLabels:
    """See :class:`earwitness.labels.Labels` for what its functions take, give and raise."""

    def holds(self, path: Path) -> bool:
        """Whether labels can be written into a file of this kind."""
        source = open_source(path)
        try:
            return container_of(source) is not None
        finally:
            source.close()

    def write(self, path: Path, request: LabelRequest) -> None:
        """Put labels into the metadata of a finished file, in place, and read them back."""
        if not says_generated(request.source):
            raise UsageError(
                f"labels say that sound is generated, and {request.source.value} says that it is not.",
                hint="Leave the labels out, or say what was generated.",
            )
        before = self.read(path)
        if before.container is None:
            raise LabelError(
                "files of this kind have no place for labels.",
                subject=path.name,
                hint=f"{_HOLDERS} have one.",
            )
        wanted = _wanted(request, before)
        texts: dict[str, str] = {}
        if wanted.aigc is not None:
            texts[AIGC] = aigc_text(wanted.aigc)
        if wanted.disclosure is not None:
            texts[DISCLOSURE] = disclosure_text(wanted.disclosure)
        try:
            with path.open("r+b") as file:
                write_texts(file, before.container, texts)
        except TagError as error:
            raise LabelError(
                f"no label can be put in: {error}.", subject=path.name, hint="Convert the file anew."
            ) from error
        except OSError as error:
            raise write_failed(path, error) from error
        self._check(path, wanted)

    def read(self, source: str | os.PathLike[str] | BinaryIO, *, name: str | None = None) -> FoundLabels:
        """The labels of a file; absent or broken ones are no error."""
        opened = open_source(source, name)
        try:
            return _read(opened)
        except OSError as error:
            raise SourceUnreadableError(f"reading failed: {error}.", subject=opened.name) from error
        finally:
            opened.close()

    def _check(self, path: Path, wanted: FoundLabels) -> None:
        found = self.read(path)
        same = found.aigc == (wanted.aigc or found.aigc)
        same = same and found.disclosure == (wanted.disclosure or found.disclosure)
        if found.problems or not same:
            raise LabelError(
                "the labels that were written do not read back.",
                subject=path.name,
                hint="Choose another format.",
            )


def open_labels() -> FileLabels:
    """Ready to write and read. Raises MissingDependencyError without the extra."""
    with needed("Labels"):
        import mutagen  # noqa: F401 (only whether it is there)
    return FileLabels()


def _read(source: Source) -> FoundLabels:
    kind = container_of(source)
    if kind is None:
        return FoundLabels(source.name, None)
    try:
        source.file.seek(0)
        texts = read_texts(source.file, kind, (AIGC, DISCLOSURE))
    except TagError as error:
        return FoundLabels(source.name, kind, problems=(f"The tags cannot be read: {error}.",))
    finally:
        source.file.seek(0)
    aigc: AigcLabel | None = None
    disclosure: LatentDisclosure | None = None
    problems: list[str] = []
    try:
        aigc = read_aigc(texts[AIGC]) if AIGC in texts else None
    except ValueError as error:
        problems.append(f"There is a field {AIGC} that is no label: {error}.")
    try:
        disclosure = read_disclosure(texts[DISCLOSURE]) if DISCLOSURE in texts else None
    except ValueError as error:
        problems.append(f"There is a field {DISCLOSURE} that is no label: {error}.")
    return FoundLabels(source.name, kind, aigc, disclosure, tuple(problems))


def _wanted(request: LabelRequest, before: FoundLabels) -> FoundLabels:
    """The labels to write; what stood in the file, or in what it was made from, is heeded."""
    earlier = request.earlier
    aigc = before.aigc or (None if earlier is None else earlier.aigc)
    disclosure = before.disclosure or (None if earlier is None else earlier.disclosure)
    china = Regime.CHINA in request.regimes
    other = any(regime is not Regime.CHINA for regime in request.regimes)
    return FoundLabels(
        before.name,
        before.container,
        _aigc(request, aigc) if china else None,
        _disclosure(request, disclosure) if other else None,
    )


def _aigc(request: LabelRequest, before: AigcLabel | None) -> AigcLabel:
    propagator = request.propagator or request.producer
    propagate_id = request.propagate_id or request.item_id
    if before is not None and before.content_producer not in ("", request.producer):
        return replace(before, content_propagator=propagator, propagate_id=propagate_id, reserved_code_2="")
    return AigcLabel(
        _GENERATED,
        request.producer,
        request.item_id,
        content_propagator=propagator,
        propagate_id=propagate_id,
    )


def _disclosure(request: LabelRequest, before: LatentDisclosure | None) -> LatentDisclosure:
    foreign = before is not None and before.provider not in ("", request.producer)
    return LatentDisclosure(
        source=DigitalSource(request.source).value,
        provider=request.producer,
        system=request.system or "",
        system_version=request.system_version or "",
        created=request.created,
        item_id=request.item_id,
        link=request.link or "",
        made_from=before if foreign else None if before is None else before.made_from,
    )
