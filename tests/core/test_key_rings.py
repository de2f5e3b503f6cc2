"""core/key_rings.py: what a mark is worth depends on its key."""

from __future__ import annotations

import pytest

from earwitness.key_rings import KeyInfo, KeyState, MarkFinding
from earwitness.marks import Reading


def finding(state: KeyState, *, signpost: bool = False, verified: bool = True) -> MarkFinding:
    reading = Reading("fake", "studio", "00000000", signpost, True, 1e-9, verified, 1, 1e-9, ())
    return MarkFinding(reading, KeyInfo("studio", "00000000", state, signpost, "file"))


@pytest.mark.parametrize("state", list(KeyState))
def test_only_verified_marks_of_trusted_private_keys_are_proof(state: KeyState) -> None:
    assert finding(state).proof is (state in (KeyState.ACTIVE, KeyState.RETIRED))
    assert not finding(state, signpost=True).proof
    assert not finding(state, verified=False).proof
