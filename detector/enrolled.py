"""Engines that this user has enrolled from a few clips: no training, one small file each.

They lie in ``EARWITNESS_ENGINES``, else in ``earwitness/engines`` of this user's data folder. A file holds
the mean traces of the clips and the detector they were heard by: another detector's numbers mean nothing.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from earwitness.detector.attribution import Engine, EngineSpace
from earwitness.errors import ModelError, UsageError
from earwitness.folders import data_folder
from earwitness.target import settle, write_failed

__all__ = ["Enrolment", "engines_folder", "enrolments", "forget", "is_enrolled", "keep", "load_enrolled"]

VARIABLE = "EARWITNESS_ENGINES"
FORMAT = "earwitness.engine/1"
FEWEST = 5  # clips; fewer describe the clips, not the engine
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True)
class Enrolment:
    """name and family: as given. clips: how many. detector: SHA-256 of the weights that heard them. traces:
    their mean."""

    name: str
    family: str
    clips: int
    detector: str
    traces: tuple[float, ...]


def engines_folder() -> Path:
    """Where enrolments lie; it need not exist yet."""
    named = os.environ.get(VARIABLE)
    return Path(named).expanduser() if named else data_folder() / "engines"


def keep(name: str, family: str, clips: Sequence[tuple[float, ...]], detector: str) -> Path:
    """Enrol an engine under a name, in place of an earlier one of that name. clips: traces of each.

    Raises UsageError for a bad name or too few clips, TargetError where it cannot be written.
    """
    target = _place(name)
    if len(clips) < FEWEST:
        raise UsageError(
            f"too few clips of different sound with a score to know an engine by: {len(clips)}.",
            subject=name,
            hint=f"Give at least {FEWEST}; 20 are better.",
        )
    mean = tuple(float(value) for value in np.mean(clips, axis=0).round(5))
    text = json.dumps({"format": FORMAT, **asdict(Enrolment(name, family, len(clips), detector, mean))})
    beside = target.with_suffix(".tmp")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        beside.write_text(text + "\n", encoding="utf-8")
        settle(beside, target)
    except OSError as error:
        raise write_failed(target, error) from error
    return target


def is_enrolled(name: str) -> bool:
    """True where there is an enrolment of this name, readable or not. Raises UsageError for a bad name."""
    return _place(name).is_file()


def forget(name: str) -> bool:
    """Remove an enrolment; False if there was none. Raises UsageError for a bad name."""
    target = _place(name)
    there = target.is_file()
    target.unlink(missing_ok=True)
    return there


def enrolments() -> list[Enrolment]:
    """All that are kept, by name. Raises ModelError for a damaged file."""
    folder = engines_folder()
    return [_read(path) for path in sorted(folder.glob("*.json"))] if folder.is_dir() else []


def load_enrolled(space: EngineSpace, detector: str) -> list[Engine]:
    """The enrolments that this detector heard, placed in its space; those of others are left out."""
    return [
        Engine(one.name, one.family, space.place(one.traces), one.clips, enrolled=True)
        for one in enrolments()
        if one.detector == detector
    ]


def _place(name: str) -> Path:
    if not _NAME.fullmatch(name):
        raise UsageError(
            "an engine's name has lower-case letters, digits, dots, dashes and underscores.", subject=name
        )
    return engines_folder() / f"{name}.json"


def _read(path: Path) -> Enrolment:
    try:
        table: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if table.pop("format") != FORMAT:
            raise ValueError(f"it is not of the form {FORMAT}")
        table["traces"] = tuple(float(value) for value in table["traces"])
        return Enrolment(**table)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(
            f"this enrolled engine cannot be read ({error}).",
            subject=str(path),
            hint="Enrol it again, or remove the file.",
        ) from error
