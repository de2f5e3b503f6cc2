"""Texts that attacks speak: sentences put together from parts that were written for this, in English."""

from __future__ import annotations

import numpy as np

__all__ = ["text_for"]

CHARACTERS_A_SECOND = 14.0
"""Of usual English speech."""
_SPARE = 1.25  # more than is needed: what is spoken is cut to length, never filled up
_WHO = (
    "My sister", "The bank", "Our neighbour", "The doctor", "A colleague from the office", "Your delivery",
    "The last train", "The teacher", "An old friend", "The committee", "Somebody at the door",
    "The young engineer", "The whole team", "Her brother", "The captain", "That small shop on the corner",
)  # fmt: skip
_DOES = (
    "called twice this morning", "will arrive a little later", "could not find the right form",
    "has moved to another street", "asked me for the number", "needs an answer before Friday",
    "was waiting by the bridge", "left the keys on the table", "changed the plan again",
    "wants to speak with you", "forgot about the meeting", "sent a letter last week",
    "said that everything is fine", "never opened the second box", "paid for both tickets",
    "heard a strange noise outside",
)  # fmt: skip
_MORE = (
    "because of the heavy rain", "and nobody knew why", "while we were having dinner",
    "just before the holidays", "as far as I remember", "although it was already dark",
    "so please do not worry", "which came as a surprise", "after the phone rang", "for the third time",
    "if I understood it correctly", "without saying a word", "in the middle of June", "as usual",
)  # fmt: skip
_ASIDES = (
    "Thank you for your patience.", "Could you say that again?", "I think that is quite right.",
    "Let me check the date.", "What a lovely evening!", "It costs forty seven pounds.",
    "Please hold the line.", "Is that your final answer?", "Turn left after the church.",
    "We open at half past nine.",
)  # fmt: skip


def text_for(seconds: float, rng: np.random.Generator) -> str:
    """Sentences that last at least about that long when they are spoken."""
    wanted = seconds * CHARACTERS_A_SECOND * _SPARE
    sentences: list[str] = []
    while not sentences or sum(map(len, sentences)) + len(sentences) < wanted:
        sentences.append(_sentence(rng))
    return " ".join(sentences)


def _sentence(rng: np.random.Generator) -> str:
    if rng.random() < 0.2:
        return _ASIDES[int(rng.integers(len(_ASIDES)))]
    who, does, more = (part[int(rng.integers(len(part)))] for part in (_WHO, _DOES, _MORE))
    return f"{who} {does} {more}." if rng.random() < 0.7 else f"{who} {does}."
