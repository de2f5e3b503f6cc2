"""generators/engines/griffin_lim.py: the remade recording has the spectrogram of the recording."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from earwitness.generators.base import Ability, Family, Speech
from earwitness.generators.engines.griffin_lim import GriffinLim, open_griffin_lim
from earwitness.generators.mel import log_mel

Float32 = npt.NDArray[np.float32]


def test_the_copy_has_the_spectrogram_of_the_recording(speech_like: Callable[..., Float32]) -> None:
    samples = speech_like(1.5)
    engine = open_griffin_lim()
    assert (engine.info.family, engine.info.offers) == (Family.SIGNAL, frozenset({Ability.RESYNTHESIZE}))
    made = engine.resynthesize(Speech(samples, 16_000), seed=1)
    assert made.samples.size == samples.size
    one, other = log_mel(samples), log_mel(made.samples)
    loud = one > -4
    assert np.corrcoef(one[loud], other[loud])[0, 1] > 0.9
    np.testing.assert_array_equal(made.samples, engine.resynthesize(Speech(samples, 16_000), seed=1).samples)
    assert not np.array_equal(made.samples, engine.resynthesize(Speech(samples, 16_000), seed=2).samples)


def test_the_length_is_what_was_asked_for(noise: Callable[..., Float32]) -> None:
    mel = log_mel(noise(0.5))
    assert GriffinLim().vocode(mel).size == 8_000
    assert GriffinLim().vocode(mel, 7_931).size == 7_931
