"""English text as it is said: numbers, dates, times, money, units and abbreviations become words.

A phonemiser reads "$5.20" as "dollar five, point two zero" and "1984" as a count. What is written here is
what newsreaders say; what remains in digits goes to :mod:`num2words`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any

from earwitness.generators.extra import needed

__all__ = ["spoken_english"]

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip
_MONTH_BY_SHORT = {name[:3].lower(): name for name in _MONTHS} | {"sept": "September"}
_MONTH = r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|"
_MONTH += r"Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)"
_MONEY = {"$": ("dollar", "cent"), "£": ("pound", "penny"), "€": ("euro", "cent"), "¥": ("yen", "")}
_PLURALS = {"penny": "pence", "yen": "yen", "foot": "feet", "inch": "inches", "hertz": "hertz"}
_SHORT = {
    "Mr.": "Mister", "Mrs.": "Missis", "Ms.": "Miz", "Dr.": "Doctor", "Prof.": "Professor",
    "Jr.": "Junior", "Sr.": "Senior", "vs.": "versus", "etc.": "et cetera", "e.g.": "for example",
    "i.e.": "that is", "approx.": "approximately", "dept.": "department", "Inc.": "Incorporated",
    "Ltd.": "Limited", "Corp.": "Corporation", "Co.": "Company", "Gov.": "Governor", "Sen.": "Senator",
    "Gen.": "General", "Lt.": "Lieutenant", "Capt.": "Captain", "Sgt.": "Sergeant", "Rev.": "Reverend",
    "Ave.": "Avenue", "Rd.": "Road", "Blvd.": "Boulevard", "Mt.": "Mount", "w/o": "without",
    "Fig.": "Figure", "fig.": "figure", "figs.": "figures", "vol.": "volume", "pp.": "pages",
}  # fmt: skip
_UNITS = {
    "km/h": "kilometre an hour", "m/s": "metre a second", "km": "kilometre", "cm": "centimetre",
    "mm": "millimetre", "kg": "kilogram", "mg": "milligram", "kHz": "kilohertz", "MHz": "megahertz",
    "GHz": "gigahertz", "Hz": "hertz", "dB": "decibel", "ms": "millisecond", "min": "minute",
    "sec": "second", "hrs": "hour", "hr": "hour", "GB": "gigabyte", "MB": "megabyte", "kB": "kilobyte",
    "TB": "terabyte", "kW": "kilowatt", "MW": "megawatt", "lbs": "pound", "lb": "pound", "oz": "ounce",
    "ft": "foot", "ml": "millilitre", "mph": "mile an hour", "°C": "degree Celsius",
    "°F": "degree Fahrenheit", "°": "degree", "m": "metre", "g": "gram", "l": "litre",
}  # fmt: skip
_FRACTIONS = {"1/2": "one half", "1/3": "one third", "2/3": "two thirds", "1/4": "one quarter"}
_FRACTIONS |= {"3/4": "three quarters", "½": "one half", "¼": "one quarter", "¾": "three quarters"}
_SYMBOLS = {"&": "and", "@": "at", "+": "plus", "=": "equals", "%": "percent", "#": "number", "§": "section"}
_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_BIG = r"(?:hundred|thousand|million|billion|trillion)"
# Words before a number of four digits that make a year of it.
_YEAR_AFTER = r"(?:in|since|by|from|until|till|year|before|after|during|early|late|mid|summer|spring|autumn|"
_YEAR_AFTER += rf"fall|winter|of|around|circa|{_MONTH})"


def spoken_english(text: str) -> str:
    """``text`` with everything that is not a word written out. Raises MissingDependencyError."""
    for pattern, say in _rules():
        text = pattern.sub(say, text)
    return re.sub(r"\s+", " ", text).strip()


Rule = tuple[re.Pattern[str], Callable[[re.Match[str]], str]]


@cache
def _rules() -> tuple[Rule, ...]:
    """In the order in which they are applied: what is longer first."""
    shorts = "|".join(re.escape(short) for short in sorted(_SHORT, key=len, reverse=True))
    units = "|".join(re.escape(unit) for unit in sorted(_UNITS, key=len, reverse=True))
    written: tuple[tuple[str, Callable[[re.Match[str]], str]], ...] = (
        (r"(?i)\b(?:https?://)?((?:[\w-]+\.)+(?:com|org|net|edu|gov|io|eu|de|uk)(?:/[\w./-]*)?)\b", _address),
        (rf"(?<![\w.])(?:{shorts})(?!\w)", lambda m: _SHORT[m[0]]),
        (r"\bSt\.(?=\s+[A-Z])", lambda _: "Saint"),
        (r"\bSt\.", lambda _: "Street"),
        (r"\bNos?\.(?=\s*\d)", lambda _: "number"),
        (r"\bp\.(?=\s*\d)", lambda _: "page"),
        (r"(?<=[A-Za-z])-(?=\d)", lambda _: " "),
        (r"\b(\d)'\s?(\d{1,2})(?:\"|''|\u2033)", lambda m: f"{m[1]} foot {m[2]}"),
        (rf"({_NUMBER})\s?[x×](?!\w)", lambda m: f"{m[1]} times"),
        (rf"\b({_MONTH})\.(?=\s*\d)", lambda m: m[1]),
        (r"\b((?:[A-Z]\.){2,})", lambda m: " ".join(m[1].replace(".", " ").split())),
        (r"\b([A-HJ-Z])\.(?=\s+[A-Z])", lambda m: m[1]),
        (r"\b(\d{1,2})(?::(\d\d))?\s*([ap])\.?m\b\.?", lambda m: _clock(m) + f" {m[3]} m"),
        (r"\b([01]?\d|2[0-3]):([0-5]\d)\b(?!:)", _clock),
        (r"\b(\d{4})-(\d\d)-(\d\d)\b", lambda m: _date(m[0], m[1], m[2], m[3])),
        (r"\b(\d{1,2})/(\d{1,2})/(\d{4})\b", _slashes),
        (rf"\b(\d{{1,2}})(?:st|nd|rd|th)?(?:\s+of)?\s+({_MONTH})\b(?:,?\s+(\d{{4}})\b)?", _day_first),
        (rf"\b({_MONTH})\s+(\d{{1,2}})(?:st|nd|rd|th)?\b(?!,\d)(?:,?\s+(\d{{4}})\b)?", _month_first),
        (rf"([$£€¥])\s?({_NUMBER})(?:\s+({_BIG})\b)?", _money),
        (r"\b(1[1-9]|20)(\d)0s\b", lambda m: _plural(_words(int(m[1] + m[2] + "0"), "year"))),
        (rf"(?i)(\b{_YEAR_AFTER}\s+)(1[1-9]\d\d|20\d\d)\b(?![,.]\d)", lambda m: m[1] + _year(m[2])),
        (r"\b(1[1-9]\d\d|20\d\d)[-–](1[1-9]\d\d|20\d\d)\b", lambda m: f"{_year(m[1])} to {_year(m[2])}"),
        (r"\b(\d[\d,]*)(?:st|nd|rd|th)\b", lambda m: _words(int(m[1].replace(",", "")), "ordinal")),
        (r"(?<![\d/])(?:1/2|1/3|2/3|1/4|3/4)(?![\d/])|[½¼¾]", lambda m: f" {_FRACTIONS[m[0]]} "),
        (r"\b\d{3}-\d{4}\b|\b\d{3}-\d{3}-\d{4}\b|\b0\d+\b(?![.,]\d)", lambda m: _digits(m[0])),
        (r"\b(\d+):(\d+)\b", lambda m: f"{m[1]} to {m[2]}"),
        (rf"({_NUMBER})\s?[-–]\s?({_NUMBER})(?=\D|$)", lambda m: f"{m[1]} to {m[2]}"),
        (rf"(?<![\w.])[-−]({_NUMBER})", lambda m: f"minus {m[1]}"),
        (rf"(?<![\d,.])({_NUMBER})\s?({units})(?![\w/])", _unit),
        (_NUMBER, lambda m: f" {_number(m[0])} "),
        (r"[&@+=%#§]", lambda m: f" {_SYMBOLS[m[0]]} "),
        (r"\s+([.,;:!?…)\]])", lambda m: m[1]),
    )
    return tuple((re.compile(pattern), say) for pattern, say in written)


def _words(value: float, form: str = "cardinal") -> str:
    with needed("Spoken numbers"):
        import num2words

    say: Any = num2words.num2words
    return str(say(value, to=form)).replace(",", "")


def _number(written: str) -> str:
    """1,234.50: digits behind the point are said one by one. Beyond a quintillion all of them are."""
    whole, _, part = written.replace(",", "").partition(".")
    said = _words(int(whole)) if len(whole) <= 18 else _digits(whole)
    return f"{said} point {_digits(part)}" if part else said


def _digits(written: str) -> str:
    return " ".join(_words(int(digit)) if digit.isdigit() else "," for digit in written).replace(" ,", ",")


def _plural(word: str) -> str:
    head, _, tail = word.partition(" a")  # kilometre an hour: kilometres an hour
    if tail.startswith(("n hour", " second")):
        return f"{_plural(head)} a{tail}"
    if word.startswith("degree "):
        return word.replace("degree", "degrees", 1)
    if word in _PLURALS:
        return _PLURALS[word]
    if word.endswith("hertz"):
        return word
    return word[:-1] + "ies" if word.endswith("ty") else word + "s"


def _year(written: str) -> str:
    return _words(int(written), "year")


def _address(match: re.Match[str]) -> str:
    return match[1].replace(".", " dot ").replace("/", " slash ").replace("-", " dash ").strip()


def _clock(match: re.Match[str]) -> str:
    hour, minute = int(match[1]), match[2]
    half_of_day = match.re.groups > 2
    if minute is None:
        return _words(hour)
    if minute == "00":
        return _words(hour) if half_of_day else f"{_words(hour)} o'clock" if 0 < hour < 13 else (
            f"{_words(hour)} hundred hours"
        )  # fmt: skip
    return f"{_words(hour)} {'oh ' if minute[0] == '0' else ''}{_words(int(minute))}"


def _date(written: str, year: str, month: str, day: str) -> str:
    if not (1 <= int(month) <= 12 and 1 <= int(day) <= 31):
        return written
    return f"{_MONTHS[int(month) - 1]} {_words(int(day), 'ordinal')}, {_year(year)}"


def _slashes(match: re.Match[str]) -> str:
    """Month first, as in the United States, unless it can only be the day."""
    first, second = match[1], match[2]
    if int(first) > 12:
        first, second = second, first
    return _date(match[0], match[3], first, second)


def _month(written: str) -> str:
    return _MONTH_BY_SHORT[written[:3].lower()]


def _day_first(match: re.Match[str]) -> str:
    if not 1 <= int(match[1]) <= 31:
        return match[0]
    year = f" {_year(match[3])}" if match[3] else ""
    return f"the {_words(int(match[1]), 'ordinal')} of {_month(match[2])}{year}"


def _month_first(match: re.Match[str]) -> str:
    if not 1 <= int(match[2]) <= 31:
        return match[0]
    year = f", {_year(match[3])}" if match[3] else ""
    return f"{_month(match[1])} {_words(int(match[2]), 'ordinal')}{year}"


def _money(match: re.Match[str]) -> str:
    unit, small = _MONEY[match[1]]
    written, big = match[2], match[3]
    if big:
        return f"{_number(written)} {big} {_plural(unit)}"
    whole, _, part = written.replace(",", "").partition(".")
    if len(part) != 2 or not small:
        return f"{_number(written)} {unit if written == '1' else _plural(unit)}"
    pieces = [
        f"{_words(amount)} {name if amount == 1 else _plural(name)}"
        for amount, name in ((int(whole), unit), (int(part), small))
        if amount
    ]
    return " and ".join(pieces) or f"zero {_plural(unit)}"


def _unit(match: re.Match[str]) -> str:
    unit = _UNITS[match[2]]
    return f"{_number(match[1])} {unit if match[1] == '1' else _plural(unit)}"
