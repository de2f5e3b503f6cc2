"""Voices of an engine, and the choice between them.

Where an engine speaks several languages, the names of its voices begin with the language (``en-us-slt``), so
that whoever has a text finds a voice that speaks it; the engine's own name for it is understood as well.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

from earwitness.errors import VoiceError
from earwitness.generators.base import Family

__all__ = ["Voice", "choose", "unknown"]

_MOST_NAMED = 6


@dataclass(frozen=True, slots=True)
class Voice:
    """name: for people. own: the engine's. language: such as ``en-us``. family: None for the engine's."""

    name: str
    own: str
    language: str
    family: Family | None = None


def choose(voices: Sequence[Voice], name: str | None, engine: str) -> Voice:
    """The voice called so, by either of its names, in capitals or not; the first if None.

    Raises VoiceError, which names a few that there are.
    """
    if name is None:
        return voices[0]
    wanted = _plain(name)
    for voice in voices:
        if wanted == _plain(voice.name):
            return voice
    for voice in voices:
        if wanted == _plain(voice.own):
            return voice
    raise unknown(voices, name, engine)


def unknown(voices: Sequence[Voice], name: str, engine: str) -> VoiceError:
    """The error for a voice that is not there."""
    names = [voice.name for voice in voices]
    near = difflib.get_close_matches(name, names, 1)
    more = len(names) - _MOST_NAMED
    some = ", ".join(names[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
    did_you = f"Did you mean {near[0]}? " if near else ""
    return VoiceError(f'it has no voice "{name}".', subject=engine, hint=f"{did_you}There are {some}.")


def _plain(name: str) -> str:
    return name.strip().casefold().replace("_", "-")
