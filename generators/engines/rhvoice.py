"""RHVoice: hidden Markov models in many languages, most of them Slavic, by the program ``RHVoice-test``.

The program does not tell its voices; they are folders in ``share/RHVoice/voices`` beside it. Nothing is left
to chance, so that the seed changes nothing.
"""

from __future__ import annotations

import re
from pathlib import Path

from earwitness.errors import MissingDependencyError
from earwitness.generators.base import Family, Speech
from earwitness.generators.engines.base import Reader, reader_info
from earwitness.generators.engines.programs import Program, find_program
from earwitness.generators.engines.voices import Voice

__all__ = ["RHVoice", "open_rhvoice"]

NAME = "rhvoice"
_INSTALL = "Debian (non-free): apt install rhvoice rhvoice-english"
_LICENCE = (
    "LGPL-2.1-or-later (program); voices differ: alan, bdl, clb and slt are free, many others are "
    "CC BY-NC-ND (not for commercial use)"
)
_LANGUAGES = {
    "Albanian": "sq",
    "Brazilian-Portuguese": "pt-br",
    "Croatian": "hr",
    "Czech": "cs",
    "English": "en",
    "Esperanto": "eo",
    "Georgian": "ka",
    "Kyrgyz": "ky",
    "Macedonian": "mk",
    "Polish": "pl",
    "Russian": "ru",
    "Serbian": "sr",
    "Slovak": "sk",
    "Spanish": "es",
    "Tatar": "tt",
    "Turkmen": "tk",
    "Ukrainian": "uk",
    "Uzbek": "uz",
    "Vietnamese": "vi",
}
_FIRST = ("slt", "alan", "bdl", "clb")  # English ones that are free


class RHVoice(Reader):
    """The engine, with the voices that are installed."""

    def __init__(self, program: Program, voices: list[Voice]) -> None:
        info = reader_info(NAME, voices, family=Family.PARAMETRIC, rate=24_000, licence=_LICENCE)
        super().__init__(info, voices)
        self._program = program

    def _speak(self, text: str, voice: Voice, seed: int) -> Speech:  # noqa: ARG002
        return self._program.speak(text, lambda _, made: ["-p", voice.own, "-o", made])


def open_rhvoice(*, vocoder: str | None = None, threads: int = 1) -> RHVoice:  # noqa: ARG001
    """See ``GeneratorFactory``. The program tells its version only where its packager built it in."""
    program = find_program(NAME, "RHVoice-test", _INSTALL)
    folder = program.prefix / "share" / "RHVoice" / "voices"
    found = [voice for path in sorted(folder.glob("*/voice.info")) if (voice := _read(path)) is not None]
    if not found:
        raise MissingDependencyError(f"it has no voice in {folder}.", subject=NAME, hint=_INSTALL)
    found.sort(key=_place)
    return RHVoice(program, found)


def _read(path: Path) -> Voice | None:
    """A voice of a language that is known here."""
    told = dict(re.findall(r"^\s*(\w+)\s*=\s*(.*?)\s*$", path.read_text("utf-8", "replace"), re.MULTILINE))
    language = _LANGUAGES.get(told.get("language", ""))
    own = told.get("name", "")
    # A name that is a word cannot be taken for an option.
    if language is None or re.fullmatch(r"\w[\w-]*", own) is None:
        return None
    return Voice(f"{language}-{own.lower()}", own, language)


def _place(voice: Voice) -> tuple[bool, int, str]:
    own = voice.own.lower()
    return voice.language != "en", _FIRST.index(own) if own in _FIRST else len(_FIRST), voice.name
