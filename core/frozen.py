"""What all results have in common: they never change, and their JSON is complete."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict

__all__ = ["Document", "Frozen"]


class Frozen(BaseModel):
    """A part of a result."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        use_attribute_docstrings=True,
        # Every field is always written, so a reader of the schema may rely on it.
        json_schema_serialization_defaults_required=True,
    )


class Document(Frozen):
    """A whole result: what ``--json`` prints and the API answers. Its ``schema`` field names its version."""

    model_config = ConfigDict(populate_by_name=True, serialize_by_alias=True)

    def to_json(self, *, indent: int | None = None) -> str:
        """As JSON text: one line, or indented."""
        return self.model_dump_json(by_alias=True, indent=indent)

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON types."""
        return self.model_dump(mode="json", by_alias=True)
