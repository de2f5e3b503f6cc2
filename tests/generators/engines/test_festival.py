"""generators/engines/festival.py: installed voices, each in its alphabet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from earwitness.errors import MissingDependencyError, TextError
from earwitness.generators.base import Family, Generator
from earwitness.generators.engines.festival import open_festival

FESTIVAL = """
if options == ["--version"]:
    print("festival: Festival Speech Synthesis System: 2.5.0:release December 2017")
elif options[0] == "--batch":
    print("(czech_ph cmu_us_slt_arctic_hts secret_voice kal_diphone)")
"""
TEXT2WAVE = "tone(after('-o')); open(after('-o') + '.said', 'wb'); bytes = open(options[-1], 'rb').read()"


@pytest.fixture
def fake(programs: Any) -> Any:
    programs.add("festival", FESTIVAL)
    programs.add("text2wave", TEXT2WAVE)
    return programs


def test_voices_are_named_after_their_languages(fake: Any) -> None:
    info = open_festival().info
    assert info.voices == ("en-us-kal_diphone", "en-us-cmu_us_slt_arctic_hts", "cs-czech_ph")
    assert info.languages == ("en-us", "cs")
    assert (info.family, info.rate, info.version) == (Family.CONCATENATIVE, 16_000, "2.5.0")
    assert info.details == {"family of en-us-cmu_us_slt_arctic_hts": "parametric"}
    assert len(fake.calls()) == 2


def test_each_voice_gets_its_alphabet(fake: Any) -> None:
    engine = open_festival()
    engine.synthesize("-o r\N{LATIN SMALL LETTER U WITH RING ABOVE}ze", voice="czech_ph")
    call = fake.calls()[-1]
    assert call["given"] == "-o r\N{REPLACEMENT CHARACTER}ze\n", "it is not UTF-8"
    assert call["options"][:3] == ["-eval", "(voice_czech_ph)", "-o"]
    engine.synthesize("-o r\N{LATIN SMALL LETTER U WITH RING ABOVE}ze")
    assert fake.calls()[-1]["given"] == "-o ruze\n"
    with pytest.raises(TextError):
        engine.synthesize("\N{DEVANAGARI LETTER KA}")


def test_without_the_programs_or_voices(programs: Any) -> None:
    programs.add("festival", "print('()')")
    with pytest.raises(MissingDependencyError, match="text2wave"):
        open_festival()
    programs.add("text2wave", TEXT2WAVE)
    with pytest.raises(MissingDependencyError, match=r"it has no voice.*apt install festival festvox"):
        open_festival()


def test_the_real_engine(real: Callable[..., Generator]) -> None:
    engine = real(open_festival)
    for voice in engine.info.voices:
        if voice.startswith("en-"):
            assert engine.synthesize("Hello.", voice=voice).seconds > 0.3
