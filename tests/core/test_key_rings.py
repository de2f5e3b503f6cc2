"""core/key_rings.py: what a mark is worth depends on its key."""

from __future__ import annotations

import pytest

from earwitness.errors import KeyNotFoundError
from earwitness.key_rings import KeyInfo, KeyState, MarkFinding, SignpostsOnly
from earwitness.marks import MarkKey, Reading


def finding(state: KeyState, *, signpost: bool = False, verified: bool = True) -> MarkFinding:
    reading = Reading("fake", "studio", "00000000", signpost, True, 1e-9, verified, 1, 1e-9, ())
    return MarkFinding(reading, KeyInfo("studio", "00000000", state, signpost, "file"))


@pytest.mark.parametrize("state", list(KeyState))
def test_only_verified_marks_of_trusted_private_keys_are_proof(state: KeyState) -> None:
    assert finding(state).proof is (state in (KeyState.ACTIVE, KeyState.RETIRED))
    assert not finding(state, signpost=True).proof
    assert not finding(state, verified=False).proof


class Ring:
    """A private key and a signpost."""

    def __init__(self) -> None:
        self.keys = (
            MarkKey("studio", "0000000a", bytes(32)),
            MarkKey("signpost", "0000000b", bytes(32), signpost=True),
        )

    def get(self, name: str) -> MarkKey:
        return next(key for key in self.keys if key.name == name)

    def keys_for_reading(self, name: str | None = None) -> tuple[MarkKey, ...]:
        return tuple(key for key in self.keys if name in (None, key.name))

    def info(self, key_id: str) -> KeyInfo:
        key = next(key for key in self.keys if key.key_id == key_id)
        return KeyInfo(key.name, key_id, KeyState.ACTIVE, key.signpost, "file")


def test_without_private_keys_they_are_as_if_they_were_not() -> None:
    ring = SignpostsOnly(Ring())
    assert [key.name for key in ring.keys_for_reading()] == ["signpost"]
    assert ring.get("signpost").key_id == "0000000b"
    assert ring.info("0000000b").signpost
    told = []
    for name in ("studio", "nobody"):
        for ask in (ring.get, ring.keys_for_reading):
            with pytest.raises(KeyNotFoundError) as caught:
                ask(name)
            told.append(str(caught.value).replace(name, "X"))
    assert len(set(told)) == 1
    with pytest.raises(KeyNotFoundError):
        ring.info("0000000a")
