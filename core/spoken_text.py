"""A text on its way to a generator: what nobody can say is taken out and told, what is no text is refused.

Every generator gets its text from here, so that an emoji or a control character does the same everywhere.
"""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass

from earwitness.errors import TextError
from earwitness.wording import clean

__all__ = ["MAX_CHARACTERS", "SpokenText", "refuse_other_script", "spoken_text", "text_sha256"]

MAX_CHARACTERS = 20_000
"""Of one text: about 20 minutes of speech."""
_UNSAYABLE = frozenset(("Cc", "Cf", "Co", "Cs", "Cn", "So", "Sk"))  # Unicode categories
_KEPT = "\n\t°"
_UNNOTICED = ("Cf", "Mn", "Me")  # joiners, marks of direction, variants of an emoji: nobody misses them
_MOST_TOLD = 10
_NO_SCRIPT = frozenset(("LATIN", "FULLWIDTH", "MODIFIER", "MATHEMATICAL", "FEMININE", "MASCULINE", "SCRIPT"))
_SCRIPT_NAMES = {"CJK": "Chinese", "HIRAGANA": "Japanese", "KATAKANA": "Japanese", "HANGUL": "Korean"}
_MOST_SYMBOLS = 2  # Greek letters that a text such as "5 Ω" or "π" consists of


@dataclass(frozen=True, slots=True)
class SpokenText:
    """text: composed (NFC), without what cannot be said. left_out: those characters, each once, in order."""

    text: str
    left_out: tuple[str, ...]

    @property
    def note(self) -> str | None:
        """What was left out, in a sentence; None where nothing was."""
        if not self.left_out:
            return None
        shown = " ".join(clean(one) for one in self.left_out[:_MOST_TOLD])
        more = len(self.left_out) - _MOST_TOLD
        return f"Left out, because nobody can say it: {shown}{f' and {more} others' if more > 0 else ''}"


def spoken_text(text: str, *, limit: int = MAX_CHARACTERS, subject: str | None = None) -> SpokenText:
    """``text`` as a generator gets it. limit: characters. subject: what messages call it.

    Raises TextError for a text that is empty, too long, or in which there is not one letter or digit.
    """
    if len(text) > limit:
        raise TextError(
            f"it has {len(text):,} characters; at most {limit:,} are spoken at once.",
            subject=subject,
            hint="Give it in parts, for instance a paragraph a line with --lines.",
        )
    kept: list[str] = []
    left_out: list[str] = []
    for character in unicodedata.normalize("NFC", text.replace("\r\n", "\n")):
        kind = unicodedata.category(character)
        if (kind not in _UNSAYABLE or character in _KEPT) and not _is_variant(character):
            kept.append(character)
            continue
        kept.append("" if kind in _UNNOTICED else " ")
        if kind not in _UNNOTICED:
            left_out.append(character)
    spoken = "".join(kept).strip()
    if not any(character.isalnum() for character in spoken):
        what = "it is empty." if not text.strip() else "there is nothing in it that can be said."
        raise TextError(what, subject=subject, hint="Give words.")
    return SpokenText(spoken, tuple(dict.fromkeys(left_out)))


def refuse_other_script(text: str, subject: str | None = None) -> None:
    """Raise TextError for a text to be read as English most of whose letters are of another script.

    English rules would name each of them ("Chinese letter"). Names and single words among English ones pass.
    """
    letters = [character for character in text if character.isalpha()]
    scripts = [unicodedata.name(one, "LATIN").split()[0] for one in letters]
    others = [script for script in scripts if script not in _NO_SCRIPT]
    symbols = set(others) <= {"GREEK"} and len(others) <= _MOST_SYMBOLS
    if symbols or 2 * len(others) <= len(letters):
        return
    script = max(sorted(set(others)), key=others.count)
    named = _SCRIPT_NAMES.get(script, script.capitalize())
    raise TextError(
        f"most letters of the text are {named}, and this voice speaks English only.",
        subject=subject,
        hint="Give the text in English, or another --generator or --voice that speaks its language.",
    )


def text_sha256(text: str) -> str:
    """Hex digest of the text as it was given, in UTF-8: it names the text without telling it.

    Short texts can be guessed from it. Lone surrogates, which are no UTF-8, count as "?".
    """
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _is_variant(character: str) -> bool:
    """Selectors that only say how the character before looks (U+FE0E, U+FE0F, U+20E3)."""
    return character in "\ufe0e\ufe0f\u20e3"
