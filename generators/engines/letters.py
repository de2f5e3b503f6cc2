"""Texts for old engines, which know the letters of one 8-bit alphabet, and whose texts may hold commands."""

from __future__ import annotations

import re
import unicodedata

from earwitness.errors import TextError

__all__ = ["in_letters", "without_brackets", "without_tags"]

_PLAIN = str.maketrans(
    {
        "\N{LEFT SINGLE QUOTATION MARK}": "'",
        "\N{RIGHT SINGLE QUOTATION MARK}": "'",
        "\N{LEFT DOUBLE QUOTATION MARK}": '"',
        "\N{RIGHT DOUBLE QUOTATION MARK}": '"',
        "\N{EN DASH}": "-",
        "\N{EM DASH}": " - ",
        "\N{HORIZONTAL ELLIPSIS}": "...",
        "\N{LATIN SMALL LETTER SHARP S}": "ss",
        "\N{LATIN SMALL LETTER AE}": "ae",
        "\N{LATIN SMALL LETTER O WITH STROKE}": "o",
        "\N{LATIN SMALL LETTER L WITH STROKE}": "l",
    }
)
_MOST_NAMED = 5
_TOGETHER = re.compile(r"(?<=\[)(?=\[)|(?<=\])(?=[\](])")


def in_letters(text: str, encoding: str, engine: str) -> str:
    """``text`` in characters of ``encoding``: without accents where it has none, other signs left out.

    Raises TextError for letters and digits that it does not have: words must not be left out unnoticed.
    """
    fits, strange = [], []
    for character in text:
        found = next((one for one in _ways(character) if _has(encoding, one)), None)
        if found is None and character.isalnum():
            strange.append(character)
        fits.append(" " if found is None else found)
    if strange:
        named = " ".join(dict.fromkeys(strange[:_MOST_NAMED]))
        raise TextError(
            f"this voice does not know these letters: {named}",
            subject=engine,
            hint="Give words in the language of the voice, or take another voice.",
        )
    return "".join(fits)


def without_brackets(text: str) -> str:
    """Brackets apart from each other: ``[[…]]`` and ``[…](…)`` would be read as phonemes."""
    return _TOGETHER.sub(" ", text)


def without_tags(text: str) -> str:
    """Without ``<`` and ``>``: what stands between them would be taken for a command."""
    return text.replace("<", " ").replace(">", " ")


def _ways(character: str) -> tuple[str, ...]:
    """The character, and plainer ways to write it, the best first."""
    bare = "".join(
        one for one in unicodedata.normalize("NFKD", character) if unicodedata.category(one) != "Mn"
    )
    return character, character.translate(_PLAIN), bare


def _has(encoding: str, text: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return bool(text)
