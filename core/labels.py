"""What those who write and read labels agree on: fields of a file's metadata that say "generated".

A label is a statement in plain text that anybody can write, change and remove. It proves nothing; laws ask
for it because every program can read it. Who writes and reads labels comes from the plug-in registry
(``earwitness.labels``).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, BinaryIO, Protocol, cast

from earwitness import plugins
from earwitness.digital_source import DigitalSource
from earwitness.errors import UsageError

__all__ = [
    "AigcLabel",
    "FoundLabels",
    "LabelRequest",
    "Labels",
    "LatentDisclosure",
    "Regime",
    "load_labels",
]

MAX_TEXT = 500
"""Characters of one text in a label."""


class Regime(StrEnum):
    """Whose rules a label is written for, or a file is checked against."""

    EU = "eu"
    CALIFORNIA = "california"
    CHINA = "china"

    @classmethod
    def parse(cls, text: str) -> Regime:
        """From what a user typed. Raises UsageError."""
        found = next((one for one in cls if one.value == text.strip().lower()), None)
        if found is None:
            raise UsageError(f"{text!r} is no regime that is known.", hint=f"Choose from {', '.join(cls)}.")
        return found


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelRequest:
    """What to write into a file's metadata.

    regimes: at least one. item_id: names this recording among all of the producer's: the id of its record.
    producer: name of whoever generated the sound (the provider), or, for China, the code that was given to
    it. source: what the sound is; only generated sound gets labels. system, system_version: the program that
    generated it. created: ISO 8601. link: a lasting page that says the same as the label.
    propagator, propagate_id: for China, who passes it on and under which id; the producer and its id where
    they are not given, as labels in use have it. earlier: labels of the file that this one was made from;
    what others said there is kept. Raises UsageError for nonsense.
    """

    regimes: tuple[Regime, ...]
    item_id: str
    producer: str
    source: DigitalSource = DigitalSource.GENERATED
    system: str | None = None
    system_version: str | None = None
    created: str = field(default_factory=_now)
    link: str | None = None
    propagator: str | None = None
    propagate_id: str | None = None
    earlier: FoundLabels | None = None

    def __post_init__(self) -> None:
        problem = _problem(self)
        if problem:
            raise UsageError(f"this cannot be a label: {problem}.")


@dataclass(frozen=True, slots=True)
class AigcLabel:
    """China's implicit label: the field AIGC as GB 45438-2025 names its parts. Texts as they stand there.

    label: "1" generated, "2" possibly generated, "3" suspected of it. content_producer, produce_id: who made
    it, under which number. content_propagator, propagate_id: who passed it on. reserved_code_1, _2: free to
    the producer and the propagator, for a signature or a hash.
    """

    label: str
    content_producer: str = ""
    produce_id: str = ""
    reserved_code_1: str = ""
    content_propagator: str = ""
    propagate_id: str = ""
    reserved_code_2: str = ""


@dataclass(frozen=True, slots=True)
class LatentDisclosure:
    """Which system of whom made this, when, under which id: what California asks for, as our field says it.

    source: an IPTC code such as trainedAlgorithmicMedia; "" where the field names none. made_from: what the
    label of another provider said that was there before.
    """

    source: str = ""
    provider: str = ""
    system: str = ""
    system_version: str = ""
    created: str = ""
    item_id: str = ""
    link: str = ""
    made_from: LatentDisclosure | None = None


@dataclass(frozen=True, slots=True)
class FoundLabels:
    """The labels of one file: each None where there is none.

    name: of the file, without folders. container: e.g. "mp3"; None for one whose labels are not read.
    problems: fields that are there and cannot be read, in plain sentences.
    """

    name: str
    container: str | None
    aigc: AigcLabel | None = None
    disclosure: LatentDisclosure | None = None
    problems: tuple[str, ...] = ()

    @property
    def any(self) -> bool:
        """True when a label was read."""
        return self.aigc is not None or self.disclosure is not None

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON types."""
        plain = asdict(self)
        return {**plain, "problems": list(self.problems)}


class Labels(Protocol):
    """Writes and reads labels."""

    def holds(self, path: Path) -> bool:
        """Whether labels can be written into a file of this kind (by its content)."""

    def write(self, path: Path, request: LabelRequest) -> None:
        """Put labels into the metadata of a finished file, in place. Not a sample of its sound changes.

        Other tags stay. Labels of the same producer are replaced. What another producer's labels say stays:
        in China's this one is then named as the propagator, in the other the older one is kept inside. What
        was written is read back. Content Credentials in the file no longer fit then: label first, sign then.
        Raises LabelError, MissingDependencyError without the extra, and what opening a file raises.
        """

    def read(self, source: str | os.PathLike[str] | BinaryIO, *, name: str | None = None) -> FoundLabels:
        """The labels of a file; absent or broken ones are no error. Raises what opening a file raises."""


def load_labels(name: str = "default") -> Labels:
    """Whoever writes and reads labels here. Raises PluginError, MissingDependencyError without the extra."""
    factory = cast("Callable[[], Labels]", plugins.load(plugins.LABELS, name))
    return factory()


def _problem(request: LabelRequest) -> str | None:
    """What is wrong with it, the first thing found."""
    texts = {
        "item_id": request.item_id,
        "producer": request.producer,
        "system": request.system,
        "system_version": request.system_version,
        "created": request.created,
        "link": request.link,
        "propagator": request.propagator,
        "propagate_id": request.propagate_id,
    }
    if not request.regimes:
        return "no regime is named"
    for name, text in texts.items():
        if text is None:
            continue
        if not text.strip() or len(text) > MAX_TEXT:
            return f"{name} is empty or longer than {MAX_TEXT} characters"
        if any(not character.isprintable() for character in text):
            return f"{name} holds a character that cannot be printed"
    if _is_time(request.created):
        return None
    return f"created is no ISO 8601 time with its offset: {request.created!r}"


def _is_time(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).utcoffset() is not None
    except ValueError:
        return False
