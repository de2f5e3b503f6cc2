"""Real codecs: same length, same place in time, same level, and really lossy."""

import numpy as np
import numpy.typing as npt
import pytest

from earwitness.detector.training.codecs import CODECS, roundtrip

Float32 = npt.NDArray[np.float32]
SETTINGS = [
    (name, rate, bits)
    for name, codec in CODECS.items()
    for rate in codec.rates
    for bits in codec.bitrates or (None,)
]


def speech_band(x: Float32) -> Float32:
    """500-3000 Hz: telephone codecs turn the phase under that, which is no delay."""
    spectrum = np.fft.rfft(x)
    hertz = np.fft.rfftfreq(x.size, 1 / 16_000)
    spectrum[(hertz < 500) | (hertz > 3000)] = 0
    return np.fft.irfft(spectrum, x.size).astype(np.float32)


def lag(reference: Float32, other: Float32) -> int:
    """Samples by which ``other`` is late."""
    size = 2 * reference.size
    cross = np.fft.irfft(np.fft.rfft(other, size) * np.conj(np.fft.rfft(reference, size)), size)
    peak = int(np.argmax(cross))
    return peak if peak < reference.size else peak - size


def level_db(x: Float32) -> float:
    return float(10 * np.log10(np.mean(np.square(x))))


@pytest.mark.parametrize(("codec", "rate", "bits"), SETTINGS)
def test_length_place_and_level_survive(speech: Float32, codec: str, rate: int, bits: int | None) -> None:
    heard = roundtrip(speech, codec, bits, np.random.default_rng(3), rate=rate, fast=True)
    assert heard.dtype == np.float32
    assert heard.shape == speech.shape
    assert abs(lag(speech_band(speech), speech_band(heard))) <= 1
    assert abs(level_db(speech_band(heard)) - level_db(speech_band(speech))) < 1.5
    assert not np.array_equal(heard, speech)


@pytest.mark.parametrize("codec", ["mp3", "aac", "opus"])
def test_the_encoders_own_effort_is_aligned_too(speech: Float32, codec: str) -> None:
    heard = roundtrip(speech, codec, 32_000, np.random.default_rng(3), rate=16_000)
    assert abs(lag(speech_band(speech), speech_band(heard))) <= 1


@pytest.mark.parametrize(
    ("codec", "low", "high"),
    [
        ("mp3", 24_000, 64_000),
        ("aac", 24_000, 64_000),
        ("opus", 8_000, 32_000),
        ("vorbis", 24_000, 48_000),
        ("amr_nb", 4_750, 12_200),
    ],
)
def test_more_bits_lose_less(speech: Float32, codec: str, low: int, high: int) -> None:
    def loss(bits: int) -> float:
        heard = roundtrip(speech, codec, bits, np.random.default_rng(5), rate=CODECS[codec].rates[0])
        target = speech_band(speech)
        got = speech_band(heard)
        got *= float(np.dot(got, target) / np.dot(got, got))  # a codec's own gain is no loss
        return float(np.mean(np.square(got - target)))

    assert loss(high) < loss(low)


def test_telephone_codecs_keep_no_high_band(speech: Float32) -> None:
    for codec in ("pcm_mulaw", "pcm_alaw", "gsm", "amr_nb"):
        spectrum = np.abs(np.fft.rfft(roundtrip(speech, codec, None, np.random.default_rng(0)))) ** 2
        assert spectrum[spectrum.size * 4200 // 8000 :].sum() < 1e-4 * spectrum.sum(), codec


def test_equal_seeds_give_equal_sound(speech: Float32) -> None:
    for codec in CODECS:
        first = roundtrip(speech, codec, None, np.random.default_rng(11), fast=True)
        again = roundtrip(speech, codec, None, np.random.default_rng(11), fast=True)
        assert np.array_equal(first, again), codec


@pytest.mark.parametrize("codec", sorted(CODECS))
@pytest.mark.parametrize("n", [0, 1, 100])
def test_very_short_clips_keep_their_length(codec: str, n: int) -> None:
    clip = np.full(n, 0.1, np.float32)
    heard = roundtrip(clip, codec, None, np.random.default_rng(0), fast=True)
    assert heard.shape == (n,)
    assert np.isfinite(heard).all()


def test_an_unknown_codec_is_named() -> None:
    with pytest.raises(KeyError, match="betamax"):
        roundtrip(np.zeros(10, np.float32), "betamax", None, np.random.default_rng(0))
