"""Entries as rows of the registry's tables, and back."""

from __future__ import annotations

import json
from typing import Any, TypeVar

from sqlalchemy import RowMapping

from earwitness.errors import RegistryError
from earwitness.fingerprints import Fingerprint
from earwitness.records import Entry, Record

__all__ = ["entry_of", "row_of"]

Kind = TypeVar("Kind")


def row_of(entry: Entry) -> dict[str, Any]:
    """Column names to values."""
    record, print_ = entry.record, entry.record.fingerprint
    return {
        "number": entry.number,
        "record_id": record.record_id,
        "created": record.created,
        "content_sha256": record.content_sha256,
        "payload": record.payload,
        "key_ids": json.dumps(list(record.key_ids)),
        "scheme": record.scheme,
        "fingerprint_method": print_.method if print_ else None,
        "fingerprint": print_.data if print_ else None,
        "fingerprint_s": float(print_.duration_s) if print_ else None,
        "signer": record.signer,
        "generator": record.generator,
        "generator_version": record.generator_version,
        "manifest": record.manifest,
        "manifest_type": record.manifest_type,
        "labels": json.dumps(dict(record.labels), sort_keys=True),
        "chain": entry.chain,
    }


def entry_of(row: RowMapping, place: str) -> Entry:
    """The entry in a row. Raises RegistryError where somebody put something into it that is no record."""
    try:
        print_ = None
        if row["fingerprint_method"] is not None:
            print_ = Fingerprint(
                _typed(row["fingerprint_method"], str),
                _typed(row["fingerprint"], bytes),
                float(row["fingerprint_s"]),
            )
        record = Record(
            record_id=row["record_id"],
            created=row["created"],
            content_sha256=row["content_sha256"],
            payload=row["payload"],
            key_ids=tuple(json.loads(row["key_ids"])),
            scheme=row["scheme"],
            fingerprint=print_,
            signer=row["signer"],
            generator=row["generator"],
            generator_version=row["generator_version"],
            manifest=None if row["manifest"] is None else _typed(row["manifest"], bytes),
            manifest_type=row["manifest_type"],
            labels=dict(json.loads(row["labels"])),
        )
        return Entry(_typed(row["number"], int), record, _typed(row["chain"], str))
    except Exception as error:  # a tampered row can hold anything
        raise RegistryError(
            f"the entry number {row['number']} is damaged: {error}",
            subject=place,
            hint="Say: earwitness registry audit",
        ) from error


def _typed(value: Any, kind: type[Kind]) -> Kind:
    """SQLite keeps what it is given, whatever the column says."""
    if not isinstance(value, kind):
        raise TypeError(f"it holds {type(value).__name__} where {kind.__name__} belongs")
    return value
