"""Entries can be found by the id of their credentials."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from earwitness.manifest_store import active_manifest_id

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_TABLE = "registry_manifests"
_REFUSAL = "the registry is only ever added to"


def upgrade() -> None:
    """Make the table, fill it from the entries that are there, and have the database refuse changes."""
    manifests = op.create_table(
        _TABLE,
        sa.Column("manifest_id", sa.String(255), primary_key=True),
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    )
    # Without a type: a damaged row may hold a text, which the audit tells and which must not stop us here.
    entries = sa.table("registry_entries", sa.column("number"), sa.column("manifest"))
    connection = op.get_bind()
    with_manifest = sa.select(entries.c.number).where(entries.c.manifest.is_not(None))
    # One at a time: a manifest may be megabytes.
    for number in connection.execute(with_manifest).scalars().all():
        one = sa.select(entries.c.manifest).where(entries.c.number == number)
        manifest = connection.execute(one).scalar_one()
        manifest_id = active_manifest_id(manifest) if isinstance(manifest, bytes) else None
        if manifest_id is not None:
            connection.execute(sa.insert(manifests).values(manifest_id=manifest_id, number=number))
    _refuse_changes()


def _refuse_changes() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {_TABLE}_no_{act.lower()} BEFORE {act} ON {_TABLE} "
                f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
            )
        return
    op.execute(
        f"CREATE TRIGGER {_TABLE}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {_TABLE} "
        "FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse()"
    )
