"""What ``earwitness generate`` is to make: from its options to orders, each with a name for its file."""

from __future__ import annotations

import codecs
import hashlib
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from earwitness.cli.stdin import STDIN
from earwitness.errors import SourceNotFoundError, SourceUnreadableError, TextError, UsageError

if TYPE_CHECKING:
    from earwitness.orders import Order

__all__ = ["Job", "Wish", "jobs"]

MAX_LINES_BYTES = 64 << 20
MAX_COUNT = 100_000
_UNSAFE = re.compile(r"[^\w.+-]+")


@dataclass(frozen=True, slots=True)
class Job:
    """name: of the file in a folder, with its ending. shown: what messages call it."""

    name: str
    shown: str
    order: Order


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """The options that say what is to be made; see ``cli/generate.py`` for what they mean."""

    text: str | None = None
    file: str | None = None
    lines: bool = False
    source: str | None = None
    to_voice: str | None = None
    sample: float | None = None
    count: int = 1
    generator: str | None = None
    voice: str | None = None
    language: str | None = None
    vocoder: str | None = None
    seed: int = 0
    consent: str | None = None
    ending: str = "wav"
    attack: bool = False

    @property
    def many(self) -> bool:
        """True when what is made belongs into a folder."""
        walks = self.source is not None and Path(self.source).is_dir()
        return self.attack or self.lines or walks or self.count > 1


def jobs(wish: Wish) -> list[Job]:
    """Everything that is to be made, in order.

    Raises UsageError for options that contradict each other, TextError and the Source… errors for what cannot
    be read, VoiceError for a voice that is no file.
    """
    _refuse_contradictions(wish)
    found = list(_jobs(wish))
    if not found:
        raise TextError("there is nothing in it to make.", subject=wish.file or wish.source)
    if not wish.attack:
        return found
    # Several generators and voices share a folder of attack material without taking each other's places.
    return [replace(job, name=f"{_folder(job.order)}/{job.name}") for job in found]


def _jobs(wish: Wish) -> Iterator[Job]:
    from earwitness.generation import Ability

    if wish.source is not None:
        yield from _of_recordings(wish)
    elif wish.sample is not None:
        for number in range(wish.count):
            order = _order(wish, Ability.SAMPLE, seconds=wish.sample, seed=wish.seed + number)
            yield Job(f"{_digest(order)}.{wish.ending}", f"sample with seed {order.seed}", order)
    elif wish.lines:
        lines = _text(wish.file or STDIN, MAX_LINES_BYTES).splitlines()
        width = max(4, len(str(len(lines))))
        for number, line in enumerate(lines, 1):
            if line.strip():
                order = _order(wish, Ability.SYNTHESIZE, text=line.strip())
                yield Job(f"{number:0{width}}.{wish.ending}", f"line {number}", order)
    else:
        from earwitness.spoken_text import MAX_CHARACTERS

        text = wish.text if wish.file is None else _text(wish.file, 4 * MAX_CHARACTERS)
        order = _order(wish, Ability.SYNTHESIZE, text=text)
        yield Job(f"{_digest(order)}.{wish.ending}", wish.file or "the text", order)


def _of_recordings(wish: Wish) -> Iterator[Job]:
    from earwitness.cli.scan_walk import WalkOptions, walk
    from earwitness.generation import Ability

    assert wish.source is not None
    place = Path(wish.source)
    if not place.exists():
        raise SourceNotFoundError("no such file.", subject=wish.source, hint="Check the path.")
    voice, reference = _wanted_voice(wish.to_voice)
    ability = Ability.RESYNTHESIZE if wish.to_voice is None else Ability.CONVERT
    about: dict[str, Any] = {"voice": voice, "reference": reference}
    about["consent"] = None if wish.consent is None else Path(wish.consent)
    for one in walk([wish.source], WalkOptions()):
        if one.error is not None:
            raise SourceUnreadableError(one.error, subject=one.name)
        path = Path(one.path)
        inner = path.relative_to(place) if place.is_dir() else Path(path.name)
        # The old ending stays in the name: a.wav and a.mp3 are two recordings.
        kept = inner.stem if inner.suffix.lower() == f".{wish.ending}" else inner.name
        name = inner.with_name(f"{kept}.{wish.ending}").as_posix()
        yield Job(name, one.name, _order(wish, ability, source=path, **about))


