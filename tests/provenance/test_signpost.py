"""provenance/signpost.py: published, and the same for ever."""

from __future__ import annotations

from earwitness.provenance.signpost import SIGNPOST, key_id_of


def test_the_published_key_never_changes() -> None:
    """Marks that were made with it must stay readable for every later edition."""
    assert SIGNPOST.signpost
    assert SIGNPOST.name == "signpost"
    assert SIGNPOST.key_id == "193ff2e5"
    assert SIGNPOST.secret.hex() == "ffcff52f4f4b009f48129ba511b4076a73b08497e2476e7e35755bab0ebbabc0"


def test_ids_tell_keys_apart() -> None:
    ids = {key_id_of(bytes([n]) * 32) for n in range(200)}
    assert len(ids) == 200
    assert all(len(one) == 8 for one in ids)
