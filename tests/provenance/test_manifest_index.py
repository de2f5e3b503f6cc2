"""provenance/manifest_index.py and its migration, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from earwitness.errors import RegistryError
from earwitness.provenance.database import VERSION_TABLE
from earwitness.provenance.store import SqlRegistry, open_registry
from earwitness.records import Record

Make = Callable[..., Record]
KIND_REST = bytes.fromhex("00110010800000aa00389b71")


def box(name: bytes, content: bytes) -> bytes:
    return (8 + len(content)).to_bytes(4, "big") + name + content


def manifest(*ids: str) -> bytes:
    """A manifest store as the C2PA library makes it, as far as its boxes go."""

    def described(kind: bytes, label: str, inside: bytes) -> bytes:
        return box(b"jumb", box(b"jumd", kind + KIND_REST + b"\x03" + label.encode() + b"\x00") + inside)

    return described(b"c2pa", "c2pa", b"".join(described(b"c2ma", one, b"") for one in ids))


def run(registry: SqlRegistry, *statements: str) -> None:
    with registry._database.writing() as connection:
        for statement in statements:
            connection.execute(text(statement))


def let_changes_through(registry: SqlRegistry) -> None:
    if registry.place.startswith("postgresql"):
        run(registry, "DROP TRIGGER registry_manifests_no_change ON registry_manifests")
    else:
        run(registry, *(f"DROP TRIGGER registry_manifests_no_{act}" for act in ("update", "delete")))


def test_a_record_is_found_by_its_active_manifest(place: str, make_record: Make) -> None:
    with open_registry(place) as registry:
        first = registry.add(make_record(1, manifest=manifest("urn:c2pa:old", "urn:c2pa:new")))
        registry.add(make_record(2, manifest=manifest("urn:c2pa:old", "urn:c2pa:new")))
        registry.add(make_record(3, manifest=b"\x00\xff"))
        registry.add(make_record(4))
        assert registry.by_manifest("urn:c2pa:new") == first, "the first of two"
        assert registry.by_manifest("urn:c2pa:old") is None, "only what it was made from"
        assert registry.by_manifest("") is None
        assert registry.audit().clean


def test_records_of_before_are_found_too(place: str, make_record: Make) -> None:
    with open_registry(place) as registry:
        entry = registry.add(make_record(1, manifest=manifest("urn:c2pa:a")))
        registry.add(make_record(2))
        run(
            registry,
            "DROP TABLE registry_manifests",
            f"UPDATE {VERSION_TABLE} SET version_num = '0001'",
        )
    with open_registry(place) as again:
        assert again.by_manifest("urn:c2pa:a") == entry
        assert again.audit().clean
        with pytest.raises(RegistryError, match="refuses to change what is there"):
            run(again, "DELETE FROM registry_manifests")


def test_a_damaged_record_of_before_does_not_lock_the_others_up(tmp_path: Path, make_record: Make) -> None:
    place = str(tmp_path / "registry.db")  # PostgreSQL takes no text there
    with open_registry(place) as registry:
        entry = registry.add(make_record(1, manifest=manifest("urn:c2pa:a")))
        registry.add(make_record(2, manifest=manifest("urn:c2pa:b")))
        run(
            registry,
            "DROP TRIGGER registry_entries_no_update",
            "UPDATE registry_entries SET manifest = 'a text' WHERE number = 2",
            "DROP TABLE registry_manifests",
            f"UPDATE {VERSION_TABLE} SET version_num = '0001'",
        )
    with open_registry(place) as again:
        assert again.by_manifest("urn:c2pa:a") == entry
        assert "An entry cannot be read" in again.audit().problems[0]


def test_a_change_of_the_index_shows(place: str, make_record: Make) -> None:
    with open_registry(place) as registry:
        registry.add(make_record(1, manifest=manifest("urn:c2pa:a")))
        registry.add(make_record(2, manifest=manifest("urn:c2pa:b")))
        let_changes_through(registry)
        run(registry, "UPDATE registry_manifests SET number = 2 WHERE manifest_id = 'urn:c2pa:a'")
        assert registry.audit().problems == (
            "The manifest urn:c2pa:a no longer leads to its entry 1.",
            "The manifest urn:c2pa:a leads to entry 2, which does not have it.",
        )
