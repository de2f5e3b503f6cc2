"""generators/units.py: one character a sound, nothing that the alphabet lacks."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from earwitness.generators.units import EDGE, UNITS, babble, numbered, units


@pytest.mark.parametrize(
    ("phonemes", "written"),
    [
        ("həlˈoʊ wˈɜːld!", "həlˈO wˈɜɹld!"),
        ("tʃˈɜːtʃ dʒˈʌdʒ", "ʧˈɜɹʧ ʤˈʌʤ"),
        ("kˈɑːʔn̩ lˈɪɾəl", "kˈɑtᵊn lˈɪTəl"),
        ("ðə fˈaɪɚ, ɐ bˈɔɪ;", "ðə fˈIəɹ, ə bˈY;"),
        ("fˈoːɹ", "fˈɔɹ"),
        ("m̃5x", "mh"),
    ],
)
def test_sounds_become_single_units(phonemes: str, written: str) -> None:
    assert units(phonemes) == f"{EDGE}{written}{EDGE}"


@given(st.text(max_size=60))
def test_whatever_comes_every_unit_has_a_number(text: str) -> None:
    written = units(text)
    assert written[0] == written[-1] == EDGE
    assert EDGE not in written[1:-1]
    numbers = numbered(written)
    assert numbers.min() >= 0
    assert numbers.max() < len(UNITS)
    assert "".join(UNITS[number] for number in numbers) == written


def test_no_unit_stands_twice_in_the_alphabet() -> None:
    assert len(set(UNITS)) == len(UNITS)


def test_babble_is_made_of_units_and_follows_from_the_seed() -> None:
    one, again, other = (babble(np.random.default_rng(seed)) for seed in (0, 0, 1))
    assert one == again != other
    assert set(one) <= set(UNITS)
    assert one.count(" ") >= 3
