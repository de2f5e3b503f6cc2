"""The alphabet that the text model reads: one character a sound, a mark of stress or a pause.

espeak-ng writes some sounds with two or three characters and knows shades that English speakers do not
tell apart; here a diphthong or an affricate is one unit, as in the alphabet of Kokoro and Hibari
(misaki), so that their timing can be learnt unit by unit.
"""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt

__all__ = ["EDGE", "UNITS", "babble", "numbered", "units"]

EDGE = "_"  # before the first sound and behind the last
UNITS = EDGE + " ,.!?;:—" + "ˈˌ" + "AIOWYiuɑɔɜəᵊᵻɪɛæʌʊ" + "pbtdkɡfvθðszʃʒhʧʤmnŋlɹwjT"
_CONSONANTS, _VOWELS = "ptkbdɡfvszʃmnlɹw", "iuɑɔəɪɛæʌAIO"
_NUMBERS = {unit: number for number, unit in enumerate(UNITS)}
# Longest first. What stands behind an arrow of nothing is not heard as a sound of its own.
_AS = {
    "l̩": "ᵊl", "n̩": "ᵊn", "m̩": "ᵊm",
    "eɪ": "A", "aɪ": "I", "aʊ": "W", "ɔɪ": "Y", "oʊ": "O", "əʊ": "O", "tʃ": "ʧ", "dʒ": "ʤ",
    "ɜː": "ɜɹ", "ɜ": "ɜɹ", "ɚ": "əɹ", "ɔːɹ": "ɔɹ", "oːɹ": "ɔɹ", "oː": "O", "aː": "ɑ",
    "ɐ": "ə", "a": "æ", "ɒ": "ɑ", "e": "ɛ", "o": "O", "ɾ": "T", "ʔ": "t", "r": "ɹ", "g": "ɡ", "x": "h",
    "ɫ": "l", "y": "u", "ø": "ɜ", "ç": "h", "ɲ": "nj", "…": ".", "–": "—",
}  # fmt: skip
_PIECES = re.compile("|".join(sorted(map(re.escape, _AS), key=len, reverse=True)))


def units(phonemes: str) -> str:
    """Phonemes of ``generators.text`` (IPA) in this alphabet, an EDGE on both sides; what is in neither
    (length, tones, foreign sounds) is left out."""
    written = _PIECES.sub(lambda found: _AS[found[0]], phonemes)
    return EDGE + "".join(unit for unit in written if unit in _NUMBERS and unit != EDGE) + EDGE


def numbered(text: str) -> npt.NDArray[np.int64]:
    """Numbers (n,) of units: their places in UNITS."""
    return np.array([_NUMBERS[unit] for unit in text], np.int64)


def babble(rng: np.random.Generator) -> str:
    """Units of a made-up sentence: syllables of a consonant and a vowel, the first of a word stressed."""
    words = []
    for _ in range(int(rng.integers(4, 9))):
        syllables = [
            _CONSONANTS[int(rng.integers(len(_CONSONANTS)))]
            + "ˈ" * (place == 0)
            + _VOWELS[int(rng.integers(len(_VOWELS)))]
            for place in range(int(rng.integers(1, 4)))
        ]
        words.append("".join(syllables))
    return EDGE + " ".join(words) + "." + EDGE
