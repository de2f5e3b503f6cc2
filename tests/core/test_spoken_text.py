"""core/spoken_text.py: what nobody can say goes out and is told; what is no text is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earwitness.errors import TextError
from earwitness.spoken_text import MAX_CHARACTERS, refuse_other_script, spoken_text, text_sha256


def test_a_plain_text_stays_as_it_is() -> None:
    found = spoken_text("Good morning.\nIt is 21 °C — naïve, isn't it?")
    assert (found.text, found.note) == ("Good morning.\nIt is 21 °C — naïve, isn't it?", None)


@pytest.mark.parametrize(
    ("text", "spoken", "left_out"),
    [
        ("Hello 👋🏽 world", "Hello    world", ("👋", "🏽")),
        ("Bell\x07 rings", "Bell  rings", ("\x07",)),
        ("a\u200db", "ab", ()),  # a joiner
        ("I \u2764\ufe0f tea", "I   tea", ("\u2764",)),  # with its selector of a look
        ("e\u0301te\u0301", "été", ()),
        ("one\r\ntwo", "one\ntwo", ()),
        ("lone \ud800 half", "lone   half", ("\ud800",)),
    ],
)
def test_what_cannot_be_said_is_left_out_and_told(text: str, spoken: str, left_out: tuple[str, ...]) -> None:
    found = spoken_text(text)
    assert (found.text, found.left_out) == (spoken, left_out)
    if left_out:
        assert found.note is not None
        assert "nobody can say" in found.note
        assert "\x07" not in found.note


def test_a_note_is_short() -> None:
    note = spoken_text("x " + "".join(chr(0x1F600 + k) for k in range(30))).note
    assert note is not None
    assert note.endswith("and 20 others")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "it is empty"),
        (" \n\t ", "it is empty"),
        ("👍👍", "nothing in it that can be said"),
        ("?! …", "nothing in it that can be said"),
        ("\x00\x01", "nothing in it"),
        ("a" * (MAX_CHARACTERS + 1), "20,001 characters; at most 20,000"),
    ],
)
def test_what_is_no_text_is_refused(text: str, said: str) -> None:
    with pytest.raises(TextError, match=said) as caught:
        spoken_text(text, subject="t.txt")
    assert str(caught.value).startswith("t.txt: ")


def test_the_limit_can_be_lower() -> None:
    with pytest.raises(TextError, match="at most 10 are"):
        spoken_text("eleven char", limit=10)


@given(st.text(st.characters(codec=None), max_size=60))
def test_any_text_is_spoken_or_refused(text: str) -> None:
    try:
        found = spoken_text(text)
    except TextError:
        return
    assert any(character.isalnum() for character in found.text)
    found.text.encode("utf-8")


def test_the_hash_is_of_the_text_as_given() -> None:
    assert text_sha256("a") == "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"
    assert text_sha256("\ud800") == text_sha256("?")


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("你好，早上好。", "Chinese"),
        ("\u0414\u043e\u0431\u0440\u043e\u0435 \u0443\u0442\u0440\u043e, Tom.", "Cyrillic"),
        ("\u0635\u0628\u0627\u062d \u0627\u0644\u062e\u064a\u0631", "Arabic"),
        ("おはよう 10", "Japanese"),
        ("안녕하세요", "Korean"),
        ("\u039a\u03b1\u03bb\u03b7\u03bc\u03ad\u03c1\u03b1", "Greek"),
    ],
)
def test_another_script_is_not_read_as_english(text: str, script: str) -> None:
    with pytest.raises(TextError, match=f"most letters of the text are {script}") as caught:
        refuse_other_script(text, "here")
    assert caught.value.http_status == 422
    assert str(caught.value).startswith("here: ")


@pytest.mark.parametrize(
    "text",
    [
        "Café Zürich, naïve Łódź",
        "She met 王小明 and \u041c\u0430\u0440\u0438\u044f in the museum.",
        "5 \u03a9",
        "2 \u03c0",
        "12:30, 50 %",
        "ＡＢＣ",
        "1º",
    ],
)
def test_accents_foreign_names_and_symbols_pass(text: str) -> None:
    refuse_other_script(text)
