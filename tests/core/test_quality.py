"""Measures against sounds whose level, noise and clipping are known; conclusions against each rule."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from earwitness import quality as q
from earwitness.quality import MeasuredChannel, QualityMeter, conclude
from earwitness.report import ChannelQuality, FileFacts
from earwitness.samples import resample

Float32 = npt.NDArray[np.float32]
Maker = Callable[..., Float32]


def measure(native: Float32, rate: int = 16000) -> MeasuredChannel:
    meter = QualityMeter(rate)
    meter.push(native, resample(native, rate, 16000))
    return meter.result(None)


def facts(**changes: Any) -> FileFacts:
    values: dict[str, Any] = {
        "name": "a.wav", "sha256": "0" * 64, "size_bytes": 1, "duration_s": 10.0, "container": "wav",
        "codec": "pcm_s16le", "sample_rate": 16000, "channels": 1, "bit_rate": 256000,
    }  # fmt: skip
    return FileFacts(**{**values, **changes})


def channel(**changes: Any) -> MeasuredChannel:
    values: dict[str, Any] = {
        "speech_s": 10.0, "level_dbfs": -20.0, "peak_dbfs": -3.0, "snr_db": 30.0, "bandwidth_hz": 8000.0,
    }  # fmt: skip
    return MeasuredChannel(**{**values, **changes})


def active_level(sound: Float32) -> float:
    return float(10 * np.log10(np.mean(sound**2)))


# --- measures ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", [0.8, 0.4])
def test_levels(level: float, speech_like: Maker) -> None:
    sound = speech_like(6.0, level=level)
    found = measure(sound)
    assert found.peak_dbfs == pytest.approx(20 * np.log10(level), abs=0.1)
    assert found.level_dbfs == pytest.approx(active_level(sound), abs=1.5)
    assert 4.0 < found.speech_s <= 6.0


def test_pauses_do_not_lower_the_level(speech_like: Maker) -> None:
    sound = speech_like(6.0)
    with_pauses = np.concatenate([np.zeros(64000, np.float32), sound, np.zeros(64000, np.float32)])
    assert measure(with_pauses).level_dbfs == pytest.approx(measure(sound).level_dbfs or 0, abs=1.0)
    assert measure(with_pauses).speech_s == pytest.approx(measure(sound).speech_s, abs=0.4)


@pytest.mark.parametrize("snr", [5.0, 15.0, 30.0])
def test_snr_is_that_of_the_mixture(snr: float, speech_like: Maker, noise: Maker) -> None:
    speech = np.concatenate([np.zeros(48000, np.float32), speech_like(8.0), np.zeros(48000, np.float32)])
    power = np.mean(speech[48000:-48000] ** 2)
    mixture = speech + noise(14.0, level=float(np.sqrt(power / 10 ** (snr / 10))))
    assert measure(mixture).snr_db == pytest.approx(snr, abs=3.0)


def test_loud_music_before_a_clean_talk_is_no_noise(speech_like: Maker, tone: Maker) -> None:
    talk = np.concatenate([tone(6.0, level=0.9), speech_like(6.0)])
    found = measure(talk)
    assert found.snr_db is not None
    assert found.snr_db > q.LOW_SNR_DB


def test_clean_pauses_do_not_give_infinity(speech_like: Maker) -> None:
    silence = np.zeros(48000, np.float32)
    found = measure(np.concatenate([silence, speech_like(4.0), silence])).snr_db
    assert found is not None
    assert 40 < found <= 80


@pytest.mark.parametrize("gain", [1.0, 0.3])
def test_clipping_is_counted_at_any_ceiling(gain: float, speech_like: Maker) -> None:
    """Clipped at full scale, and clipped and then turned down."""
    loud = 4 * speech_like(5.0)
    clipped = np.clip(loud, -1, 1) * np.float32(gain)
    flat = float(np.mean(np.abs(loud) >= 1))
    assert flat > 0.005
    assert measure(clipped).clipped_fraction == pytest.approx(flat, rel=0.25)


def test_loud_but_whole_waves_are_not_clipped(speech_like: Maker, tone: Maker) -> None:
    assert measure(speech_like(5.0, level=0.999)).clipped_fraction < 1e-4
    assert measure(tone(3.0, 48000, 200.0, 1.0), 48000).clipped_fraction < 1e-3
    eight_bit = np.round(speech_like(5.0, level=0.9) * 127) / np.float32(127)
    assert measure(eight_bit.astype(np.float32)).clipped_fraction < 0.002


def test_overshoot_of_a_float_file_counts_as_clipping_when_flat(speech_like: Maker) -> None:
    sound = np.clip(3 * speech_like(5.0), -1.3, 1.3)
    assert measure(sound).clipped_fraction > 0.001


def test_speech_track_covers_each_sample(speech_like: Maker, noise: Maker) -> None:
    sound = noise(6.0, level=1e-3)
    sound[32000:64000] += speech_like(2.0)
    meter = QualityMeter(16000)
    parts = [meter.push(sound[k : k + 25600], sound[k : k + 25600]) for k in range(0, 96000, 25600)]
    track = np.concatenate(parts)
    assert track.shape == sound.shape
    assert track[40000:60000].mean() > 0.5
    assert track[:25000].mean() < 0.1


def test_measures_do_not_hang_on_the_block_size(speech_like: Maker, noise: Maker) -> None:
    sound = speech_like(20.0) + noise(20.0, level=1e-3)
    whole = measure(sound)
    meter = QualityMeter(16000)
    for k in range(0, len(sound), 51200):
        meter.push(sound[k : k + 51200], sound[k : k + 51200])
    parts = meter.result(None)
    assert parts.speech_s == pytest.approx(whole.speech_s, abs=0.6)
    assert parts.level_dbfs == pytest.approx(whole.level_dbfs or 0, abs=0.3)
    assert parts.snr_db == pytest.approx(whole.snr_db or 0, abs=2.0)
    assert parts.bandwidth_hz == pytest.approx(whole.bandwidth_hz or 0, rel=0.05)


def test_silence_measures_nothing() -> None:
    found = measure(np.zeros(48000, dtype=np.float32))
    assert (found.speech_s, found.level_dbfs, found.peak_dbfs, found.snr_db) == (0, None, None, None)
    assert found.clipped_fraction == 0
    assert QualityMeter(16000).result(0).speech_s == 0


# --- conclusions ------------------------------------------------------------------------------------------


def test_good_speech_is_usable_without_a_word() -> None:
    result, warnings = conclude([channel()], facts())
    assert (result.usable, result.reasons, warnings) == (True, (), ())
    assert not result.telephone
    assert not result.heavy_compression
    assert result.channels == ()


@pytest.mark.parametrize(
    ("measures", "reason"),
    [
        ({"speech_s": 0.0, "level_dbfs": None}, "no speech"),
        ({"speech_s": 0.9}, "0.9 s of speech"),
        ({"peak_dbfs": None}, "silent"),
        ({"peak_dbfs": -95.0, "speech_s": 0.0}, "silent"),
        ({"level_dbfs": -70.0, "peak_dbfs": -60.0}, "too quiet"),
        ({"clipped_fraction": 0.2}, "clipped"),
        ({"snr_db": -3.0}, "louder than the speech"),
    ],
)
def test_unusable_recordings_say_why(measures: dict[str, Any], reason: str) -> None:
    result, _ = conclude([channel(**measures)], facts())
    assert not result.usable
    assert len(result.reasons) == 1
    assert reason in result.reasons[0]


@pytest.mark.parametrize(
    ("measures", "file", "word"),
    [
        ({"bandwidth_hz": 3900.0}, {}, "Telephone"),
        ({}, {"sample_rate": 8000}, "Telephone"),
        ({}, {"codec": "pcm_alaw"}, "Telephone"),
        ({}, {"codec": "mp3", "bit_rate": 32000}, "compression"),
        ({}, {"codec": "opus", "bit_rate": 24000, "channels": 2}, "compression"),
        ({"holes": 0.05}, {}, "compression"),
        ({"speech_s": 2.0}, {}, "Short"),
        ({"snr_db": 5.0}, {}, "Noisy"),
        ({"clipped_fraction": 0.01}, {}, "Clipped"),
        ({"level_dbfs": -55.0}, {}, "Quiet"),
    ],
)
def test_usable_recordings_come_with_warnings(
    measures: dict[str, Any], file: dict[str, Any], word: str
) -> None:
    result, warnings = conclude([channel(**measures)], facts(**file))
    assert result.usable
    assert len(warnings) == 1
    assert word in warnings[0]
    assert result.telephone == (word == "Telephone")
    assert result.heavy_compression == (word == "compression")


@pytest.mark.parametrize(
    "file", [{"codec": "mp3", "bit_rate": 128000}, {"codec": "aac", "bit_rate": 64000}, {"codec": "flac"}]
)
def test_ordinary_bit_rates_are_no_heavy_compression(file: dict[str, Any]) -> None:
    assert not conclude([channel()], facts(**file))[0].heavy_compression


def test_the_best_usable_channel_stands_for_all() -> None:
    long_but_drowned = channel(channel=0, speech_s=60.0, snr_db=-5.0)
    short = channel(channel=1, speech_s=5.0)
    result, _ = conclude([long_but_drowned, short], facts(channels=2))
    assert result.usable
    assert (result.channel, result.speech_s) == (1, 5.0)
    assert [one.channel for one in result.channels] == [0, 1]
    assert all(type(one) is ChannelQuality for one in result.channels)


def test_a_report_can_be_read_back() -> None:
    result, _ = conclude([channel(channel=0, holes=0.1), channel(channel=1)], facts(channels=2))
    assert type(result).model_validate_json(result.model_dump_json()) == result


def test_telephone_sound_is_recognised_after_resampling(speech_like: Maker, noise: Maker) -> None:
    narrow = speech_like(8.0, 8000) + noise(8.0, 8000, 1e-3)
    wide = speech_like(8.0, 16000) + noise(8.0, 16000, 1e-2) * (np.arange(128000) // 2000 % 2)
    assert conclude([measure(resample(narrow, 8000, 48000), 48000)], facts(sample_rate=48000))[0].telephone
    assert not conclude([measure(wide.astype(np.float32))], facts())[0].telephone


def test_thresholds_are_ordered() -> None:
    assert q.MIN_SPEECH_S < q.SHORT_SPEECH_S
    assert q.SILENCE_PEAK_DBFS < q.MIN_LEVEL_DBFS < q.LOW_LEVEL_DBFS
    assert q.NOTICEABLE_CLIPPING < q.HOPELESS_CLIPPING
    assert q.HOPELESS_SNR_DB < q.LOW_SNR_DB
