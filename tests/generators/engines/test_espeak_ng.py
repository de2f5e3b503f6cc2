"""generators/engines/espeak_ng.py: languages, variants, and texts that look like options or phonemes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from earwitness.errors import MissingDependencyError, VoiceError
from earwitness.generators.base import Family, Generator
from earwitness.generators.engines.espeak_ng import open_espeak_ng

FAKE = """
head = "Pty Language       Age/Gender VoiceName          File                 Other Languages"
if options == ["--version"]:
    print("eSpeak NG text-to-speech: 1.51  Data at: /somewhere/espeak-ng-data")
elif options == ["--voices=variant"]:
    print(head)
    print(" 5  variant         --/F      Annie              !v/Annie             ")
    print(" 5  variant         --/M      Mr_Serious         !v/Mr serious        ")
    print(" 5  variant         --/M      Storm              !v/Storm             (en-us 5)")
    print(" 5  variant         --/F      female2            !v/f2                ")
    print(" 5  variant         --/M      klatt              !v/klatt             ")
elif options == ["--voices"]:
    print(head)
    print(" 5  af              --/M      Afrikaans          gmw/af               ")
    print(" 5  cmn             --/M      Chinese            sit/cmn              (zh-cmn 5)(zh 5)")
    print(" 2  en-us           --/M      English_(America)  gmw/en-US            (en 3)")
    print(" 5  en-us           --/F      us-mbrola-1        mb/mb-us1            (en 8)")
else:
    tone(after("-w"), 22050)
"""


@pytest.fixture
def fake(programs: Any) -> Any:
    programs.add("espeak-ng", FAKE)
    return programs


def test_voices_are_languages_and_a_few_variants(fake: Any) -> None:
    info = open_espeak_ng().info
    assert info.voices[:4] == ("en-us", "en-us+f2", "en-us+klatt", "af")
    assert info.languages == ("en-us", "af", "cmn")
    assert (info.name, info.family, info.rate, info.version) == ("espeak-ng", Family.FORMANT, 22_050, "1.51")
    assert info.licence.startswith("GPL-3.0")
    assert info.details["variants"] == "Annie, Storm, f2, klatt"
    assert fake.calls()


def test_texts_go_through_standard_input_and_hold_no_commands(fake: Any) -> None:
    made = open_espeak_ng().synthesize("-v [[h@l0U]] you", voice="AF+F2")
    assert (made.rate, made.samples.size) == (22_050, 11_025)
    call = fake.calls()[-1]
    assert call["given"] == "-v [ [h@l0U] ] you\n"
    assert call["options"][:5] == ["--stdin", "-b", "1", "-v", "af+f2"]


@pytest.mark.parametrize(
    ("asked", "called"), [(None, "en-us"), ("en-us+annie", "en-us+Annie"), ("cmn", "cmn")]
)
def test_variants_that_are_not_listed_work_as_well(asked: str | None, called: str, fake: Any) -> None:
    open_espeak_ng().synthesize("Hello.", voice=asked)
    options = fake.calls()[-1]["options"]
    assert options[options.index("-v") + 1] == called


@pytest.mark.parametrize("voice", ["tlh", "en-us+nobody", "+f2", "xx+f2", "-w"])
def test_unknown_voices(voice: str, fake: Any) -> None:
    with pytest.raises(VoiceError, match="There are en-us"):
        open_espeak_ng().synthesize("Hello.", voice=voice)
    assert all("--stdin" not in call["options"] for call in fake.calls())


def test_without_the_program(programs: Any) -> None:
    assert not programs.log.exists()
    with pytest.raises(MissingDependencyError, match=r"espeak-ng: .*apt install espeak-ng"):
        open_espeak_ng()


def test_the_real_engine(real: Callable[..., Generator]) -> None:
    engine = real(open_espeak_ng)
    assert len(engine.info.languages) > 50
    german, plain = (engine.synthesize("Guten Tag", voice=one).samples for one in ("de", "en-us"))
    assert german.shape != plain.shape or not (german == plain).all()
