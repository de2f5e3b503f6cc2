"""generators/chain.py: how the families are put together, with parts whose doing is known."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from earwitness.errors import ModelError, NotOfferedError, TextError, UsageError, VoiceError
from earwitness.generators import chain
from earwitness.generators.base import Ability, Family, Generator, GeneratorInfo, Speech
from earwitness.generators.pitch import to_codes
from earwitness.generators.portrait import Portrait
from earwitness.generators.shipped import VARIABLE
from earwitness.generators.vae import Coded
from earwitness.generators.voices import HEARD, VOICES, Voices

Float32 = npt.NDArray[np.float32]
RATE = 16_000


class Counting:
    """A vocoder that holds 0.3 times the first band of each frame for a hop, and hears everybody at 200 Hz.
    given: the pitches it was given."""

    def __init__(self) -> None:
        self.given: list[Float32 | None] = []

    def pitch(self, mel: Float32) -> Float32:
        return np.full(mel.shape[1], 200.0, np.float32)

    def vocode(
        self, mel: Float32, length: int | None = None, *, pitch: Float32 | None = None, seed: int = 0
    ) -> Float32:
        self.given.append(pitch)
        held = np.repeat(0.3 * mel[0], 200)
        assert length is not None
        return np.pad(held, (0, max(0, length - held.size)), mode="edge")[:length] + np.float32(0.01 * seed)


class Coding:
    """A VAE that remembers what it is given."""

    def __init__(self) -> None:
        self.seen: list[tuple[Any, ...]] = []

    def encode(self, mel: Float32, pitch: Float32) -> Coded:
        self.seen.append(("encode", mel.shape[1]))
        codes = np.zeros((8, -(-mel.shape[1] // 4)), np.int64)
        return Coded(codes, np.ones(3, np.float32), mel.shape[1], to_codes(pitch))

    def decode(self, coded: Coded) -> Float32:
        self.seen.append(("decode", coded.frames))
        return np.zeros((80, coded.frames), np.float32)

    def heard(self, mel: Float32) -> Float32:
        self.seen.append(("heard", mel.shape[1]))
        return np.full(3, 3**-0.5, np.float32)

    def converted(self, mel: Float32, voice: Float32) -> Float32:
        self.seen.append(("converted", voice.tolist()))
        return np.zeros_like(mel)

    def spectrogram(self, latents: Float32, voice: Float32) -> Float32:
        return np.full((80, 4 * latents.shape[1]), voice[0], np.float32)


class Reading:
    """A text model that says each unit in one latent."""

    def latents(self, units: str, _voice: Float32, rng: np.random.Generator, _sampling: Any) -> Float32:
        assert units[0] == units[-1] == "_"
        return np.tile(rng.random((1, 1), np.float32), (4, len(units)))


@pytest.fixture
def voices(tmp_path: Path) -> Voices:
    np.savez(tmp_path / VOICES, heart=np.array([1.0, 0, 0]), hugo=np.array([0, 1.0, 0]))
    return Voices(tmp_path)


def _info(*offers: Ability) -> GeneratorInfo:
    return GeneratorInfo("one", Family.GAN, frozenset(offers), RATE, "Apache-2.0")


@pytest.mark.parametrize("frames", [2, 1599, 1600, 1601, 1631, 1632, 1633, 5000])
def test_long_spectrograms_are_vocoded_in_pieces_that_fit_together(frames: int) -> None:
    mel = np.linspace(0, 1, frames, dtype=np.float32)[None].repeat(80, 0)
    length = (frames - 1) * 200 + 7
    made = chain.vocoded(Counting(), mel, length, 0)
    assert made.size == length
    wanted = np.pad(np.repeat(0.3 * mel[0], 200), (0, 7), mode="edge")[:length]
    np.testing.assert_allclose(made, wanted, atol=1e-5)


def test_a_vocoder_keeps_length_and_refuses_the_rest(noise: Callable[..., Float32]) -> None:
    generator = chain.VocoderGenerator(_info(Ability.RESYNTHESIZE), Counting())
    assert isinstance(generator, Generator)
    made = generator.resynthesize(Speech(noise(0.5, 8000), 8000))
    assert (made.rate, made.samples.size) == (RATE, RATE // 2)
    assert np.abs(made.samples).max() <= 1
    refusals: tuple[Callable[[], object], ...] = (
        lambda: generator.synthesize("Hello."),
        lambda: generator.convert(made, voice="heart"),
        lambda: generator.sample(1.0),
    )
    for refused in refusals:
        with pytest.raises(NotOfferedError, match="it offers: resynthesize"):
            refused()


def test_the_vae_codes_and_converts(tmp_path: Path, noise: Callable[..., Float32]) -> None:
    flat = np.zeros(80, np.float32)
    hugo = Portrait(np.array([0, 1, 0], np.float32), flat - 5, flat + 1, np.log(100.0))
    np.savez(tmp_path / HEARD, heart=hugo.packed(), hugo=hugo.packed())
    vae, vocoder = Coding(), Counting()
    generator = chain.VaeGenerator(_info(Ability.CONVERT), vae, Voices(tmp_path, HEARD), vocoder)
    speech = Speech(noise(0.4), RATE)
    assert generator.resynthesize(speech).samples.size == speech.samples.size
    generator.convert(speech, voice="hugo")
    generator.convert(speech, voice=Speech(noise(0.6), RATE))
    assert vae.seen == [
        ("encode", 33), ("decode", 33), ("converted", [0.0, 1.0, 0.0]),
        ("heard", 49), ("converted", pytest.approx([3**-0.5] * 3)),
    ]  # fmt: skip
    for given, hz in zip(vocoder.given, (200, 100, 200), strict=True):
        assert given is not None
        np.testing.assert_allclose(given, hz, rtol=0.01)
    with pytest.raises(VoiceError, match="There are heart, hugo"):
        generator.convert(speech, voice="nobody")
    vocoder.pitch = lambda mel: np.zeros(mel.shape[1], np.float32)  # type: ignore[method-assign]
    with pytest.raises(VoiceError, match="no voice is heard"):
        generator.convert(speech, voice=Speech(noise(0.6), RATE))


@pytest.fixture
def speaker(voices: Voices) -> chain.TransformerGenerator:
    parts: Any = (Reading(), Coding(), voices, Counting())
    return chain.TransformerGenerator(_info(Ability.SYNTHESIZE, Ability.SAMPLE), *parts)


def test_sentences_follow_each_other_with_a_pause(
    speaker: chain.TransformerGenerator, monkeypatch: pytest.MonkeyPatch
) -> None:
    sentences = tuple(SimpleNamespace(phonemes=phonemes) for phonemes in ("aa", "bbb"))
    monkeypatch.setattr(chain, "speakable", lambda _: SimpleNamespace(sentences=sentences))
    made = speaker.synthesize("A a. B b b.")
    said = (len("_ææ_") + len("_bbb_")) * 4 * 200
    assert made.samples.size == said + RATE // 4
    assert not np.array_equal(made.samples, speaker.synthesize("A a. B b b.", voice="hugo").samples)
    again = speaker.synthesize("A a. B b b.", seed=0)
    np.testing.assert_array_equal(made.samples, again.samples)


def test_texts_and_voices_that_cannot_be_spoken(speaker: chain.TransformerGenerator) -> None:
    pytest.importorskip("phonemizer")
    with pytest.raises(TextError):
        speaker.synthesize("🙂🙂")
    with pytest.raises(VoiceError):
        speaker.synthesize("Hello.", voice="humbert")


def test_samples_are_as_long_as_asked_and_follow_from_the_seed(speaker: chain.TransformerGenerator) -> None:
    one, again, other = (speaker.sample(7.3, seed=seed) for seed in (4, 4, 5))
    assert one.seconds == pytest.approx(7.3)
    np.testing.assert_array_equal(one.samples, again.samples)
    assert not np.array_equal(one.samples, other.samples)


@pytest.mark.parametrize("factory", [chain.open_gan, chain.open_vae, chain.open_transformer])
def test_missing_weights_and_unknown_vocoders_are_said(
    factory: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "nowhere"))
    with pytest.raises(ModelError, match="nowhere"):
        factory()
    if factory is chain.open_vae:
        monkeypatch.delenv(VARIABLE)
        with pytest.raises(UsageError, match="There are"):
            chain._vocoder(tmp_path, "wavenet", 1)
