"""generators/sound.py: rates, full scale, pieces that fade into each other."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from earwitness.errors import EmptyAudioError
from earwitness.generators.base import Speech
from earwitness.generators.sound import RATE, at_our_rate, finished, joined

Float32 = npt.NDArray[np.float32]


def test_other_rates_are_resampled_and_ours_is_left_alone(tone: Callable[..., Float32]) -> None:
    ours = tone(1.0, RATE)
    assert at_our_rate(Speech(ours, RATE)) is ours
    made = at_our_rate(Speech(tone(1.0, 44_100), 44_100))
    assert abs(made.size - RATE) <= 1
    spectrum = np.abs(np.fft.rfft(made[:RATE]))
    assert spectrum.argmax() == pytest.approx(440, abs=1)


def test_next_to_nothing_is_refused() -> None:
    with pytest.raises(EmptyAudioError, match="too short"):
        at_our_rate(Speech(np.zeros(100, np.float32), RATE))


def test_what_is_too_loud_becomes_softer_as_a_whole() -> None:
    loud = np.array([0.5, -2.0, 1.0], np.float32)
    made = finished(loud)
    assert np.abs(made.samples).max() <= 1
    np.testing.assert_allclose(made.samples / made.samples[0], loud / loud[0], rtol=1e-6)
    soft = np.array([0.5, -0.25], np.float32)
    assert finished(soft).samples is soft
    assert finished(np.zeros(0, np.float32)).seconds == 0


def test_pieces_of_one_sound_join_to_that_sound(noise: Callable[..., Float32]) -> None:
    whole = noise(0.1)
    made = joined([whole[:700], whole[600:1300], whole[1200:]], 100)
    np.testing.assert_allclose(made, whole, atol=1e-6)
