"""generators/engines/letters.py: nothing is left out unnoticed, nothing is taken for a command."""

from __future__ import annotations

import pytest

from earwitness.errors import TextError
from earwitness.generators.engines.letters import in_letters, without_brackets, without_tags


def test_letters_lose_their_accents_only_where_they_must() -> None:
    text = "na\N{LATIN SMALL LETTER I WITH DIAERESIS}ve"
    assert in_letters(text, "ascii", "x") == "naive"
    assert in_letters(text, "iso-8859-1", "x") == in_letters(text, "utf-8", "x") == text
    assert in_letters("Stra\N{LATIN SMALL LETTER SHARP S}e", "ascii", "x") == "Strasse"
    czech = "\N{LATIN SMALL LETTER C WITH CARON}"
    assert (in_letters(czech, "iso-8859-2", "x"), in_letters(czech, "iso-8859-1", "x")) == (czech, "c")


def test_signs_become_plain_ones_or_spaces() -> None:
    quoted = "\N{LEFT DOUBLE QUOTATION MARK}It\N{RIGHT SINGLE QUOTATION MARK}s\N{RIGHT DOUBLE QUOTATION MARK}"
    assert in_letters(quoted, "ascii", "x") == '"It\'s"'
    assert in_letters("5 \N{EURO SIGN} a\N{EN DASH}b", "ascii", "x") == "5   a-b"
    assert in_letters("x\N{SUPERSCRIPT TWO}", "ascii", "x") == "x2"


def test_letters_of_another_alphabet_are_refused() -> None:
    russian = "\N{CYRILLIC SMALL LETTER DE}\N{CYRILLIC SMALL LETTER A}"
    with pytest.raises(
        TextError, match=f"kazoo: this voice does not know these letters: {' '.join(russian)}"
    ):
        in_letters(f"Yes, {russian}.", "ascii", "kazoo")


def test_commands_are_taken_apart() -> None:
    assert "[[" not in without_brackets("[[[h@l0U]]] [a](b)")
    assert "](" not in without_brackets("[[[h@l0U]]] [a](b)")
    assert without_brackets("plain [text]") == "plain [text]"
    assert without_tags("<volume level='0'>x</volume>") == " volume level='0' x /volume "
