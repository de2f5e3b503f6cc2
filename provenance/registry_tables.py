"""The registry's tables as they are now; ``earwitness.provenance.migrations`` makes them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, Double, LargeBinary, MetaData, String, Table, Text

__all__ = ["ENTRIES", "HEAD", "MANIFESTS", "MARKS", "RESERVED", "TABLES"]

TABLES = MetaData()


class _Bytes(LargeBinary):
    """What the database gives, unconverted: what somebody put into SQLite may be a text or a number."""

    def result_processor(self, dialect: Any, coltype: object) -> None:
        """None."""


ENTRIES = Table(
    "registry_entries",
    TABLES,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("record_id", String(36), nullable=False, unique=True),
    Column("created", Text, nullable=False),
    Column("content_sha256", String(64), nullable=False, index=True),
    Column("payload", BigInteger),
    Column("key_ids", Text, nullable=False),
    Column("scheme", Text),
    Column("fingerprint_method", Text),
    Column("fingerprint", _Bytes),
    Column("fingerprint_s", Double),
    Column("signer", Text),
    Column("generator", Text),
    Column("generator_version", Text),
    Column("manifest", _Bytes),
    Column("manifest_type", Text),
    Column("labels", Text, nullable=False),
    Column("chain", String(64), nullable=False),
)
"""One row a record, numbered without gaps. key_ids and labels are JSON texts."""

MARKS = Table(
    "registry_marks",
    TABLES,
    Column("key_id", String(8), primary_key=True),
    Column("payload", BigInteger, primary_key=True, autoincrement=False),
    Column("number", BigInteger, nullable=False),
)
"""Which entry a mark points to: a payload is there once a key."""

MANIFESTS = Table(
    "registry_manifests",
    TABLES,
    Column("manifest_id", String(255), primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
)
"""Which entries keep the credentials of this id."""

RESERVED = Table(
    "registry_reserved",
    TABLES,
    Column("key_id", String(8), primary_key=True),
    Column("payload", BigInteger, primary_key=True, autoincrement=False),
)
"""Payloads that were drawn for marks whose record is still to come (or never came)."""

HEAD = Table(
    "registry_head",
    TABLES,
    Column("registry_id", String(36), primary_key=True),
    Column("number", BigInteger, nullable=False),
    Column("chain", String(64), nullable=False),
)
"""One row: the last entry. Writers hold it, so that the chain does not fork."""
