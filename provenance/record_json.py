"""Records as JSON: for exports, for programs, and as the text that the hash chain goes over."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any

from earwitness.errors import RegistryError, UsageError
from earwitness.fingerprints import Fingerprint
from earwitness.records import Entry, Record

__all__ = ["SCHEMA", "canonical", "entry_dict", "parse_entry", "parse_record", "record_dict"]

SCHEMA = "earwitness.record/1"
_PLAIN = (
    "record_id",
    "created",
    "content_sha256",
    "payload",
    "scheme",
    "signer",
    "generator",
    "generator_version",
    "manifest_type",
)


def record_dict(record: Record) -> dict[str, Any]:
    """The record as plain JSON types; bytes as base64."""
    print_ = record.fingerprint
    return {
        **{name: getattr(record, name) for name in _PLAIN},
        "key_ids": list(record.key_ids),
        "labels": dict(record.labels),
        "manifest": None if record.manifest is None else base64.b64encode(record.manifest).decode(),
        "fingerprint": None
        if print_ is None
        else {
            "method": print_.method,
            "duration_s": float(print_.duration_s),
            "data": base64.b64encode(print_.data).decode(),
        },
    }


def parse_record(value: Mapping[str, Any]) -> Record:
    """The record that :func:`record_dict` wrote. Raises UsageError when it is none."""
    try:
        if set(value) != {*_PLAIN, "key_ids", "labels", "manifest", "fingerprint"}:
            raise ValueError("fields are missing or unknown")
        print_ = value["fingerprint"]
        return Record(
            **{name: value[name] for name in _PLAIN},
            key_ids=tuple(value["key_ids"]),
            labels=dict(value["labels"]),
            manifest=None if value["manifest"] is None else _bytes(value["manifest"]),
            fingerprint=None
            if print_ is None
            else Fingerprint(str(print_["method"]), _bytes(print_["data"]), float(print_["duration_s"])),
        )
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, binascii.Error) as error:
        raise UsageError(f"this is no record: {error}.") from error


def canonical(number: int, record: Record) -> bytes:
    """One text for one content: what the hash chain goes over."""
    content = {"number": number, **record_dict(record)}
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def entry_dict(entry: Entry) -> dict[str, Any]:
    """An entry as plain JSON types."""
    return {
        "schema": SCHEMA,
        "number": entry.number,
        "chain": entry.chain,
        "record": record_dict(entry.record),
    }


def parse_entry(text: str) -> Entry:
    """The entry in a line of an export. Raises UsageError, or RegistryError for a newer form."""
    try:
        value = json.loads(text)
        schema = value["schema"]
        if schema != SCHEMA:
            if str(schema).startswith(SCHEMA.rpartition("/")[0]):
                raise RegistryError(f"its form is {schema}, newer than {SCHEMA}.", hint="Update EarWitness.")
            raise ValueError(f"its schema is {schema!r}")
        return Entry(int(value["number"]), parse_record(value["record"]), str(value["chain"]))
    except (KeyError, TypeError, ValueError, OverflowError, RecursionError) as error:
        raise UsageError(f"this is no exported record: {error}.") from error


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
