"""generators/spoken_english.py: what newsreaders say."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from earwitness.generators.spoken_english import spoken_english

SAID = {
    "It costs $5.20.": "It costs five dollars and twenty cents.",
    "$1, £1.01 and €0.99": "one dollar, one pound and one penny and ninety-nine cents",
    "$3.5 million": "three point five million dollars",
    "In 1984 there were 1984 people.": (
        "In nineteen eighty-four there were one thousand nine hundred and eighty-four people."
    ),
    "the 1990s": "the nineteen nineties",
    "1914-1918": "nineteen fourteen to nineteen eighteen",
    "3 March 1984": "the third of March nineteen eighty-four",
    "March 3, 2005": "March third, two thousand and five",
    "on Nov. 24th": "on November twenty-fourth",
    "2026-11-24": "November twenty-fourth, twenty twenty-six",
    "24/11/2026": "November twenty-fourth, twenty twenty-six",
    "at 10:30 p.m.": "at ten thirty p m",
    "at 9am": "at nine a m",
    "at 10:05": "at ten oh five",
    "at 7:00": "at seven o'clock",
    "at 14:00": "at fourteen hundred hours",
    "the 2nd of 1,234 tries": "the second of one thousand two hundred and thirty-four tries",
    "50% of 3.14": "fifty percent of three point one four",
    "-5 °C": "minus five degrees Celsius",
    "1 km, 5 km and 80 km/h": "one kilometre, five kilometres and eighty kilometres an hour",
    "16 kHz, 6 ft": "sixteen kilohertz, six feet",
    "10-20 files": "ten to twenty files",
    "call 555-0199": "call five five five, zero one nine nine",
    "agent 007": "agent zero zero seven",
    "1/2 of it": "one half of it",
    "Dr. Smith vs. Mr. Jones, etc.": "Doctor Smith versus Mister Jones, et cetera",
    "St. John lives on Elm St.": "Saint John lives on Elm Street",
    "No. 5 of the U.S. Army": "number five of the U S Army",
    "see example.com/news": "see example dot com slash news",
    "see pp. 12-14, p. 3 & fig. 2": "see pages twelve to fourteen, page three and figure two",
    "COVID-19, 3:1, 4x, 5'11\" tall": "COVID nineteen, three to one, four times, five foot eleven tall",
    "J. K. Rowling": "J K Rowling",
    "R&D @ #1": "R and D at number one",
    "99999999999999999999": " ".join(["nine"] * 20),
    "May I go in?": "May I go in?",
    "I may. 5 did.": "I may. five did.",
}


@pytest.mark.parametrize(("written", "said"), SAID.items())
def test_it_is_said_as_one_says_it(written: str, said: str) -> None:
    assert spoken_english(written) == said


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="0123456789.,:/-$%°½ abkmMarch", max_size=40))
def test_no_digit_stays_and_nothing_breaks(text: str) -> None:
    assert not any(character in "0123456789½" for character in spoken_english(text))
