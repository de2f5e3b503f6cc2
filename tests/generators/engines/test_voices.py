"""generators/engines/voices.py: voices by their names, and help for who has none of them."""

from __future__ import annotations

import pytest

from earwitness.errors import VoiceError
from earwitness.generators.engines.voices import Voice, choose

VOICES = [Voice(f"en-us-{own}", own, "en-us") for own in ("slt", "rms", "awb", "kal", "a_b", "c", "d", "e")]


def test_the_first_is_the_default_and_names_are_taken_kindly() -> None:
    assert choose(VOICES, None, "x").own == "slt"
    for name in ("en-us-rms", "EN_US_RMS", " rms "):
        assert choose(VOICES, name, "x").own == "rms"
    assert choose(VOICES, "A-B", "x").own == "a_b"


def test_a_name_that_people_see_goes_before_one_that_the_engine_has() -> None:
    twisted = [Voice("one", "two", "en"), Voice("two", "one", "en")]
    assert choose(twisted, "two", "x").own == "one"


def test_unknown_voices_are_answered_with_a_few_that_exist() -> None:
    with pytest.raises(VoiceError) as caught:
        choose(VOICES, "en-us-kall", "kazoo")
    told = str(caught.value)
    assert told.startswith(
        'kazoo: it has no voice "en-us-kall". Did you mean en-us-kal? There are en-us-slt, '
    )
    assert told.endswith("and 2 more.")
    with pytest.raises(VoiceError) as other:
        choose(VOICES, "zzz", "kazoo")
    assert "Did you mean" not in str(other.value)
