"""The first form of the registry: entries, the marks that point to them, reserved payloads, the head."""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_REFUSAL = "the registry is only ever added to"


def upgrade() -> None:
    """Make the tables, and have the database refuse changes of history."""
    op.create_table(
        "registry_entries",
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("record_id", sa.String(36), nullable=False, unique=True),
        sa.Column("created", sa.Text, nullable=False),
        sa.Column("content_sha256", sa.String(64), nullable=False, index=True),
        sa.Column("payload", sa.BigInteger),
        sa.Column("key_ids", sa.Text, nullable=False),
        sa.Column("scheme", sa.Text),
        sa.Column("fingerprint_method", sa.Text),
        sa.Column("fingerprint", sa.LargeBinary),
        sa.Column("fingerprint_s", sa.Double),
        sa.Column("signer", sa.Text),
        sa.Column("generator", sa.Text),
        sa.Column("generator_version", sa.Text),
        sa.Column("manifest", sa.LargeBinary),
        sa.Column("manifest_type", sa.Text),
        sa.Column("labels", sa.Text, nullable=False),
        sa.Column("chain", sa.String(64), nullable=False),
    )
    op.create_table(
        "registry_marks",
        sa.Column("key_id", sa.String(8), primary_key=True),
        sa.Column("payload", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("number", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "registry_reserved",
        sa.Column("key_id", sa.String(8), primary_key=True),
        sa.Column("payload", sa.BigInteger, primary_key=True, autoincrement=False),
    )
    head = op.create_table(
        "registry_head",
        sa.Column("registry_id", sa.String(36), primary_key=True),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("chain", sa.String(64), nullable=False),
    )
    op.bulk_insert(head, [{"registry_id": str(uuid.uuid4()), "number": 0, "chain": ""}])
    for table in ("registry_entries", "registry_marks"):
        _refuse_changes(table)


def _refuse_changes(table: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
            )
        return
    op.execute(
        "CREATE OR REPLACE FUNCTION registry_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_REFUSAL}'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse()"
    )
