"""provenance/record_json.py: there and back, and what is refused."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

import pytest

from earwitness.errors import RegistryError, UsageError
from earwitness.fingerprints import Fingerprint
from earwitness.provenance.record_json import canonical, entry_dict, parse_entry, parse_record, record_dict
from earwitness.records import Entry, Record

Make = Callable[..., Record]


def full(make_record: Make) -> Record:
    return make_record(
        1,
        payload=7,
        key_ids=("00112233", "aabbccdd"),
        scheme="patchwork-1",
        fingerprint=Fingerprint("landmarks-1", b"\x01\x00\x00\x00", 0.1 + 0.2),
        signer="ö",
        manifest=b"\xff",
        manifest_type="application/c2pa",
        labels={"b": "2", "a": "1"},
    )


def test_a_record_comes_back_the_same(make_record: Make) -> None:
    for record in (full(make_record), make_record(2)):
        assert parse_record(json.loads(json.dumps(record_dict(record)))) == record
        entry = Entry(3, record, "c" * 64)
        assert parse_entry(json.dumps(entry_dict(entry))) == entry


def test_the_text_for_the_chain_does_not_depend_on_the_order_of_labels(make_record: Make) -> None:
    one = make_record(1, labels={"a": "1", "b": "2"})
    two = parse_record({**record_dict(one), "labels": {"b": "2", "a": "1"}})
    assert canonical(1, one) == canonical(1, two) != canonical(2, one)


@pytest.mark.parametrize(
    "change",
    [
        {"manifest": "no base64!"},
        {"labels": ["a"]},
        {"fingerprint": {"method": "x"}},
        {"fingerprint": 7},
        {"payload": "7"},
        {"payload": 7.0},
        {"payload": True},
        {"fingerprint": {"method": "x", "duration_s": float("nan"), "data": ""}},
        {"fingerprint": {"method": "x", "duration_s": 10**400, "data": ""}},
        {"fingerprint": {"method": "", "duration_s": 1, "data": ""}},
        {"key_ids": 7},
        {"new": 1},
        {"signer": 7},
        {"content_sha256": None},
    ],
)
def test_what_is_no_record(make_record: Make, change: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match=r"no record|cannot be a record"):
        parse_record({**record_dict(full(make_record)), **change})


@pytest.mark.parametrize("text", ["", "[]", "{}", "7", "{", '{"schema": 7}', '{"schema": "x/1"}'])
def test_what_is_no_entry(text: str) -> None:
    with pytest.raises(UsageError, match="no exported record"):
        parse_entry(text)


def test_a_newer_form_is_named() -> None:
    with pytest.raises(RegistryError, match="record/2, newer than"):
        parse_entry('{"schema": "earwitness.record/2"}')


def test_damaged_lines_are_entries_or_refused(make_record: Make) -> None:
    line, rng = json.dumps(entry_dict(Entry(3, full(make_record), "c" * 64))), random.Random(5)
    refused = 0
    for number in range(300):
        at = rng.randrange(len(line))
        piece = rng.choice(("", "[", "Infinity", "1e999", "\\ud800", "null", "-1", '"', "\x00", "{}" * 9))
        damaged = line[:at] if number % 5 == 0 else line[:at] + piece + line[at + rng.randrange(1, 9) :]
        try:
            parse_entry(damaged)
        except (UsageError, RegistryError):
            refused += 1
    assert refused > 150
    with pytest.raises(UsageError, match="no exported record"):
        parse_entry(line.replace('"number": 3', '"number": Infinity'))
