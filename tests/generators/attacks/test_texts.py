"""Texts to be spoken."""

from __future__ import annotations

import numpy as np
import pytest

from earwitness.generators.attacks.texts import text_for


@pytest.mark.parametrize("seconds", [1.0, 5.0, 20.0])
def test_long_enough_and_whole_sentences(seconds: float) -> None:
    text = text_for(seconds, np.random.default_rng(1))
    assert 14 * seconds <= len(text) <= 14 * 1.25 * seconds + 120
    assert text[-1] in ".!?"
    assert text == text_for(seconds, np.random.default_rng(1))
    assert text != text_for(seconds, np.random.default_rng(2))
