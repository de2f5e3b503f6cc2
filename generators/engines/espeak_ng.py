"""eSpeak NG: formant synthesis in more than a hundred languages, by the program ``espeak-ng``.

Voices are languages, and languages with a variant (``en-us+f2``): another speaker, a whisper, the Klatt
synthesizer. Nothing is left to chance, so that the seed changes nothing.
"""

from __future__ import annotations

import re

from earwitness.generators.base import Family, Speech
from earwitness.generators.engines.base import Reader, reader_info
from earwitness.generators.engines.letters import without_brackets
from earwitness.generators.engines.programs import Program, find_program
from earwitness.generators.engines.voices import Voice

__all__ = ["LICENCE", "EspeakNg", "find_espeak", "open_espeak_ng", "speak", "version_of", "voice_table"]

NAME = "espeak-ng"
LICENCE = "GPL-3.0-or-later (program and voices)"
_INSTALL = "Debian and Ubuntu: apt install espeak-ng"
_DEFAULT = "en-us"
_LISTED = ("f2", "f4", "m3", "m7", "klatt", "klatt4", "whisper")  # of a hundred variants; the rest works, too
# Priority, language, age and gender, name, file, other languages; a file with a space cannot be told apart.
_ROW = re.compile(r"\s*\d+\s+(\S+)\s+\S+\s+\S+\s+(\S+)\s*(?:\(.*)?")


class EspeakNg(Reader):
    """The engine. variants: all that the program has, listed among the voices or not."""

    def __init__(self, program: Program, languages: list[str], variants: list[str]) -> None:
        listed = [variant for variant in _LISTED if variant in variants]
        names = [f"{language}+{v}" if v else language for language in languages for v in ("", *listed)]
        voices = [Voice(name, name, name.partition("+")[0]) for name in names]
        details = {"variants": ", ".join(variants)} if variants else {}
        info = reader_info(
            NAME,
            voices,
            family=Family.FORMANT,
            rate=22_050,
            licence=LICENCE,
            version=version_of(program),
            details=details,
        )
        super().__init__(info, voices)
        self._program = program
        self._variants = {one.casefold(): one for one in variants}

    def _voice(self, name: str | None) -> Voice:
        language, plus, variant = (name or "").partition("+")
        known = self._variants.get(variant.strip().casefold())
        if not plus or known is None:
            return super()._voice(name)
        spoken = super()._voice(language)
        return Voice(f"{spoken.name}+{known}", f"{spoken.own}+{known}", spoken.language)

    def _speak(self, text: str, voice: Voice, seed: int) -> Speech:  # noqa: ARG002
        return speak(self._program, text, voice.own)


def open_espeak_ng(*, vocoder: str | None = None, threads: int = 1) -> EspeakNg:  # noqa: ARG001
    """See ``GeneratorFactory``."""
    program = find_espeak(NAME)
    languages = sorted({language for language, file in voice_table(program) if not file.startswith("mb/")})
    # The default comes first.
    languages.sort(key=lambda one: one != _DEFAULT)
    variants = [file.removeprefix("!v/") for _, file in voice_table(program, "variant")]
    return EspeakNg(program, languages, sorted(variants))


def find_espeak(engine: str) -> Program:
    """The program; ``engine`` is who needs it. Raises MissingDependencyError."""
    return find_program(engine, "espeak-ng", _INSTALL)


def voice_table(program: Program, kind: str = "") -> list[tuple[str, str]]:
    """(language, file) of the voices it has. kind: "variant", "mb" (MBROLA), "" for the plain ones."""
    said = program.ask(f"--voices={kind}" if kind else "--voices")
    return [(row[1], row[2]) for line in said.splitlines() if (row := _ROW.fullmatch(line)) is not None]


def version_of(program: Program) -> str:
    """Such as "1.51"."""
    told = re.search(r"text-to-speech: (\S+)", program.ask("--version"))
    return told[1] if told else ""


def speak(program: Program, text: str, voice: str) -> Speech:
    """Text as UTF-8 through standard input. voice: one of the program's."""
    return program.speak(
        without_brackets(text), lambda _, made: ["--stdin", "-b", "1", "-v", voice, "-w", made]
    )
