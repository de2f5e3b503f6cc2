"""core/soft_bindings.py: from a mark to the identifier in the credentials, and back."""

from __future__ import annotations

import pytest

from earwitness.credentials import SoftBinding
from earwitness.key_rings import KeyState
from earwitness.mark_report import FoundMark, Verification
from earwitness.marks import Search
from earwitness.report import FileFacts
from earwitness.soft_bindings import bind, bindings_of, unbind


def test_there_and_back() -> None:
    made = bind("patchwork-1", "0011aaff", 42)
    assert made == SoftBinding("org.earwitness.patchwork.1", bytes.fromhex("0011aaff0000002a"))
    assert unbind(made) == ("patchwork-1", "0011aaff", 42)


def test_what_does_not_fit() -> None:
    with pytest.raises(ValueError, match="8 hex digits"):
        bind("patchwork-1", "00", 1)
    with pytest.raises(OverflowError):
        bind("patchwork-1", "0011aaff", 2**32)


def test_other_peoples_bindings_are_not_read() -> None:
    assert unbind(SoftBinding("com.microsoft.wavmark.1", bytes(8))) is None
    assert unbind(SoftBinding("org.earwitness.patchwork.1", bytes(9))) is None


def test_only_verified_records_are_bound() -> None:
    facts = FileFacts(
        name="x",
        sha256="0",
        size_bytes=1,
        duration_s=1,
        container="wav",
        codec="pcm_s16le",
        sample_rate=8000,
        channels=1,
    )

    def mark(verified: bool, payload: int | None) -> FoundMark:
        return FoundMark(
            scheme="patchwork-1",
            key="k",
            key_id="0011aaff",
            key_state=KeyState.ACTIVE,
            signpost=False,
            proof=verified,
            marked=True,
            p_marked=0,
            verified=verified,
            payload=payload,
        )

    found = Verification(
        file=facts,
        marked=True,
        verified=True,
        proof=True,
        scheme=None,
        key=None,
        payload=1,
        p_value=0,
        sentence="",
        cannot_tell="",
        keys_tried=1,
        search=Search.NONE,
        marks=(mark(True, 7), mark(False, None)),
    )
    assert bindings_of(found) == (bind("patchwork-1", "0011aaff", 7),)
