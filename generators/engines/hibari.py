"""Hibari: a small English network that steers harmonics and noise, by the package ``hibari-tts``.

Its other voices would be downloaded; offered are the one in the package and those that are there already.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from earwitness.errors import ModelError
from earwitness.generators.base import Family, Speech
from earwitness.generators.engines.base import Reader, as_speech, reader_info, trouble
from earwitness.generators.engines.letters import without_brackets
from earwitness.generators.engines.packages import package, version_of
from earwitness.generators.engines.voices import Voice

__all__ = ["Hibari", "open_hibari"]

NAME = "hibari"
_INSTALL = "pip install 'hibari-tts>=0.2.1,<0.3'"
_LICENCE = "Apache-2.0 (code and weights)"


class Hibari(Reader):
    """The engine. The seed draws the noise in its sound: the same one, the same samples."""

    def __init__(self, hibari: Any, voices: list[Voice], threads: int) -> None:
        details = {"architecture": "a network, taught by Kokoro, that steers a model of harmonics and noise"}
        info = reader_info(
            NAME,
            voices,
            family=Family.PARAMETRIC,
            rate=int(hibari.SAMPLE_RATE),
            licence=_LICENCE,
            version=version_of("hibari-tts"),
            details=details,
        )
        super().__init__(info, voices)
        self._hibari, self._threads = hibari, threads
        self._loaded: dict[str, Any] = {}

    def _speak(self, text: str, voice: Voice, seed: int) -> Speech:
        with trouble(NAME):
            if voice.own not in self._loaded:
                self._loaded[voice.own] = self._hibari.Hibari(voice=voice.own, threads=self._threads)
            made = self._loaded[voice.own](without_brackets(text), seed=seed)
        return as_speech(made, self.info.rate, NAME)


def open_hibari(*, vocoder: str | None = None, threads: int = 1) -> Hibari:  # noqa: ARG001
    """See ``GeneratorFactory``. The network is loaded with the first text."""
    hibari = package("hibari", NAME, _INSTALL)
    known = package("hibari.voices", NAME, _INSTALL)
    voices = [
        Voice(name, name, str(facts["language"]).lower())
        for name, facts in known.VOICES.items()
        if _is_here(known, name)
    ]
    if not voices:
        raise ModelError("there is no voice in its package.", subject=NAME, hint=f"Reinstall: {_INSTALL}")
    voices.sort(key=lambda one: one.name != known.DEFAULT)
    return Hibari(hibari, voices, threads)


def _is_here(known: Any, name: str) -> bool:
    try:
        return Path(known.voice_path(name, download_missing=False)).is_file()
    except FileNotFoundError:
        return False
