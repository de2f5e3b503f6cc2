"""generators/text.py: sentences and phonemes; what cannot be said is told or left out."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from earwitness.errors import MissingDependencyError, TextError
from earwitness.generators import text as text_module
from earwitness.generators.text import MAX_CHARACTERS, MAX_PHONEMES, languages, speakable


def said(text: str, language: str = "en-us") -> list[str]:
    return [sentence.phonemes for sentence in speakable(text, language).sentences]


def test_sentences_phonemes_and_pauses() -> None:
    assert said("Hello there, Dr. Smith! Is it 3.5 or 4?") == [
        "həlˈoʊ ðˈɛɹ, dˈɑːktɚ smˈɪθ!",
        "ɪz ɪt θɹˈiː pˈɔɪnt fˈaɪv ɔːɹ fˈɔːɹ?",
    ]


def test_a_title_an_initial_or_a_small_letter_ends_no_sentence() -> None:
    sentences = speakable("I met J. K. Rowling and Mr. Bean. He left... quickly.\nNew line").sentences
    assert [sentence.text for sentence in sentences] == [
        "I met J K Rowling and Mister Bean.",
        "He left. quickly.",
        "New line",
    ]


def test_other_languages_are_read_by_their_rules() -> None:
    assert said("Guten Tag, wie geht's?", "de")[0].startswith("ɡˈuːtən tˈɑːk, ")
    assert said("Bonjour.", "fr-fr") == ["bɔ̃ʒˈuʁ."]
    assert {"en-us", "en-gb", "de", "cmn"} <= set(languages())


def test_emoji_and_control_characters_are_left_out_and_named() -> None:
    spoken = speakable("Good\x07 morning 🙂🙂, caf\u0065\u0301 \u200downer ☃!")
    assert spoken.left_out == ("\x07", "🙂", "☃")
    assert [sentence.text for sentence in spoken.sentences] == ["Good morning, café owner!"]


@pytest.mark.parametrize("text", ["", "  \n\t ", "...", "🙂", "\x00\x01", "—!?"])
def test_nothing_to_say_is_told(text: str) -> None:
    with pytest.raises(TextError, match="nothing in it"):
        speakable(text)


def test_enormous_text_and_unknown_languages_are_told() -> None:
    with pytest.raises(TextError, match="20,001 characters"):
        speakable("a" * (MAX_CHARACTERS + 1))
    with pytest.raises(TextError, match=r"Did you mean .*en-us"):
        speakable("Hello.", "en-uss")
    with pytest.raises(TextError, match='"klingon" is not known'):
        speakable("Hello.", "klingon")


def test_english_is_not_made_of_another_script() -> None:
    with pytest.raises(TextError, match="Chinese"):
        speakable("你好。")
    assert said("He said 你好 to Zoë.")
    assert speakable("你好。", "cmn").sentences


def test_endless_sentences_are_cut_and_lose_nothing() -> None:
    text = " ".join(["wonderful"] * 400) + ", and so on."
    pieces = said(text)
    assert len(pieces) > 5
    assert all(len(piece) <= MAX_PHONEMES + 20 for piece in pieces)
    assert " ".join(pieces).count("wˈʌndɚfəl") == 400
    assert said("x" * 5_000)  # a word without end


def test_threads_do_not_mix() -> None:
    texts = {"Hello there.": "en-us", "Guten Tag.": "de", "Bonjour.": "fr-fr"}
    alone = {text: said(text, language) for text, language in texts.items()}
    with ThreadPoolExecutor(4) as pool:
        for _ in range(10):
            together = pool.map(lambda item: (item[0], said(*item)), texts.items())
            assert dict(together) == alone


def test_without_the_extra_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "espeakng_loader", None)
    text_module._espeak.cache_clear()
    text_module._backend.cache_clear()
    with pytest.raises(MissingDependencyError, match=r"earwitness\[generate\]"):
        speakable("Hello.")
    text_module._espeak.cache_clear()
