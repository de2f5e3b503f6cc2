"""generators/engines/pico.py: a text that is an argument, and still never an option or a command."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from earwitness.errors import MissingDependencyError
from earwitness.generators.base import Family, Generator
from earwitness.generators.engines.pico import open_pico


def test_texts_stand_behind_all_options_and_have_no_tags(programs: Any) -> None:
    programs.add("pico2wave", "tone(after('-w'))")
    engine = open_pico()
    assert (
        engine.info.voices == engine.info.languages == ("en-us", "en-gb", "de-de", "es-es", "fr-fr", "it-it")
    )
    assert (engine.info.family, engine.info.rate) == (Family.PARAMETRIC, 16_000)
    assert engine.synthesize("--usage <speed level='20'>", voice="de_DE").samples.size == 8_000
    options = programs.calls()[-1]["options"]
    assert options[:3] == ["-l", "de-DE", "-w"]
    assert options[-2:] == ["--", "--usage  speed level='20' "]


def test_without_the_program(programs: Any) -> None:
    assert not programs.log.exists()
    with pytest.raises(MissingDependencyError, match=r"pico: .*pico2wave.*libttspico-utils"):
        open_pico()


def test_the_real_engine(real: Callable[..., Generator]) -> None:
    real(open_pico)
