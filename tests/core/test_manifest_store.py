"""core/manifest_store.py: ids from boxes made here by hand, and from whatever else somebody stores."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earwitness.manifest_store import active_manifest, active_manifest_id, manifest_ids

KIND_REST = bytes.fromhex("00110010800000aa00389b71")
IDS = ("urn:c2pa:1b0a5b1e-0000-4000-8000-000000000001", "urn:c2pa:1b0a5b1e-0000-4000-8000-000000000002")


def box(name: bytes, content: bytes) -> bytes:
    return (8 + len(content)).to_bytes(4, "big") + name + content


def described(kind: bytes, label: str, *inside: bytes) -> bytes:
    description = box(b"jumd", kind + KIND_REST + b"\x03" + label.encode() + b"\x00")
    return box(b"jumb", description + b"".join(inside))


def store(*ids: str) -> bytes:
    return described(b"c2pa", "c2pa", *(described(b"c2ma", one, box(b"cbor", b"\xa0")) for one in ids))


def test_the_last_manifest_is_the_active_one() -> None:
    assert manifest_ids(store(*IDS)) == IDS
    assert active_manifest_id(store(*IDS)) == IDS[1]
    assert active_manifest(store(*IDS)) == store(IDS[1])
    assert active_manifest(store(IDS[0])) == store(IDS[0])


def test_sizes_may_be_written_in_eight_bytes_or_as_the_rest() -> None:
    plain = store(*IDS)
    long = b"\x00\x00\x00\x01jumb" + (len(plain) + 8).to_bytes(8, "big") + plain[8:]
    assert manifest_ids(long) == manifest_ids(b"\x00\x00\x00\x00" + plain[4:]) == IDS
    assert active_manifest(long) == store(IDS[1])


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"\x00\xff",
        b"RIFF" * 10,
        store(),
        store("x" * 256),
        store(""),
        store("two\nlines"),
        store(*IDS) + b"more",
        described(b"c2ma", IDS[0]),
        box(b"jumb", b""),
        box(b"jumb", box(b"jumd", b"c2pa")),
        b"\x00\x00\x00\x01jumb",
        b"\x00\x00\x00\x04jumb",
    ],
)
def test_what_is_no_store_has_no_id(broken: bytes) -> None:
    assert active_manifest_id(broken) is None
    with pytest.raises(ValueError, match=r"\w"):
        active_manifest(broken)


@given(st.integers(0, len(store(*IDS)) - 1), st.binary(max_size=9))
def test_damaged_stores_give_an_id_or_none_and_no_error(at: int, put: bytes) -> None:
    whole = store(*IDS)
    for damaged in (whole[:at], whole[:at] + put + whole[at + len(put) :], whole[:at] + put + whole[at:]):
        found = manifest_ids(damaged)
        assert all(0 < len(one) <= 255 for one in found)
        assert active_manifest_id(damaged) == (found[-1] if found else None)
