"""Texts that say the same count as the same, and every other word counts once."""

from __future__ import annotations

from importlib import resources

import pytest

from earwitness.eval.words import WordErrors, normalised, word_errors


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("It's 30 days!", "it is thirty days"),
        ("the lowest since 1987", "The lowest since nineteen eighty-seven."),
        ("nineteen oh four", "nineteen oh 4"),
        ("365 days", "three hundred and sixty five days"),
        ("twenty thousand people", "20,000 people"),
        ("90 million pounds", "£90 million"),
        ("90 million pounds", "ninety million pounds"),
        ("17 dollars", "$17"),
        ("12 percent", "twelve percent"),
        ("12 percent", "12%"),
        ("the 3rd of May", "the third of May"),
        ("half past seven", "half past 7"),
        ("won't, can't, cannot", "will not can not can not"),
        ("Mister Brown and Doctor Adams", "Mr. Brown & Dr. Adams"),
        ("the colour of my neighbour's theatre", "the color of my neighbor's theater"),
        ("91 meters high", "91 m high"),
        ("[music] hello (applause)", "Hello"),
        ("fifty five on Tuesday", "55 on tuesday"),
        ("I don\N{RIGHT SINGLE QUOTATION MARK}t know", "i do not know"),
    ],
)
def test_the_same_in_other_spellings(one: str, other: str) -> None:
    assert normalised(one) == normalised(other)


def test_numbers_end_where_another_begins() -> None:
    assert normalised("two goals to one, six seven") == ["2", "goals", "to", "1", "6", "7"]
    assert normalised("one hundred and the rest") == ["100", "and", "the", "rest"]
    assert normalised("hundred") == ["hundred"]
    assert normalised("2 1") == ["2", "1"]
    assert normalised("one thousand two hundred and six") == ["1206"]
    assert normalised("") == []


def test_errors_are_counted() -> None:
    assert word_errors("the cat sat", "The cat sat.") == WordErrors(0, 3)
    assert word_errors("the cat sat", "a cat sat down") == WordErrors(2, 3)
    assert word_errors("the cat sat", "") == WordErrors(3, 3)


def test_there_are_a_hundred_sentences_that_nothing_was_trained_on() -> None:
    def lines(package: str, name: str) -> list[str]:
        return resources.files(package).joinpath(name).read_text(encoding="utf-8").splitlines()

    ours = [" ".join(normalised(line)) for line in lines("earwitness.eval", "sentences_bench.txt")]
    assert len(set(ours)) == len(ours) == 100
    trained = {" ".join(normalised(line)) for line in lines("earwitness.detector.training", "sentences.txt")}
    assert not trained & set(ours)
