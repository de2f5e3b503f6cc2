"""The same channel for a recording and its attack."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from earwitness.generators.attacks.channel import apply, room_response
from earwitness.generators.attacks.channel_plan import Step
from earwitness.generators.attacks.signal import rms, speech_rms

Float32 = npt.NDArray[np.float32]
Sound = Callable[..., Float32]
CHAIN = (
    Step("room", (("direct_db", 3.0), ("rt60_s", 0.3))),
    Step("noise", (("exponent", 1.0), ("snr_db", 20.0))),
    Step("phone"),
    Step("codec", (("lead", 100), ("name", "mulaw"))),
)


def test_same_seed_same_sound_same_length(speech_like: Sound) -> None:
    x = speech_like(2.0)
    once, again, other = apply(x, CHAIN, 1), apply(x, CHAIN, 1), apply(x, CHAIN, 2)
    assert np.array_equal(once, again)
    assert not np.array_equal(once, other)
    assert once.shape == x.shape
    assert np.abs(once).max() <= 1.0
    assert apply(x, (), 1) is x


def test_noise_has_its_ratio_and_is_the_same_for_both(speech_like: Sound) -> None:
    step = (Step("noise", (("exponent", 0.0), ("snr_db", 12.0))),)
    one, other = speech_like(3.0, level=0.2), speech_like(3.0, level=0.2, seed=5)
    first, second = (apply(x, step, 3) - x for x in (one, other))
    assert 20 * np.log10(speech_rms(one) / rms(first)) == pytest.approx(12.0, abs=0.1)
    assert np.corrcoef(first, second)[0, 1] > 0.999


def test_a_telephone_has_its_band(noise: Sound) -> None:
    y = apply(noise(2.0), (Step("phone"),), 0)
    power = np.abs(np.fft.rfft(y)) ** 2
    assert power[2 * 4000 :].sum() < 1e-6 * power.sum()
    assert power[: 2 * 150].sum() < 1e-6 * power.sum()


def test_a_room_decays_and_leaves_the_direct_sound_first() -> None:
    response = room_response(0.4, 5.0, np.random.default_rng(0))
    assert response.size == 6400
    assert np.argmax(np.abs(response)) == 0
    assert np.sum(response**2) == pytest.approx(1.0, rel=1e-4)
    direct = response[0] ** 2
    assert 10 * np.log10(direct / (1 - direct)) == pytest.approx(5.0, abs=0.1)
    assert np.sum(response[3200:] ** 2) < 0.05 * np.sum(response[1:3200] ** 2)


def test_recorded_noise(speech_like: Sound, noise: Sound, write_wav: Callable[..., Path]) -> None:
    bed = write_wav(noise(1.0, rate=22_050), 22_050, "bed.wav")
    x = speech_like(3.0, level=0.2)
    y = apply(x, (Step("noise", (("recorded", str(bed)), ("snr_db", 10.0))),), 0)
    assert 20 * np.log10(speech_rms(x) / rms(y - x)) == pytest.approx(10.0, abs=0.2)
