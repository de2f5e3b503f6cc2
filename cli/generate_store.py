"""The records of a folder of generated speech: a line a file, so that an interrupted run can go on."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Any, Self

from earwitness.errors import TargetError
from earwitness.generated import GeneratedRecord
from earwitness.json_lines import JsonLines
from earwitness.orders import Order

__all__ = ["GenerateStore"]

NAME = "generated.jsonl"
_FIELDS = frozenset(("file", "order", "settings", "record"))


class GenerateStore:
    """``generated.jsonl`` in the folder. Use as a context manager.

    settings: how files are marked; one that was marked otherwise counts as not done. Raises TargetError when
    it cannot be written, and for a folder of attack material, whose files carry no marks.
    """

    def __init__(self, folder: Path, settings: dict[str, object]) -> None:
        from earwitness.attack_material import is_attack_folder

        if is_attack_folder(folder):
            raise TargetError(
                "this folder holds unmarked attack material; marked speech would be lost in it.",
                subject=str(folder),
                hint="Name another folder, or give --attack.",
            )
        self.folder = folder
        self._settings = settings
        self._lines = JsonLines(folder / NAME, _FIELDS, "generated speech")
        self._done = {entry["file"]: entry for entry in self._lines.entries}

    @property
    def path(self) -> Path:
        """Of the records."""
        return self._lines.path

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lines.__exit__(kind, error, trace)

    def is_done(self, name: str, order: Order) -> bool:
        """True when this order was made under this name, marked in the same way, and is still there."""
        entry = self._done.get(name)
        if entry is None or entry["settings"] != self._settings or entry["order"] != order.identity():
            return False
        try:
            return bool((self.folder / name).stat().st_size == entry["record"]["file"]["size_bytes"])
        except (OSError, KeyError, TypeError):
            return False

    def add(self, name: str, order: Order, record: GeneratedRecord) -> None:
        """Note a file that was made; on the disk before this returns."""
        entry: dict[str, Any] = {
            "file": name,
            "order": order.identity(),
            "settings": self._settings,
            "record": record.to_dict(),
        }
        self._lines.add(entry)
        self._done[name] = entry
