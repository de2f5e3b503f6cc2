"""MBROLA: joined diphones of recorded voices, by the program ``mbrola``, which ``espeak-ng`` reads texts to.

A voice needs its database, an installed package each. Nothing is left to chance, so that the seed changes
nothing.
"""

from __future__ import annotations

import re
from pathlib import Path

from earwitness.errors import MissingDependencyError
from earwitness.generators.base import Family, Speech
from earwitness.generators.engines.base import Reader, reader_info
from earwitness.generators.engines.espeak_ng import find_espeak, speak, voice_table
from earwitness.generators.engines.programs import Program, find_program
from earwitness.generators.engines.voices import Voice

__all__ = ["Mbrola", "open_mbrola"]

NAME = "mbrola"
_INSTALL = "Debian and Ubuntu (contrib and non-free, multiverse): apt install mbrola mbrola-us1"
_LICENCE = "AGPL-3.0 (mbrola), GPL-3.0-or-later (espeak-ng); voices: not for commercial use, with mbrola only"
# Where espeak-ng looks for databases, beside its own data.
_SHARED = Path("/usr/share/mbrola")
_RATES = {"de5": 22_050, "de6": 22_050, "de7": 22_050}
_CORRECTED = {"en-uk": "en-gb"}
_FILE = re.compile(r"mb/(mb-(\w+?)(?:-\w+)?)")


class Mbrola(Reader):
    """The engine. voices: ``own`` is a voice of espeak-ng, such as ``mb-us1``."""

    def __init__(self, program: Program, voices: list[Voice]) -> None:
        info = reader_info(NAME, voices, family=Family.CONCATENATIVE, rate=_rate(voices[0]), licence=_LICENCE)
        super().__init__(info, voices)
        self._program = program

    def _speak(self, text: str, voice: Voice, seed: int) -> Speech:  # noqa: ARG002
        return speak(self._program, text, voice.own)


def open_mbrola(*, vocoder: str | None = None, threads: int = 1) -> Mbrola:  # noqa: ARG001
    """See ``GeneratorFactory``. mbrola does not tell its version."""
    program = find_espeak(NAME)
    find_program(NAME, "mbrola", _INSTALL)
    told = re.search(r"Data at: (.+)", program.ask("--version"))
    folders = [Path(told[1].strip()) / "mbrola"] if told else []
    folders += [_SHARED, _SHARED / "voices"]
    voices = []
    for language, file in voice_table(program, "mb"):
        parts = _FILE.fullmatch(file)
        if parts is None or not any(_has(folder, parts[2]) for folder in folders):
            continue
        spoken = _CORRECTED.get(language, language)
        voices.append(Voice(f"{spoken}-{parts[2]}", parts[1], spoken))
    if not voices:
        raise MissingDependencyError(
            "it has no voice: no database is installed.", subject=NAME, hint=_INSTALL
        )
    # American English first: it is what most texts are tried with. Foreign databases come after native ones.
    voices.sort(key=lambda one: (one.language != "en-us", one.language != "en-gb", one.name))
    return Mbrola(program, voices)


def _has(folder: Path, database: str) -> bool:
    return (folder / database).is_file() or (folder / database / database).is_file()


def _rate(voice: Voice) -> int:
    return _RATES.get(voice.own.removeprefix("mb-").partition("-")[0], 16_000)
