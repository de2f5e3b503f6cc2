"""Voices as vectors: the shipped ones, mixtures of them, and voices of nobody.

No shipped voice is a person's: they are the text model's teacher, bent to other pitches and formants.
"""

from __future__ import annotations

import difflib
import re
import zipfile
from pathlib import Path

import numpy as np
import numpy.typing as npt

from earwitness.errors import ModelError, VoiceError

__all__ = ["HEARD", "VOICES", "Voices"]

Float32 = npt.NDArray[np.float32]
VOICES, HEARD = "voices.npz", "voices_heard.npz"
_NOBODY = re.compile(r"nobody:(\d{1,9})")
_MIXED = 3  # shipped voices that make one of nobody


class Voices:
    """folder: with ``name``, a vector a voice: as the text model and the VAE know them, or packed portraits
    (HEARD). Raises ModelError without it."""

    def __init__(self, folder: Path, name: str = VOICES) -> None:
        path = folder / name
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as content:
                self._known = {name: np.array(content[name], np.float32) for name in content.files}
        except (OSError, ValueError, AttributeError, zipfile.BadZipFile) as error:
            raise ModelError(
                f"the voices cannot be loaded ({type(error).__name__}).",
                subject=str(path),
                hint="Reinstall earwitness, or train them: generators/training/README.md.",
            ) from error

    @property
    def names(self) -> tuple[str, ...]:
        """Of the shipped ones, the default first."""
        return tuple(self._known)

    def vector(self, name: str | None = None) -> Float32:
        """Of a voice (dimensions,), of length 1: a shipped one, ``a+b`` (between them), or ``nobody:N``
        (drawn by that number); the default if None. Raises VoiceError."""
        mixed = self.mixed(name)
        return np.asarray(mixed / np.linalg.norm(mixed), np.float32)

    def mixed(self, name: str | None = None) -> Float32:
        """As :meth:`vector`, but the plain mean of what is mixed."""
        if name is None:
            return next(iter(self._known.values()))
        if (drawn := _NOBODY.fullmatch(name)) is not None:
            return self._nobody(int(drawn[1]))
        parts = [part.strip().lower() for part in name.split("+")]
        for part in parts:
            if part not in self._known:
                raise self._unknown(part)
        return np.asarray(np.mean([self._known[part] for part in parts], 0), np.float32)

    def _nobody(self, number: int) -> Float32:
        """A random mixture of a few: between voices that are known to sound like voices."""
        rng = np.random.default_rng(number)
        chosen = rng.permutation(len(self._known))[:_MIXED]
        every = np.stack(list(self._known.values()))
        return np.asarray(rng.dirichlet(np.ones(len(chosen))) @ every[chosen], np.float32)

    def _unknown(self, name: str) -> VoiceError:
        near = difflib.get_close_matches(name, self._known, 1)
        hint = f"Did you mean {near[0]}? " if near else ""
        return VoiceError(
            "there is no such voice.",
            subject=name,
            hint=f"{hint}There are {', '.join(self._known)}, mixtures like {'+'.join(self.names[:2])}, "
            "and nobody:N for any number N.",
        )
