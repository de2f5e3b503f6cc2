"""core/choices.py: a word is a member, or the error lists the members."""

from __future__ import annotations

import pytest

from earwitness.choices import chosen
from earwitness.errors import UsageError
from earwitness.marks import Search, Strength


def test_words_and_members() -> None:
    assert chosen(Strength, "strong", "strength") is Strength.STRONG
    assert chosen(Search, Search.FULL, "search") is Search.FULL


def test_other_words_are_refused_with_the_known_ones() -> None:
    with pytest.raises(UsageError, match=r"a search of 'deep' is not known.*none, hint, full"):
        chosen(Search, "deep", "search")
