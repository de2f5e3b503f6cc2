"""SVOX Pico: small hidden Markov models in five languages, by the program ``pico2wave``.

The program takes its text as an argument only: it stands behind "--", so that it is never an option. Nothing
is left to chance, so that the seed changes nothing.
"""

from __future__ import annotations

from earwitness.generators.base import Family, Speech
from earwitness.generators.engines.base import Reader, reader_info
from earwitness.generators.engines.letters import without_tags
from earwitness.generators.engines.programs import Program, find_program
from earwitness.generators.engines.voices import Voice

__all__ = ["Pico", "open_pico"]

NAME = "pico"
_INSTALL = "Debian and Ubuntu (non-free, multiverse): apt install libttspico-utils"
_LICENCE = "Apache-2.0 (program; the voices claim it, without their sources)"
_VOICES = ("en-US", "en-GB", "de-DE", "es-ES", "fr-FR", "it-IT")


class Pico(Reader):
    """The engine; its voices are languages."""

    def __init__(self, program: Program) -> None:
        voices = [Voice(one.lower(), one, one.lower()) for one in _VOICES]
        info = reader_info(NAME, voices, family=Family.PARAMETRIC, rate=16_000, licence=_LICENCE)
        super().__init__(info, voices)
        self._program = program

    def _speak(self, text: str, voice: Voice, seed: int) -> Speech:  # noqa: ARG002
        plain = without_tags(text)
        return self._program.speak(plain, lambda _, made: ["-l", voice.own, "-w", made, "--", plain])


def open_pico(*, vocoder: str | None = None, threads: int = 1) -> Pico:  # noqa: ARG001
    """See ``GeneratorFactory``. The program does not tell its version."""
    return Pico(find_program(NAME, "pico2wave", _INSTALL))
