"""core/digital_source.py: IPTC's codes, our words for them."""

from __future__ import annotations

import pytest

from earwitness.digital_source import DigitalSource, code_of, says_captured, says_generated
from earwitness.errors import UsageError


def test_words_and_codes() -> None:
    assert DigitalSource.parse("generated") is DigitalSource.parse("trainedAlgorithmicMedia")
    assert DigitalSource.parse("partly-generated") is DigitalSource.PARTLY_GENERATED
    with pytest.raises(UsageError, match="human-edits"):
        DigitalSource.parse("human")


@pytest.mark.parametrize("source", DigitalSource)
def test_addresses_there_and_back(source: DigitalSource) -> None:
    assert code_of(source.url) == source.value
    assert code_of(source.url.replace("http:", "https:")) == source.value
    assert not (says_generated(source.value) and says_captured(source.value))


def test_what_declares_generated_and_captured_sound() -> None:
    assert says_generated("trainedAlgorithmicMedia")
    assert says_generated("compositeSynthetic")
    assert says_captured("digitalCapture")
    assert not says_generated("humanEdits")
    assert code_of("urn:other") == "urn:other"
