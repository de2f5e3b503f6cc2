"""Spectra and the sound back from them."""

import numpy as np
import numpy.typing as npt
import pytest

from earwitness.detector.training import shaken
from earwitness.detector.training.overlap import sound, spectra

Float32 = npt.NDArray[np.float32]


@pytest.mark.parametrize("size", shaken.SIZES)
def test_spectra_that_are_left_alone_give_the_recording_back(speech: Float32, size: int) -> None:
    x = speech[:30_011]
    assert sound(spectra(x, size), size, len(x)) == pytest.approx(x, abs=1e-5)
