"""generators/shipped.py, and the weights that ship: each family does what it is for, on any machine."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from earwitness.audio import load_audio
from earwitness.generators.base import Ability, Speech, load_generator
from earwitness.generators.gan import GanVocoder
from earwitness.generators.mel import log_mel
from earwitness.generators.portrait import Portrait, portrayed
from earwitness.generators.shipped import VARIABLE, weights_folder
from earwitness.generators.voices import HEARD, Voices

SAMPLE = Path(__file__).parents[2] / "samples" / "human_english.flac"


def test_another_folder_can_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    ours = weights_folder()
    assert (ours / "gan.onnx").is_file()
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    assert weights_folder() == tmp_path


@pytest.mark.parametrize(("name", "least"), [("gan", 0.97), ("autoregressive", 0.9), ("vae", 0.9)])
def test_copies_are_like_their_recordings(name: str, least: float) -> None:
    samples = load_audio(SAMPLE, rate=16_000, mono=True).mono()[:48_000]
    made = load_generator(name).resynthesize(Speech(samples, 16_000))
    assert made.samples.size == samples.size
    one, other = log_mel(samples), log_mel(made.samples)
    likeness = float(np.corrcoef(one.ravel(), other.ravel())[0, 1])
    assert likeness > least


def test_a_converted_voice_has_the_pitch_and_the_colour_of_its_target() -> None:
    samples = load_audio(SAMPLE, rate=16_000, mono=True).mono()[:48_000]
    generator = load_generator("vae")
    vocoder = GanVocoder(weights_folder() / "gan.onnx")
    voices = Voices(weights_folder(), HEARD)
    for name in ("hugo", "kira"):
        made = generator.convert(Speech(samples, 16_000), voice=name).samples
        assert made.size == samples.size
        wanted, mel = Portrait.of(voices.mixed(name)), log_mel(made)
        heard = vocoder.pitch(mel)
        assert np.median(heard[heard > 0]) == pytest.approx(np.exp(wanted.height), rel=0.15)
        likeness = [
            np.corrcoef(wanted.mean, portrayed(of, np.full(20, 100.0, np.float32), wanted.heard).mean)[0, 1]
            for of in (mel, log_mel(samples))
        ]
        assert likeness[0] > 0.95
        assert likeness[0] > likeness[1]


def test_a_text_is_spoken_at_a_sensible_pace_in_any_voice() -> None:
    pytest.importorskip("phonemizer", reason="texts need the extra generate")
    generator = load_generator("transformer")
    assert {Ability.SYNTHESIZE, Ability.SAMPLE} <= generator.info.offers
    text = "The committee agreed to postpone the vote until the end of September."
    made = {voice: generator.synthesize(text, voice=voice) for voice in (None, "hugo", "nobody:3")}
    for speech in made.values():
        assert 3.0 < speech.seconds < 6.0
        assert 0.05 < np.abs(speech.samples).max() <= 1.0
    again = generator.synthesize(text)
    np.testing.assert_array_equal(made[None].samples, again.samples)
    assert not np.array_equal(again.samples, generator.synthesize(text, seed=1).samples)


def test_samples_of_nobody() -> None:
    made = load_generator("transformer").sample(2.0, seed=3)
    assert made.seconds == pytest.approx(2.0)
    assert np.abs(made.samples).max() > 0.05


def test_cards_name_their_data_with_licences() -> None:
    for name in ("gan", "vae", "conversion", "autoregressive", "transformer"):
        card = json.loads((weights_folder() / f"{name}.json").read_text(encoding="utf-8"))
        assert card["data"], name
        assert all(source["licence"] for source in card["data"]), name
        assert card["data"][0]["hours"] > 0, name
        assert card["steps"] > 0
