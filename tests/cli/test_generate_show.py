"""cli/generate_show.py: words where they belong, and nothing twice."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from fake_generators import FakeGenerator, babble

from earwitness.cli.generate_show import GenerateShow, in_words
from earwitness.errors import TextError
from earwitness.generated import ConsentFacts, Making, making
from earwitness.generation import Ability
from earwitness.orders import Order, Ready


def made(**values: object) -> Making:
    order = Order(ability=Ability.SYNTHESIZE, generator="fake", text="Hello.", **values)  # type: ignore[arg-type]
    return making(Ready(order), FakeGenerator.info, babble(2.0, 1), "Ada")


def test_in_words() -> None:
    assert in_words(made()) == "2.0 s of speech by fake 7, voice Ada, seed 0"
    assert in_words(made(vocoder="gan", seed=4)) == "2.0 s of speech by fake+gan 7, voice Ada, seed 4"
    consent = ConsentFacts(speaker="Eve", purposes=("marked_speech",), valid_until="x", public_key="0" * 64)
    with_consent = made().model_copy(update={"voice": None, "consent": consent})
    assert "in the voice of Eve, with their consent" in in_words(with_consent)


def test_streams_keep_words_out_of_the_sound(capsys: pytest.CaptureFixture[str]) -> None:
    GenerateShow(streaming=True).say("a\x1bb")
    GenerateShow(streaming=True).line("{}")
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "a\\x1bb\n{}\n")
    GenerateShow().say("here")
    assert capsys.readouterr().out == "here\n"


def test_an_aside_is_told_once_and_quiet_tells_none(capsys: pytest.CaptureFixture[str]) -> None:
    show = GenerateShow()
    show.once("how to sign")
    show.once("how to sign")
    GenerateShow(quiet=True).once("how to sign")
    assert capsys.readouterr().err == "how to sign\n"


def test_a_failure_names_what_failed(capsys: pytest.CaptureFixture[str]) -> None:
    GenerateShow(quiet=True).failed("line 3", TextError("it is empty."))
    assert "line 3: it is empty." in capsys.readouterr().err
    GenerateShow(json=True).failed("line 3", TextError("it is empty."))
    assert json.loads(capsys.readouterr().out)["error"]


def test_unmarked_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    GenerateShow().unmarked("a.wav", made())
    assert capsys.readouterr().out.endswith("seed 0, unmarked\n")
    GenerateShow(json=True).unmarked("a.wav", made())
    assert json.loads(capsys.readouterr().out)["generator"] == "fake"
    assert replace(GenerateShow(), quiet=True).quiet
