"""generators/engines/rhvoice.py: voices are what is installed beside the program."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from earwitness.errors import MissingDependencyError, VoiceError
from earwitness.generators.base import Family, Generator
from earwitness.generators.engines.rhvoice import open_rhvoice

INSTALLED = {
    "anna": "name=Anna\nlanguage=Russian\n",
    "slt": "name = Slt\r\nlanguage = English\r\nformat=4\n",
    "alan": "name=Alan\nlanguage=English\n",
    "evgeniy-eng": "name=Evgeniy-Eng\nlanguage=English\n",
    "odd": "name=-o\nlanguage=English\n",
    "far": "name=Far\nlanguage=Klingon\n",
    "empty": "",
}


@pytest.fixture
def fake(programs: Any) -> Any:
    programs.add("RHVoice-test", "tone(after('-o'), 24000)")
    for name, facts in INSTALLED.items():
        folder = programs.root / "share" / "RHVoice" / "voices" / name
        folder.mkdir(parents=True)
        (folder / "voice.info").write_text(facts, encoding="utf-8")
    return programs


def test_free_english_voices_come_first_and_odd_ones_not_at_all(fake: Any) -> None:
    info = open_rhvoice().info
    assert info.voices == ("en-slt", "en-alan", "en-evgeniy-eng", "ru-anna")
    assert info.languages == ("en", "ru")
    assert (info.family, info.rate) == (Family.PARAMETRIC, 24_000)
    assert not fake.log.exists(), "nothing needs to be run to know that"


def test_texts_go_through_standard_input(fake: Any) -> None:
    text = "\N{CYRILLIC SMALL LETTER DE}\N{CYRILLIC SMALL LETTER A}"
    assert open_rhvoice().synthesize(text, voice="anna").rate == 24_000
    (call,) = fake.calls()
    assert call["given"] == f"{text}\n"
    assert call["options"][:3] == ["-p", "Anna", "-o"]
    with pytest.raises(VoiceError, match="Did you mean en-alan"):
        open_rhvoice().synthesize("Hello.", voice="en-allan")


def test_without_the_program_or_voices(programs: Any) -> None:
    with pytest.raises(MissingDependencyError, match="RHVoice-test"):
        open_rhvoice()
    programs.add("RHVoice-test", "")
    with pytest.raises(MissingDependencyError, match=r"no voice in .*RHVoice.*rhvoice-english"):
        open_rhvoice()


def test_the_real_engine(real: Callable[..., Generator]) -> None:
    real(open_rhvoice)
