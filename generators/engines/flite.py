"""Flite: small statistical voices of Carnegie Mellon University, English, by the program ``flite``.

slt, rms and awb are clustergen voices (parametric), kal and kal16 join diphones (concatenative). Nothing is
left to chance, so that the seed changes nothing.
"""

from __future__ import annotations

import re

from earwitness.errors import EarWitnessError
from earwitness.generators.base import Family, Speech
from earwitness.generators.engines.base import Reader, reader_info
from earwitness.generators.engines.letters import in_letters
from earwitness.generators.engines.programs import Program, find_program
from earwitness.generators.engines.voices import Voice

__all__ = ["Flite", "open_flite"]

NAME = "flite"
_INSTALL = "Debian and Ubuntu: apt install flite"
_LICENCE = "BSD-like, of Carnegie Mellon University (program and voices)"
_FIRST = ("slt", "rms", "awb", "kal16", "kal")
_DIPHONES = ("kal", "kal16")
_TALKING_CLOCK = "awb_time"  # says the time of day and nothing else


class Flite(Reader):
    """The engine, with the voices that are built into the program."""

    def __init__(self, program: Program, names: list[str]) -> None:
        voices = [Voice(one, one, "en-us", _family(one)) for one in names]
        told = re.search(r"version: (?:flite-)?(\S+)", program.ask("--version", strict=False))
        info = reader_info(
            NAME,
            voices,
            family=_family(names[0]),
            rate=8_000 if names[0] == "kal" else 16_000,
            licence=_LICENCE,
            version=told[1] if told else "",
        )
        super().__init__(info, voices)
        self._program = program

    def _speak(self, text: str, voice: Voice, seed: int) -> Speech:  # noqa: ARG002
        plain = in_letters(text, "ascii", NAME)
        return self._program.speak(
            plain, lambda said, made: ["-voice", voice.own, "-f", said, "-o", made], "ascii"
        )


def open_flite(*, vocoder: str | None = None, threads: int = 1) -> Flite:  # noqa: ARG001
    """See ``GeneratorFactory``."""
    program = find_program(NAME, "flite", _INSTALL)
    told = re.search(r"Voices available:(.*)", program.ask("-lv"))
    found = [one for one in (told[1].split() if told else ()) if one != _TALKING_CLOCK]
    if not found:
        raise EarWitnessError("the program flite tells of no voices.", subject=NAME, hint=_INSTALL)
    known = [one for one in _FIRST if one in found]
    return Flite(program, known + sorted(set(found) - set(known)))


def _family(voice: str) -> Family:
    return Family.CONCATENATIVE if voice in _DIPHONES else Family.PARAMETRIC
