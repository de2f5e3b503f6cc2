"""generators/voices.py: shipped voices, mixtures, voices of nobody; what is missing is said."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from earwitness.errors import ModelError, VoiceError
from earwitness.generators.voices import VOICES, Voices


@pytest.fixture
def voices(tmp_path: Path) -> Voices:
    known = {"heart": [1.0, 0.0, 0.0], "bruno": [0.0, 1.0, 0.0], "clara": [0.0, 0.0, 1.0]}
    np.savez(tmp_path / VOICES, **known)
    return Voices(tmp_path)


def test_names_mixtures_and_the_default(voices: Voices) -> None:
    assert voices.names == ("heart", "bruno", "clara")
    np.testing.assert_array_equal(voices.vector(), voices.vector("Heart"))
    mixed = voices.vector("heart + bruno")
    np.testing.assert_allclose(mixed, [2**-0.5, 2**-0.5, 0], atol=1e-6)


def test_voices_of_nobody_follow_from_their_number(voices: Voices) -> None:
    one, again, other = (voices.vector(f"nobody:{n}") for n in (1, 1, 2))
    np.testing.assert_array_equal(one, again)
    assert not np.allclose(one, other)
    assert np.linalg.norm(other) == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("name", ["brunno", "", "heart+", "nobody:", "nobody:x"])
def test_an_unknown_voice_is_named_with_those_there_are(name: str, voices: Voices) -> None:
    with pytest.raises(VoiceError, match="There are heart, bruno, clara"):
        voices.vector(name)
    if name == "brunno":
        with pytest.raises(VoiceError, match="Did you mean bruno"):
            voices.vector(name)


@pytest.mark.parametrize("content", [None, "no archive", "PK\x03\x04 neither"])
def test_voices_that_cannot_be_loaded(content: str | None, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / VOICES).write_text(content, encoding="utf-8")
    with pytest.raises(ModelError, match="voices cannot be loaded"):
        Voices(tmp_path)
