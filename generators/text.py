"""Text in front of a speech generator: cleaned, cut into sentences, said in words, written in phonemes.

Phonemes are those of espeak-ng in the International Phonetic Alphabet, with stress and punctuation: what a
network that makes speech reads. espeak-ng comes with ``espeakng-loader``; no system package is needed.
"""

from __future__ import annotations

import difflib
import re
import threading
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from earwitness.errors import TextError
from earwitness.generators.extra import needed
from earwitness.generators.spoken_english import spoken_english
from earwitness.spoken_text import refuse_other_script

__all__ = ["MAX_CHARACTERS", "Sentence", "Spoken", "languages", "speakable"]

MAX_CHARACTERS = 20_000  # about 20 minutes of speech
MAX_PHONEMES = 300  # in one piece; longer sentences are cut at a comma, else between words
_SILENT = ("Cc", "Cf", "Co", "Cs", "Cn", "So", "Sk")  # Unicode categories that nobody can say
_KEPT = "\n\t°"
_SPACES = re.compile(r"\s+")
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"'”’)\]]*\s+|\n+")
# Behind these a point ends no sentence: initials and titles.
_GOES_ON = re.compile(r"(?:[A-HJ-Z]\.)+|(?:Mrs?|Ms|Dr|Prof|St|No|Mt|Gen|Sen|Rev|[Ff]igs?|pp?|vol|approx)\.")
_PAUSE = re.compile(r"\s*([.!?,;:…—–]+)(?=\s|$)|\s+[-–—]+\s+")
_lock = threading.Lock()  # espeak-ng keeps its state in globals


@dataclass(frozen=True, slots=True)
class Sentence:
    """text: in words. phonemes: IPA with stress, words divided by a space, punctuation where one pauses."""

    text: str
    phonemes: str


@dataclass(frozen=True, slots=True)
class Spoken:
    """left_out: characters of the text that cannot be said, each once, in the order of the text."""

    sentences: tuple[Sentence, ...]
    left_out: tuple[str, ...]


def speakable(text: str, language: str = "en-us") -> Spoken:
    """Sentences of ``text`` with their phonemes.

    language: a name of :func:`languages`. In English numbers, dates and abbreviations are written out by
    rules of ours; in other languages espeak-ng does what it can. Raises TextError for text that is empty,
    longer than MAX_CHARACTERS or in which nothing can be said, for English in another script and for
    an unknown language; MissingDependencyError without the extra.
    """
    if len(text) > MAX_CHARACTERS:
        raise TextError(
            f"it has {len(text):,} characters; at most {MAX_CHARACTERS:,} are spoken at once.",
            hint="Give it in parts.",
        )
    if language.startswith("en"):
        refuse_other_script(text)
    backend = _backend(language)
    cleaned, left_out = _cleaned(text)
    sentences = [
        piece
        for part in _split(cleaned)
        for piece in _phonemes(backend, spoken_english(part) if language.startswith("en") else part)
    ]
    if not sentences:
        raise TextError(
            "there is nothing in it that can be said.", hint="Give words, in the language of --language."
        )
    return Spoken(tuple(sentences), left_out)


def languages() -> tuple[str, ...]:
    """Names of the languages that espeak-ng knows, such as ``en-us``, sorted."""
    return tuple(sorted(_espeak().supported_languages()))


def _cleaned(text: str) -> tuple[str, tuple[str, ...]]:
    """Composed (NFC), without emoji, control and private characters; and those that were there."""
    kept, left_out = [], []
    for character in unicodedata.normalize("NFC", text):
        if unicodedata.category(character) not in _SILENT or character in _KEPT:
            kept.append(character)
            continue
        kept.append(" ")
        if unicodedata.category(character) != "Cf":  # joiners and marks of direction: nobody misses them
            left_out.append(character)
    return "".join(kept).replace("’", "'"), tuple(dict.fromkeys(left_out))


def _split(text: str) -> list[str]:
    """Sentences, by punctuation and line breaks; before a small letter a point ends none."""
    pieces: list[str] = []
    begin = 0
    for match in _SENTENCE_END.finditer(text):
        before, after = text[begin : match.start()], text[match.end() : match.end() + 1]
        last = before.rsplit(None, 1)[-1] if before.strip() else ""
        inside = "\n" not in match[0] and (after.islower() or _GOES_ON.fullmatch(last) is not None)
        if inside:
            continue
        pieces.append(before)
        begin = match.end()
    pieces.append(text[begin:])
    return [_SPACES.sub(" ", piece).strip() for piece in pieces if piece.strip()]


def _phonemes(backend: Any, sentence: str) -> list[Sentence]:
    """The sentence in phonemes; more than one piece where it is too long."""
    done: list[Sentence] = []
    words, phonemes = "", ""
    for clause, pause in _clauses(sentence):
        for part in _short_enough(clause):
            with _lock:
                said = backend.phonemize([part], strip=True)[0].strip()
            if not said:
                continue
            if phonemes and len(phonemes) + len(said) > MAX_PHONEMES:
                done.append(Sentence(words, phonemes))
                words, phonemes = "", ""
            words, phonemes = f"{words} {part}".strip(), f"{phonemes} {said}".strip()
        if phonemes and pause and phonemes[-1].isalpha():
            words, phonemes = words + pause, phonemes + pause
    return [*done, Sentence(words, phonemes)] if phonemes else done


def _clauses(sentence: str) -> list[tuple[str, str]]:
    """What lies between two pauses, and the sign of the pause behind it."""
    found, begin = [], 0
    for match in _PAUSE.finditer(sentence):
        found.append((sentence[begin : match.start()], (match[1] or "—")[0]))
        begin = match.end()
    found.append((sentence[begin:], ""))
    return [(clause.strip(), pause) for clause, pause in found]


def _short_enough(clause: str) -> list[str]:
    """Cut between words where a clause alone would be too long; a phoneme is about a letter."""
    if not any(character.isalnum() for character in clause):
        return []
    pieces = [""]
    for word in clause.split():
        if len(pieces[-1]) + len(word) > MAX_PHONEMES * 2 // 3:
            pieces.append("")
        pieces[-1] = f"{pieces[-1]} {word[:MAX_PHONEMES]}".strip()
    return [piece for piece in pieces if piece]


@lru_cache(maxsize=8)
def _backend(language: str) -> Any:
    espeak = _espeak()
    known = espeak.supported_languages()
    if language not in known:
        near = difflib.get_close_matches(language, known, 3) or sorted(
            name for name in known if name.startswith(language[:2])
        )
        raise TextError(
            f'the language "{language}" is not known.',
            hint=f"Did you mean {', '.join(near)}?" if near else "Names are like en-us, de, fr-fr.",
        )
    return espeak(language, with_stress=True, language_switch="remove-flags")


@lru_cache(maxsize=1)
def _espeak() -> Any:
    with needed("Phonemes"):
        import espeakng_loader
        from phonemizer.backend import EspeakBackend
        from phonemizer.backend.espeak.wrapper import EspeakWrapper
    EspeakWrapper.set_library(espeakng_loader.get_library_path())
    EspeakWrapper.set_data_path(espeakng_loader.get_data_path())
    return EspeakBackend
