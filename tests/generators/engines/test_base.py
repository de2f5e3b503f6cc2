"""generators/engines/base.py: refusals, sound that is looked at, recordings in pieces."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from earwitness.errors import (
    EarWitnessError,
    EmptyAudioError,
    ModelError,
    NotOfferedError,
    TextError,
    VoiceError,
)
from earwitness.generators.base import Ability, Family, Generator, GeneratorInfo, Speech
from earwitness.generators.engines.base import Engine, Reader, as_speech, in_pieces, reader_info, trouble
from earwitness.generators.engines.voices import Voice

Float32 = npt.NDArray[np.float32]
VOICES = (
    Voice("en-us-one", "one", "en-us"),
    Voice("de-two", "two", "de", Family.PARAMETRIC),
    Voice("en-us-three", "three", "en-us", Family.CONCATENATIVE),
)


def _info() -> GeneratorInfo:
    return reader_info("reader", VOICES, family=Family.CONCATENATIVE, rate=100, licence="MIT", version="2")


class Counting(Reader):
    """Says a sample for each character, at the level of the seed."""

    def _speak(self, text: str, voice: Voice, seed: int) -> Speech:
        self.said = text, voice.own
        return Speech(np.full(len(text), seed, np.float32), 100)


def test_everything_that_is_not_offered_is_refused() -> None:
    engine = Engine(GeneratorInfo("nothing", Family.GAN, frozenset(), 0, "MIT"))
    assert isinstance(engine, Generator)
    speech = Speech(np.ones(9, np.float32), 100)
    refusals: tuple[Callable[[], object], ...] = (
        lambda: engine.synthesize("Hello."),
        lambda: engine.resynthesize(speech),
        lambda: engine.convert(speech, voice=speech),
        lambda: engine.sample(1.0),
    )
    for refused in refusals:
        with pytest.raises(NotOfferedError, match=r"nothing: it does not offer .* it offers: nothing"):
            refused()


def test_an_english_voice_reads_no_other_script() -> None:
    reader = Counting(_info(), VOICES)
    with pytest.raises(TextError, match="reader: most letters of the text are Chinese"):
        reader.synthesize("你好。", seed=1)
    assert reader.synthesize("你好。", voice="de-two", seed=1).samples.size == 3, "not ours to judge"


def test_what_is_told_of_a_reader_comes_from_its_voices() -> None:
    info = _info()
    assert info.offers == {Ability.SYNTHESIZE}
    assert info.voices == ("en-us-one", "de-two", "en-us-three")
    assert info.languages == ("en-us", "de")
    assert info.details == {"family of de-two": "parametric"}


def test_a_reader_cleans_texts_and_knows_voices_by_both_names() -> None:
    reader = Counting(_info(), VOICES)
    assert reader.synthesize(" Hi\N{GRINNING FACE}\r\nyou\x07 ", seed=1).samples.size == len("Hi \nyou")
    assert reader.said == ("Hi \nyou", "one")
    for name in ("de-two", "two", "TWO", "de_two"):
        reader.synthesize("Hi", voice=name, seed=1)
        assert reader.said[1] == "two"
    with pytest.raises(VoiceError, match="Did you mean de-two"):
        reader.synthesize("Hi", voice="de-twoo", seed=1)


@pytest.mark.parametrize("text", ["", "  ", "...", "x" * 20_001])
def test_a_reader_refuses_what_is_no_text(text: str) -> None:
    with pytest.raises(TextError):
        Counting(_info(), VOICES).synthesize(text, seed=1)


def test_a_reader_that_stays_silent_has_found_nothing_to_say() -> None:
    with pytest.raises(TextError, match="reader: it found nothing"):
        Counting(_info(), VOICES).synthesize("Hello.", seed=0)


def test_sound_is_flat_and_never_beyond_full_scale() -> None:
    made = as_speech(np.array([[0.5, -2.0, 1.0]]), 8_000, "x")
    np.testing.assert_allclose(made.samples, [0.25, -1, 0.5])
    assert (made.rate, str(made.samples.dtype)) == (8_000, "float32")
    assert as_speech(np.zeros(0), 8_000, "x").samples.size == 0
    with pytest.raises(EarWitnessError, match="x: it made what is no sound"):
        as_speech(np.array([0.1, np.nan]), 8_000, "x")


@pytest.mark.parametrize("size", [100, 101, 19_999, 20_000, 20_100, 20_200, 20_201, 39_900, 40_100, 61_234])
def test_recordings_are_remade_in_pieces_that_fit_together(size: int, noise: Callable[..., Float32]) -> None:
    sound = noise(size / 1_000, 1_000)
    seen: list[int] = []

    def remake(piece: Float32) -> Float32:
        seen.append(piece.size)
        return np.pad(piece, (0, 5)) if len(seen) % 2 else piece[:-3]

    made = in_pieces(sound, 1_000, remake)
    assert made.size == size
    assert max(seen) <= 20_200
    np.testing.assert_allclose(made[: size - 3], sound[: size - 3], atol=1e-6 if len(seen) < 2 else 0.5)
    np.testing.assert_allclose(in_pieces(sound, 1_000, lambda piece: piece), sound, atol=1e-6)


def test_next_to_nothing_is_not_remade() -> None:
    with pytest.raises(EmptyAudioError, match="too short"):
        in_pieces(np.zeros(99, np.float32), 1_000, lambda piece: piece)


def test_trouble_names_the_engine_and_lets_our_errors_pass() -> None:
    with (
        pytest.raises(EarWitnessError, match=r"kazoo: the engine failed \(KeyError: 'k'\)"),
        trouble("kazoo"),
    ):
        raise KeyError("k")
    with pytest.raises(ModelError, match="ours"), trouble("kazoo"):
        raise ModelError("ours")
