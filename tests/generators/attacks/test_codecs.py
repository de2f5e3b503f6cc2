"""Real encoders, in memory, in place."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from earwitness.generators.attacks.codecs import CODECS, missing_codecs, through, working_codecs

Float32 = npt.NDArray[np.float32]


def test_those_of_every_build_work() -> None:
    assert {"mulaw", "alaw", "aac_64k", "gsm"} <= set(working_codecs())
    assert set(working_codecs()) | set(missing_codecs()) == set(CODECS)


@pytest.mark.parametrize("name", sorted(CODECS))
def test_sound_stays_in_its_place(name: str, speech_like: Callable[..., Float32]) -> None:
    if name not in working_codecs():
        pytest.skip("this build has no such codec")
    x = speech_like(2.0, level=0.3)
    for lead in (0, 333):
        y = through(x, name, lead)
        assert y.shape == x.shape
        cross = np.fft.irfft(np.fft.rfft(y, 1 << 16) * np.conj(np.fft.rfft(x, 1 << 16)))
        lag = int(np.argmax(cross))
        assert min(lag, (1 << 16) - lag) <= 8, "at most half a millisecond off"
        assert np.corrcoef(x, y)[0, 1] > 0.4


def test_nothing_stays_nothing() -> None:
    assert through(np.zeros(0, np.float32), "mulaw", 0).size == 0
