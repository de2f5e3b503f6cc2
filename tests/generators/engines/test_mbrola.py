"""generators/engines/mbrola.py: the voices whose databases are there, read to by espeak-ng."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from earwitness.errors import MissingDependencyError
from earwitness.generators.base import Family, Generator
from earwitness.generators.engines import mbrola
from earwitness.generators.engines.mbrola import open_mbrola

FAKE = """
if options == ["--version"]:
    print("eSpeak NG text-to-speech: 1.51  Data at: {data}")
elif options == ["--voices=mb"]:
    print("Pty Language       Age/Gender VoiceName          File                 Other Languages")
    print(" 7  de              --/F      german-mbrola-5    mb/mb-de5            ")
    print(" 9  en              --/F      en-german-5        mb/mb-de5-en         ")
    print(" 3  en-uk           --/M      english-mb-en1     mb/mb-en1            (en-gb 3)(en 2)")
    print(" 7  tr              --/M      turkish-mbrola-1   mb/mb-tr1            ")
    print(" 5  en-us           --/F      us-mbrola-1        mb/mb-us1            (en 8)")
else:
    tone(after("-w"))
"""


@pytest.fixture
def fake(programs: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Three databases in the three places where they may be; tr1 is nowhere."""
    data, shared = programs.root / "data", programs.root / "shared"
    monkeypatch.setattr(mbrola, "_SHARED", shared)
    programs.add("espeak-ng", FAKE.format(data=data))
    programs.add("mbrola", "")
    for path in (data / "mbrola" / "de5", shared / "us1" / "us1", shared / "voices" / "en1"):
        path.parent.mkdir(parents=True)
        path.write_bytes(b"diphones")
    return programs


def test_voices_are_those_with_a_database_american_ones_first(fake: Any) -> None:
    info = open_mbrola().info
    assert info.voices == ("en-us-us1", "en-gb-en1", "de-de5", "en-de5")
    assert info.languages == ("en-us", "en-gb", "de", "en")
    assert (info.family, info.rate) == (Family.CONCATENATIVE, 16_000)
    assert "not for commercial use" in info.licence
    assert fake.calls()


def test_texts_go_through_standard_input(fake: Any) -> None:
    open_mbrola().synthesize("--help", voice="en-de5")
    call = fake.calls()[-1]
    assert call["given"] == "--help\n"
    assert call["options"][:5] == ["--stdin", "-b", "1", "-v", "mb-de5-en"]


def test_every_part_that_is_missing_is_named(programs: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mbrola, "_SHARED", programs.root / "shared")
    with pytest.raises(MissingDependencyError, match="mbrola: it needs the program espeak-ng"):
        open_mbrola()
    programs.add("espeak-ng", FAKE.format(data=programs.root / "data"))
    with pytest.raises(MissingDependencyError, match="the program mbrola"):
        open_mbrola()
    programs.add("mbrola", "")
    with pytest.raises(MissingDependencyError, match=r"no database is installed.*mbrola-us1"):
        open_mbrola()


def test_the_real_engine(real: Callable[..., Generator]) -> None:
    real(open_mbrola)
