"""Bands, rooms, noise and losses do what their numbers say, and nothing moves in time."""

import itertools
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from earwitness.detector.training import channels

Float32 = npt.NDArray[np.float32]
Change = Callable[[Float32, np.random.Generator], Float32]

CHANGES: dict[str, Change] = {
    "narrowband": lambda x, _: channels.narrowband(x, 300.0, 3400.0),
    "resample_through": lambda x, _: channels.resample_through(x, 11_000),
    "add_noise": lambda x, rng: channels.add_noise(x, channels.coloured_noise(x.size, 1.0, rng), 20.0),
    "room": lambda x, rng: channels.room(x, rng),
    "clip": lambda x, rng: channels.clip(x, rng, fraction=0.01),
    "packet_loss": lambda x, rng: channels.packet_loss(x, rng, loss=0.1),
    "gain": lambda x, _: channels.gain(x, -0.5),
}


def rms(x: Float32) -> float:
    return float(np.sqrt(np.mean(np.square(x))))


def decibels(ratio: float) -> float:
    return float(20 * np.log10(ratio))


def band_power(x: Float32, low: float, high: float) -> float:
    power = np.abs(np.fft.rfft(x)) ** 2
    hertz = np.fft.rfftfreq(x.size, 1 / 16_000)
    return float(power[(hertz >= low) & (hertz < high)].sum())


@pytest.mark.parametrize("name", sorted(CHANGES))
def test_length_place_level_and_seed(speech: Float32, name: str) -> None:
    before = speech.copy()
    out = CHANGES[name](speech, np.random.default_rng(4))
    assert np.array_equal(speech, before), "the input was written to"
    assert out.dtype == np.float32
    assert out.shape == speech.shape
    assert abs(decibels(rms(out) / rms(speech))) < 1.5
    size = 2 * speech.size
    cross = np.fft.irfft(np.fft.rfft(out, size) * np.conj(np.fft.rfft(speech, size)), size)
    assert int(np.argmax(cross)) in (0, 1, size - 1)
    assert np.array_equal(out, CHANGES[name](speech, np.random.default_rng(4)))
    assert not np.array_equal(out, speech)


@pytest.mark.parametrize("name", sorted(CHANGES))
def test_silence_and_tiny_clips_pass(name: str) -> None:
    for clip in (np.zeros(4_000, np.float32), np.array([0.5], np.float32)):
        out = CHANGES[name](clip, np.random.default_rng(0))
        assert out.shape == clip.shape
        assert np.isfinite(out).all()


def test_narrowband_keeps_the_band_and_nothing_else() -> None:
    noise = channels.coloured_noise(64_000, 0.0, np.random.default_rng(1))
    out = channels.narrowband(noise, 300.0, 3400.0)
    assert band_power(out, 400, 3300) == pytest.approx(band_power(noise, 400, 3300), rel=0.05)
    assert band_power(out, 0, 200) < 1e-3 * band_power(noise, 0, 200)
    assert band_power(out, 3550, 8001) < 1e-3 * band_power(noise, 3550, 8001)


@pytest.mark.parametrize("rate", [8_000, 11_000, 12_000, 14_000])
def test_resampling_loses_what_is_above_half_the_rate(rate: int) -> None:
    noise = 0.1 * channels.coloured_noise(64_000, 0.0, np.random.default_rng(1))
    out = channels.resample_through(noise, rate)
    assert band_power(out, rate / 2 * 1.02, 8001) < 1e-2 * band_power(noise, rate / 2 * 1.02, 8001)
    assert band_power(out, 100, rate / 2 * 0.85) == pytest.approx(
        band_power(noise, 100, rate / 2 * 0.85), rel=0.05
    )


@pytest.mark.parametrize(("exponent", "drop_db"), [(0.0, 0.0), (1.0, 3.01), (2.0, 6.02)])
def test_coloured_noise_falls_by_its_exponent_per_octave(exponent: float, drop_db: float) -> None:
    noise = channels.coloured_noise(1 << 18, exponent, np.random.default_rng(2))
    assert rms(noise) == pytest.approx(1.0, rel=1e-3)
    octaves = [band_power(noise, low, 2 * low) / low for low in (250, 500, 1000, 2000)]  # power per hertz
    for lower, upper in itertools.pairwise(octaves):
        assert 10 * np.log10(lower / upper) == pytest.approx(drop_db, abs=0.3)


@pytest.mark.parametrize("snr_db", [0.0, 10.0, 30.0])
def test_added_noise_has_the_stated_ratio_to_the_speech(speech: Float32, snr_db: float) -> None:
    quiet = 0.2 * speech
    noise = channels.coloured_noise(1_000, 0.0, np.random.default_rng(3))  # shorter than the speech: repeated
    added = channels.add_noise(quiet, noise, snr_db) - quiet
    assert decibels(channels.speech_level(quiet) / rms(added)) == pytest.approx(snr_db, abs=0.05)


def test_speech_level_leaves_pauses_out() -> None:
    tone = np.sin(np.arange(16_000) * 0.3).astype(np.float32)
    with_pause = np.concatenate([tone, np.zeros(48_000, np.float32)])
    assert channels.speech_level(with_pause) == pytest.approx(channels.speech_level(tone), rel=1e-3)


def test_room_response_decays_as_asked() -> None:
    response = channels.room_response(np.random.default_rng(5), rt60=0.5, direct_db=0.0)
    assert np.argmax(np.abs(response)) == 0
    assert float(np.sum(np.square(response))) == pytest.approx(1.0, rel=1e-4)
    assert float(response[0] ** 2) == pytest.approx(0.5, rel=0.02), (
        "direct and reverberant energy are equal at 0 dB"
    )
    left = np.cumsum(np.square(response[::-1]))[::-1]  # Schroeder's backward integral
    curve = 10 * np.log10(left[320:] / left[320])
    at_5, at_25 = (int(np.argmax(curve < level)) for level in (-5.0, -25.0))
    assert 3 * (at_25 - at_5) / 16_000 == pytest.approx(0.5, rel=0.3)


def test_clip_flattens_the_stated_share(speech: Float32) -> None:
    out = channels.clip(speech, np.random.default_rng(0), fraction=0.02)
    assert np.mean(np.abs(out) >= np.abs(out).max()) == pytest.approx(0.02, abs=0.002)


def test_packet_loss_loses_the_stated_share_in_bursts() -> None:
    ones = np.ones(320 * 20_000, np.float32)
    out = channels.packet_loss(ones, np.random.default_rng(6), loss=0.1, burst=3.0, conceal=False)
    lost = out.reshape(-1, 320)[:, 0] == 0.0
    assert lost.mean() == pytest.approx(0.1, abs=0.01)
    bursts = np.count_nonzero(np.diff(lost.astype(int)) == 1)
    assert lost.sum() / bursts == pytest.approx(3.0, abs=0.3)


def test_concealment_repeats_the_last_packet_fading() -> None:
    packets = np.repeat(np.arange(1, 401) / 400, 320).astype(np.float32)
    out = channels.packet_loss(packets, np.random.default_rng(6), loss=0.2, burst=2.0, conceal=True)
    values = out.reshape(-1, 320)[:, 0]
    expected = np.arange(1, 401) / 400
    changed = np.flatnonzero(values != expected.astype(np.float32))
    first = changed[0]
    assert values[first] == pytest.approx(0.6 * expected[first - 1])
    assert (values[changed] > 0).all()


def test_gain_clips_at_full_scale() -> None:
    out = channels.gain(np.array([0.1, -0.9], np.float32), 6.0206)
    assert out == pytest.approx([0.2, -1.0], abs=1e-4)
