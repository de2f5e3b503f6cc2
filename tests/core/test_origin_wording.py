"""core/origin_wording.py: every comparison has its words, and none claims more than was compared."""

from __future__ import annotations

import pytest

from earwitness.origin import By, Comparison, Origin
from earwitness.origin_wording import cannot_tell, sentence
from earwitness.records import Entry, Record


@pytest.mark.parametrize("by", list(By))
@pytest.mark.parametrize("comparison", list(Comparison))
def test_every_case_has_words(by: By, comparison: Comparison) -> None:
    record = Record(content_sha256="a" * 64, generator="Piper", generator_version="1.2")
    origin = Origin(by, Entry(1, record, "c" * 64), comparison)
    assert record.record_id in sentence(origin)
    assert "made with Piper 1.2" in sentence(origin)
    assert ("TRANSFERRED" in sentence(origin)) == (comparison is Comparison.TRANSFERRED)
    assert cannot_tell(origin).endswith(".")
