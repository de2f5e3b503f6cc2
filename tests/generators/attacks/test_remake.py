"""The sound of a pair."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
from fake_generators import GENERATORS, FakeGenerator
from fake_menus import engine

from earwitness.errors import ConsentError, ModelError, VoiceError
from earwitness.generation import Generator, Speech
from earwitness.generators.attacks.channel_plan import Step
from earwitness.generators.attacks.engines import PersonVoice
from earwitness.generators.attacks.plan import Draw
from earwitness.generators.attacks.remake import make_pair
from earwitness.generators.attacks.signal import speech_rms

Float32 = npt.NDArray[np.float32]
Sound = Callable[..., Float32]
PLAN = Draw("0" * 16, engine(), "resynthesize", None, None, None, "", False, (), -24.0, 7)
CHANNEL = (Step("phone"), Step("codec", (("lead", 5), ("name", "mulaw"))))


def load(name: str) -> Generator:
    return GENERATORS[name]()


@pytest.mark.parametrize(
    "plan",
    [
        PLAN,
        replace(PLAN, method="convert", voice="Bert", channel=CHANNEL),
        replace(PLAN, method="synthesize", voice="Ada", text="Something else is said here, and more."),
        replace(PLAN, partial=True, channel=CHANNEL),
    ],
)
def test_both_are_alike_in_all_but_what_is_said(plan: Draw, speech_like: Sound) -> None:
    pair = make_pair(speech_like(4.0), plan, load)
    assert pair.human.size == pair.attack.size
    assert 20 * np.log10(speech_rms(pair.human) / speech_rms(pair.attack)) == pytest.approx(0, abs=0.5)
    assert not np.array_equal(pair.human, pair.attack)
    assert pair.spans[-1][1] <= pair.attack.size
    again = make_pair(speech_like(4.0), plan, load)
    assert np.array_equal(again.attack, pair.attack)
    assert np.array_equal(again.human, pair.human)
    for x in (pair.human, pair.attack):
        assert np.array_equal(x * 2**15, np.round(x * 2**15))


def test_a_partial_fake_is_its_twin_outside_of_the_spans(speech_like: Sound) -> None:
    pair = make_pair(speech_like(6.0), replace(PLAN, partial=True), load)
    outside = np.ones(pair.human.size, bool)
    for first, end in pair.spans:
        outside[max(0, first - 400) : end + 400] = False
    human, attack = pair.human[outside], pair.attack[outside]
    gain = float(human @ attack / (human @ human))
    assert np.sqrt(np.mean((attack - gain * human) ** 2)) < 0.01 * speech_rms(human)
    first, end = pair.spans[0]
    assert np.corrcoef(pair.human[first:end], pair.attack[first:end])[0, 1] < 0.7


def test_other_rates_come_to_ours(speech_like: Sound) -> None:
    class Fast(FakeGenerator):
        def resynthesize(self, speech: Speech, *, seed: int = 0) -> Speech:
            return Speech(np.repeat(super().resynthesize(speech, seed=seed).samples, 3), 3 * speech.rate)

    pair = make_pair(speech_like(3.0), PLAN, lambda _: Fast())
    assert pair.attack.size == pair.human.size


@pytest.mark.parametrize("samples", [np.zeros(48_000, np.float32), np.full(48_000, np.nan, np.float32)])
def test_silence_and_what_is_no_number_are_refused(samples: Float32, speech_like: Sound) -> None:
    class Bad(FakeGenerator):
        def resynthesize(self, speech: Speech, *, seed: int = 0) -> Speech:  # noqa: ARG002
            return Speech(samples, 16_000)

    with pytest.raises(ModelError):
        make_pair(speech_like(3.0), PLAN, lambda _: Bad())


def test_a_persons_voice_needs_consent_at_the_time_of_use(
    speech_like: Sound, write_wav: Callable[..., object]
) -> None:
    clip = write_wav(speech_like(6.0), name="ada.wav")
    person = PersonVoice(str(clip), "0" * 64, "Ada", "absent.json")
    with pytest.raises((ConsentError, VoiceError)):
        make_pair(speech_like(3.0), replace(PLAN, method="convert", person=person), load)
