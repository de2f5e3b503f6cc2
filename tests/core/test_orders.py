"""core/orders.py: what is wrong with an order is said before a generator is loaded, or by what it offers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fake_generators import Broken, FakeGenerator, Vocoder

from earwitness.consent import Purpose
from earwitness.consent_making import create_consent
from earwitness.errors import (
    ConsentError,
    EarWitnessError,
    ModelError,
    NotOfferedError,
    SourceNotFoundError,
    TextError,
    UsageError,
    VoiceError,
)
from earwitness.generation import Ability
from earwitness.orders import Order, look_over, make

USE = Purpose.MARKED_SPEECH


def spoken(text: str = "Good morning to you.", **values: Any) -> Order:
    return Order(ability=Ability.SYNTHESIZE, generator="fake", text=text, **values)


@pytest.fixture
def clip(speech_like: Callable[..., np.ndarray], write_wav: Callable[..., Path]) -> Path:
    return write_wav(speech_like(6.0), name="ref.wav")


def test_a_text_is_spoken_by_the_first_voice_or_the_named_one() -> None:
    for order, voice in (
        (spoken(), "Ada"),
        (spoken(voice="Bert"), "Bert"),
        (spoken(language="DE"), "de-Carla"),
    ):
        speech, used = make(look_over(order, USE), FakeGenerator())
        assert (used, speech.rate) == (voice, 16_000)
        assert speech.samples.dtype == np.float32
        assert np.abs(speech.samples).max() <= 1


def test_the_same_order_gives_the_same_sound_and_another_seed_another() -> None:
    one, again, other = (
        make(look_over(spoken(seed=seed), USE), FakeGenerator())[0].samples for seed in (1, 1, 2)
    )
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)


@pytest.mark.parametrize(
    ("order", "error", "said"),
    [
        (spoken(""), TextError, "empty"),
        (spoken("😀"), TextError, "nothing in it"),
        (spoken("x" * 20_001), TextError, "20,001"),
        (spoken(seed=-1), UsageError, "not negative"),
        (Order(ability=Ability.SAMPLE, generator="fake", seconds=0.1), UsageError, "between 0.5 and 600"),
        (Order(ability=Ability.SAMPLE, generator="fake"), UsageError, "between 0.5"),
        (Order(ability=Ability.RESYNTHESIZE, generator="fake"), UsageError, "--from"),
        (spoken(reference=Path("x.wav")), UsageError, "only to convert"),
        (
            Order(ability=Ability.RESYNTHESIZE, generator="fake", source=Path("none.wav")),
            SourceNotFoundError,
            "none.wav",
        ),
    ],
)
def test_refused_before_a_generator_is_needed(order: Order, error: type[EarWitnessError], said: str) -> None:
    with pytest.raises(error, match=said):
        look_over(order, USE)


@pytest.mark.parametrize(
    ("order", "error", "said"),
    [
        (spoken(voice="Bret"), VoiceError, 'no voice "Bret"'),
        (spoken(voice="Zoë"), VoiceError, "There are Ada, Bert, de-Carla"),
        (spoken(voice="ref.wav"), VoiceError, "--from RECORDING --to-voice"),
        (spoken(language="fr"), TextError, 'does not speak "fr". It speaks en-us, de'),
        (spoken(language="en"), VoiceError, "which of its voices"),
        (
            Order(ability=Ability.SAMPLE, generator="fake", seconds=2, voice="Ada"),
            UsageError,
            "no voice by name",
        ),
    ],
)
def test_refused_by_what_the_generator_has(order: Order, error: type[EarWitnessError], said: str) -> None:
    with pytest.raises(error, match=said):
        make(look_over(order, USE), FakeGenerator())


def test_what_it_does_not_offer_and_what_is_no_sound() -> None:
    with pytest.raises(NotOfferedError, match="vocoder: it does not offer to synthesize"):
        make(look_over(spoken(), USE), Vocoder())
    with pytest.raises(ModelError, match="no sound that can be used"):
        make(look_over(spoken(), USE), Broken())


def test_recordings_are_remade_and_converted(clip: Path, fake_generators: list[tuple[str, str]]) -> None:
    for ability, voice in ((Ability.RESYNTHESIZE, None), (Ability.CONVERT, None), (Ability.CONVERT, "Bert")):
        order = Order(ability=ability, generator="fake", source=clip, voice=voice)
        speech, _ = make(look_over(order, USE), FakeGenerator())
        assert speech.seconds == pytest.approx(6.0)
    assert fake_generators == [("resynthesize", "6.0"), ("convert", "Ada"), ("convert", "Bert")]


def test_a_person_s_voice_needs_their_consent(
    clip: Path, tmp_path: Path, fake_generators: list[tuple[str, str]]
) -> None:
    def order(consent: Path | None) -> Order:
        return Order(ability=Ability.CONVERT, generator="fake", source=clip, reference=clip, consent=consent)

    with pytest.raises(ConsentError, match="a person's"):
        look_over(order(None), USE)
    paper = tmp_path / "ada.json"
    create_consent([clip], paper, speaker="Ada", purposes=[USE], key_file=tmp_path / "k")
    with pytest.raises(ConsentError, match="not for attack_training"):
        look_over(order(paper), Purpose.ATTACK_TRAINING)
    ready = look_over(order(paper), USE)
    assert ready.consent is not None
    assert make(ready, FakeGenerator())[1] is None
    assert fake_generators == [("convert", "a recording")]


def test_identity_is_that_of_the_sound(clip: Path) -> None:
    order = Order(ability=Ability.CONVERT, generator="fake", source=clip, voice="Ada")
    assert set(order.identity()) == {"ability", "generator", "voice", "seed", "source_sha256"}
    assert spoken(consent=Path("a")).identity() == spoken().identity()
    assert spoken(seed=1).identity() != spoken().identity()
    assert "Good morning" not in str(spoken().identity())
