"""What sound is said to be: the IPTC's digital source types, as Content Credentials use them.

The list: http://cv.iptc.org/newscodes/digitalsourcetype/
"""

from __future__ import annotations

from enum import StrEnum

from earwitness.errors import UsageError

__all__ = ["DigitalSource", "code_of", "says_captured", "says_generated"]

PREFIX = "http://cv.iptc.org/newscodes/digitalsourcetype/"


class DigitalSource(StrEnum):
    """Codes that fit sound; a value is the last part of its address."""

    GENERATED = "trainedAlgorithmicMedia"
    """Made by a trained model."""
    PARTLY_GENERATED = "compositeWithTrainedAlgorithmicMedia"
    """Something that was there, edited or extended by a trained model."""
    MIXED_WITH_GENERATED = "compositeSynthetic"
    """Put together of parts of which at least one was generated."""
    BY_RULE = "algorithmicMedia"
    """Made by a program without a trained model (formant synthesis, for instance)."""
    CAPTURED = "digitalCapture"
    """Recorded from the real world."""
    PROCESSED_CAPTURE = "computationalCapture"
    """Recorded from the real world and processed by the recorder."""
    ENHANCED = "algorithmicallyEnhanced"
    """Cleaned or corrected by a program."""
    HUMAN_EDITS = "humanEdits"
    """Edited by people with tools that generate nothing."""
    COMPOSED = "composite"
    """Put together of several parts."""
    CREATED = "digitalCreation"
    """Made by people with tools that generate nothing (music in a sequencer, for instance)."""

    @property
    def url(self) -> str:
        """The address that credentials carry."""
        return PREFIX + self.value

    @classmethod
    def parse(cls, text: str) -> DigitalSource:
        """From a code, or one of our short words (``words()``). Raises UsageError."""
        found = cls.words().get(text.lower()) or next((one for one in cls if one.value == text), None)
        if found is None:
            raise UsageError(
                f"{text!r} says nothing that is known about where the sound comes from.",
                hint=f"Choose from {', '.join(cls.words())}, or an IPTC code such as {cls.GENERATED.value}.",
            )
        return found

    @classmethod
    def words(cls) -> dict[str, DigitalSource]:
        """Short words for the shell: "partly-generated" is PARTLY_GENERATED."""
        return {one.name.lower().replace("_", "-"): one for one in cls}


_GENERATED = frozenset(
    {
        DigitalSource.GENERATED,
        DigitalSource.PARTLY_GENERATED,
        DigitalSource.MIXED_WITH_GENERATED,
        DigitalSource.BY_RULE,
    }
)
_CAPTURED = frozenset({DigitalSource.CAPTURED, DigitalSource.PROCESSED_CAPTURE, "compositeCapture"})


def code_of(url: str) -> str:
    """The code at the end of an IPTC address; any other text as it is."""
    for prefix in (PREFIX, PREFIX.replace("http:", "https:")):
        if url.startswith(prefix):
            return url.removeprefix(prefix)
    return url


def says_generated(code: str) -> bool:
    """True for a code that declares sound, or a part of it, to be made by a machine."""
    return code in _GENERATED


def says_captured(code: str) -> bool:
    """True for a code that declares a recording of the real world."""
    return code in _CAPTURED
