"""Word error rate: how many words a recogniser heard wrongly, of texts written in different ways.

Both sides are brought to one spelling first, by the rules of the English normaliser that came with Whisper
(Radford et al. 2022, arXiv 2212.04356, appendix C), in short: case, punctuation, what stands in brackets,
contractions, titles, British spellings that occur in our sentences, and numbers, which are compared as
digits whether they were written as such or in words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

__all__ = ["WordErrors", "normalised", "word_errors"]

_ONES = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_ORDINALS = (
    "zeroth", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
    "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth",
    "nineteenth",
)  # fmt: skip
_SCALES = {"thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
_VALUES = {word: value for value, word in enumerate(_ONES)} | {
    word: 10 * value for value, word in enumerate(_TENS, start=2)
}
_PLACES = {word: value for value, word in enumerate(_ORDINALS)} | {
    word[:-1] + "ieth": 10 * value for value, word in enumerate(_TENS, start=2)
}
_LONG = (
    (r"\bwon't\b", "will not"),
    (r"\bcan't\b", "can not"),
    (r"\bcannot\b", "can not"),
    (r"\blet's\b", "let us"),
    (r"n't\b", " not"),
    (r"'re\b", " are"),
    (r"'ve\b", " have"),
    (r"'ll\b", " will"),
    (r"'m\b", " am"),
    (r"\b(he|she|it|that|there|what|who|where|how)'s\b", r"\1 is"),
    (r"'d\b", " would"),
    (r"\bmr\b", "mister"),
    (r"\bmrs\b", "missus"),
    (r"\bdr\b", "doctor"),
    (r"\bprof\b", "professor"),
    (r"\bcapt\b", "captain"),
    (r"\bok\b", "okay"),
)
_SPELLINGS = {
    "colour": "color",
    "coloured": "colored",
    "grey": "gray",
    "kilometre": "kilometer",
    "kilometres": "kilometers",
    "metre": "meter",
    "metres": "meters",
    "motor way": "motorway",
    "neighbour": "neighbor",
    "practise": "practice",
    "practises": "practices",
    "recognise": "recognize",
    "theatre": "theater",
    "percents": "percent",
}
_SIGNS = {"%": " percent ", "&": " and ", "+": " plus "}
_MONEY = {"$": "dollars", "£": "pounds", "€": "euros"}
_UNITS = {"km": "kilometers", "kg": "kilograms", "mph": "miles per hour", "g": "grams", "m": "meters"}


@dataclass(frozen=True, slots=True)
class WordErrors:
    """errors: substitutions, insertions and deletions together. words: of the reference."""

    errors: int
    words: int


def word_errors(reference: str, heard: str) -> WordErrors:
    """The fewest changes that make of one text the other (Levenshtein 1966), both brought to one spelling."""
    said, told = normalised(reference), normalised(heard)
    return WordErrors(_distance(said, told), len(said))


def normalised(text: str) -> list[str]:
    """The words of an English text in one spelling; [] for none."""
    plain = re.sub(r"\[[^\]]*\]|\([^)]*\)", " ", text.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'"))
    plain = re.sub(r"(?<=\d),(?=\d{3})", "", plain)
    plain = re.sub(
        r"([$£€])(\d+(?: (?:thousand|million|billion))?)", lambda hit: f"{hit[2]} {_MONEY[hit[1]]}", plain
    )
    plain = re.sub(r"\b(\d+) ?(km|kg|mph|g|m)\b", lambda hit: f"{hit[1]} {_UNITS[hit[2]]}", plain)
    for sign, word in _SIGNS.items():
        plain = plain.replace(sign, word)
    for pattern, word in _LONG:
        plain = re.sub(pattern, word, plain)
    plain = re.sub(r"(\d)(?:st|nd|rd|th)\b", r"\1", plain).replace("'s", " s")
    words = re.findall(r"[^\W_]+", plain.replace("'", ""))
    return [_SPELLINGS.get(word, word) for word in _numbers(words)]


def _numbers(words: Sequence[str]) -> Iterator[str]:
    """Runs of number words as digits; "nineteen eighty seven" is read as a year."""
    at = 0
    while at < len(words):
        value, used = _number(words[at:])
        if used:
            yield str(value)
            at += used
        else:
            yield words[at]
            at += 1


def _number(words: Sequence[str]) -> tuple[int, int]:
    """The number that words begin with, and how many of them it takes: (0, 0) for none."""
    total = current = used = 0
    last = 0  # what the word before may be followed by: 100 after "hundred", 10 after "twenty"
    for place, word in enumerate(words):
        if word == "and" and last in (100, 1_000) and place + 1 < len(words) and words[place + 1] in _VALUES:
            continue
        ordinal = word in _PLACES
        digits = word.isdigit() and not used
        if word in _VALUES or ordinal or digits:
            value = _PLACES[word] if ordinal else int(word) if digits else _VALUES[word]
            added = _joined(current, value, last, used)
            if added is None:
                break
            current, last = added, _room(value, digits)
        elif word == "hundred" and current in range(1, 100):
            current, last = current * 100, 100
        elif word in _SCALES and current:
            total, current, last = total + current * _SCALES[word], 0, 1_000
        else:
            break
        used = place + 1
        if ordinal:
            break
    return total + current, used


def _joined(current: int, value: int, last: int, used: int) -> int | None:
    """The number so far with one more word; None where that word begins another number."""
    if not used or last in (100, 1_000):
        return current + value
    if last == 10 and 0 < value < 10:
        return current + value
    if 10 <= current < 100 and value >= 10 and used == 1 and last in (1, 10):  # a year
        return current * 100 + value
    return None


def _room(value: int, digits: bool) -> int:
    if digits:
        return 0
    return 10 if value >= 20 else 1


def _distance(one: Sequence[str], other: Sequence[str]) -> int:
    row = list(range(len(other) + 1))
    for i, left in enumerate(one, start=1):
        before, row[0] = row[0], i
        for j, right in enumerate(other, start=1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (left != right))
    return row[-1]
