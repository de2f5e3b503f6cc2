"""core/generated.py: what the record says of the engine, and that it is one JSON document."""

from __future__ import annotations

from dataclasses import replace

from fake_generators import FakeGenerator, Vocoder, babble

import earwitness
from earwitness.generated import engine_text, making
from earwitness.generation import Ability
from earwitness.orders import Order, Ready
from earwitness.publish_steps import program
from earwitness.spoken_text import text_sha256


def test_the_engine_has_a_name_and_a_version() -> None:
    ours, theirs = FakeGenerator.info, Vocoder.info
    assert engine_text(ours) == "EarWitness fake 7"
    assert engine_text(ours, "gan") == "EarWitness fake+gan 7"
    assert engine_text(replace(ours, version="")) == f"EarWitness fake {earwitness.__version__}"
    assert engine_text(theirs) == "vocoder"
    assert program(engine_text(ours, "gan")) == ("EarWitness fake+gan", "7")


def test_the_text_itself_is_not_in_it() -> None:
    order = Order(
        ability=Ability.SYNTHESIZE, generator="fake", text="A secret message.", vocoder="gan", seed=3
    )
    made = making(Ready(order), FakeGenerator.info, babble(2.0, 1), "Ada")
    assert made.text_sha256 == text_sha256("A secret message.")
    assert (made.characters, made.seconds, made.rate, made.vocoder) == (17, 2.0, 16_000, "gan")
    assert "secret" not in made.model_dump_json()
