"""The manifest as a Parquet file beside ``manifest.jsonl``, where somebody asks for it and has pyarrow."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from typing import Any

from earwitness.errors import MissingDependencyError
from earwitness.target import replacing

__all__ = ["PARQUET", "refuse_parquet", "settle_parquet"]

PARQUET = "manifest.parquet"
_NUMBERS = frozenset(("seconds", "level_dbfs", "source_from_s", "source_to_s"))
_WHOLE = frozenset(("seed", "rate", "source_bytes", "parts"))


def refuse_parquet() -> None:
    """Raise MissingDependencyError where pyarrow is absent: before the work, not after it."""
    try:
        import_module("pyarrow.parquet")
    except ModuleNotFoundError as error:
        raise MissingDependencyError(
            "Parquet needs the package pyarrow, which is not installed.",
            subject="--parquet",
            hint="pip install pyarrow, or do without: manifest.jsonl is always written.",
        ) from error


def settle_parquet(folder: Path, entries: list[dict[str, Any]], *, wanted: bool) -> None:
    """Write it, or remove one that is there from before: it would tell of another manifest.

    Columns are the fields of the manifest in its order; ``channel``, whose steps differ, is JSON text.
    Raises TargetError.
    """
    target = folder / PARQUET
    if not wanted or not entries:
        target.unlink(missing_ok=True)
        return
    arrow, parquet = import_module("pyarrow"), import_module("pyarrow.parquet")
    rows = [{**one, "channel": json.dumps(one["channel"], ensure_ascii=False)} for one in entries]
    schema = arrow.schema([(name, _kind(arrow, name, value)) for name, value in rows[0].items()])
    with replacing(target) as aside:
        parquet.write_table(arrow.Table.from_pylist(rows, schema=schema), aside)


def _kind(arrow: Any, name: str, value: Any) -> Any:
    """By the name: a twin's fields are null, so that values do not tell."""
    if name == "spans":
        return arrow.list_(arrow.list_(arrow.float64()))
    if name == "features":
        return arrow.struct([(feature, arrow.float64()) for feature in value])
    if name in _NUMBERS:
        return arrow.float64()
    return arrow.int64() if name in _WHOLE else arrow.string()