def _order(wish: Wish, ability: Any, **about: Any) -> Order:
    from earwitness.orders import DEFAULT_GENERATORS, Order

    common: dict[str, Any] = {
        "generator": wish.generator or DEFAULT_GENERATORS[ability],
        "vocoder": wish.vocoder,
        "seed": wish.seed,
        "voice": wish.voice,
        "language": wish.language,
    }
    return Order(ability=ability, **(common | about))


def _wanted_voice(text: str | None) -> tuple[str | None, Path | None]:
    """The name of a voice, or the recording that is to lend its voice."""
    if text is None:
        return None, None
    path = Path(text)
    if path.is_file():
        return None, path
    if path.suffix or len(path.parts) > 1:
        raise SourceNotFoundError("no such recording.", subject=text, hint="Check the path, or name a voice.")
    return text, None


def _text(name: str, most: int) -> str:
    """The text of a file. most: bytes. Raises the Source… errors and TextError."""
    if name == STDIN:
        if sys.stdin.isatty():
            raise SourceUnreadableError(
                "standard input is a terminal.", subject=STDIN, hint="Pipe a text in, or give --text."
            )
        data = sys.stdin.buffer.read(most + 4)
    else:
        try:
            with Path(name).open("rb") as file:
                data = file.read(most + 4)
        except FileNotFoundError:
            raise SourceNotFoundError("no such file.", subject=name, hint="Check the path.") from None
        except OSError as error:
            raise SourceUnreadableError(f"{error.strerror}.", subject=name) from error
    try:
        # Not all at once: what is cut off in the middle of a letter is still text, and too long.
        text = codecs.getincrementaldecoder("utf-8-sig")().decode(data, final=len(data) < most + 4)
    except UnicodeDecodeError:
        raise TextError(
            "it is no text in UTF-8.", subject=name, hint="Convert it: iconv -f ISO-8859-1 -t UTF-8 FILE"
        ) from None
    if len(data) == most + 4:
        raise TextError(
            "it is too long to be spoken at once.", subject=name, hint="Give it in parts, or --lines."
        )
    return text


def _folder(order: Order) -> str:
    voice = order.voice or (None if order.reference is None else order.reference.stem)
    parts = (order.generator + (f"+{order.vocoder}" if order.vocoder else ""), voice)
    return "-".join(_UNSAFE.sub("_", part) for part in parts if part)


def _digest(order: Order) -> str:
    """A name for what has none: the same for the same order."""
    return hashlib.sha256(json.dumps(order.identity(), sort_keys=True).encode()).hexdigest()[:12]


def _refuse_contradictions(wish: Wish) -> None:
    given = {
        "--text": wish.text is not None,
        "--file": wish.file is not None,
        "--from": wish.source is not None,
        "--sample": wish.sample is not None,
    }
    named = [name for name, there in given.items() if there]
    if len(named) != 1:
        what = " and ".join(named) if named else "nothing"
        raise UsageError(
            f"{what} was given: what is to be made?", hint="Give one of --text, --file, --from and --sample."
        )
    spoken = wish.text is not None or wish.file is not None
    rules = (
        ("--lines", wish.lines and wish.file is None, "needs --file."),
        ("--count", not 1 <= wish.count <= MAX_COUNT, f"must lie between 1 and {MAX_COUNT:,}."),
        ("--count", wish.count > 1 and wish.sample is None, "goes with --sample only."),
        ("--to-voice", wish.to_voice is not None and wish.source is None, "needs --from RECORDING."),
        ("--voice", wish.voice is not None and not spoken, "is for texts; a recording goes --to-voice."),
        ("--language", wish.language is not None and not spoken, "is for texts."),
    )
    for option, wrong, message in rules:
        if wrong:
            raise UsageError(message, subject=option)
    if wish.consent is not None and _wanted_voice(wish.to_voice)[1] is None:
        raise UsageError("there is no recording that lends its voice (--to-voice REF).", subject="--consent")
