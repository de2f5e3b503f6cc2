"""generators/engines/flite.py: the voices that are built in, in plain letters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from earwitness.errors import EarWitnessError, MissingDependencyError, TextError
from earwitness.generators.base import Family, Generator
from earwitness.generators.engines.flite import open_flite

FAKE = """
if options == ["--version"]:
    print("  version: flite-2.2-current Sep 2018")
    sys.exit(1)
if options == ["-lv"]:
    print("Voices available: kal awb_time kal16 awb rms new slt ")
else:
    tone(after("-o"))
"""


def test_parametric_voices_come_first_and_the_talking_clock_not_at_all(programs: Any) -> None:
    programs.add("flite", FAKE)
    info = open_flite().info
    assert info.voices == ("slt", "rms", "awb", "kal16", "kal", "new")
    assert (info.family, info.rate, info.version) == (Family.PARAMETRIC, 16_000, "2.2-current")
    assert info.details == {"family of kal": "concatenative", "family of kal16": "concatenative"}


def test_texts_are_files_of_plain_letters(programs: Any) -> None:
    programs.add("flite", FAKE)
    assert open_flite().synthesize("-o caf\N{LATIN SMALL LETTER E WITH ACUTE}", voice="rms").rate == 16_000
    call = programs.calls()[-1]
    assert call["given"] == "-o cafe\n"
    assert call["options"][:3] == ["-voice", "rms", "-f"]
    with pytest.raises(TextError, match="does not know these letters"):
        open_flite().synthesize("She said \N{CYRILLIC SMALL LETTER DE}\N{CYRILLIC SMALL LETTER A}")


def test_without_the_program_or_its_voices(programs: Any) -> None:
    with pytest.raises(MissingDependencyError, match="apt install flite"):
        open_flite()
    programs.add("flite", "print('Voices available: awb_time')")
    with pytest.raises(EarWitnessError, match="flite: the program flite tells of no voices"):
        open_flite()


def test_a_program_with_the_small_voice_only(programs: Any) -> None:
    programs.add("flite", FAKE.replace("kal awb_time kal16 awb rms new slt", "kal"))
    info = open_flite().info
    assert (info.family, info.rate, info.details) == (Family.CONCATENATIVE, 8_000, {})


def test_the_real_engine(real: Callable[..., Generator]) -> None:
    real(open_flite)
