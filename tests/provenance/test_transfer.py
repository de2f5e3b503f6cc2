"""provenance/transfer.py: from one registry to another, of either kind."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from earwitness.errors import RegistryError, UsageError
from earwitness.provenance import transfer
from earwitness.provenance.store import open_registry
from earwitness.provenance.transfer import Imported, export_lines, import_lines
from earwitness.records import Record

Make = Callable[..., Record]


def test_all_records_arrive_once(
    place: str, tmp_path: Path, make_record: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transfer, "_BATCH", 2)
    with open_registry(str(tmp_path / "from.db")) as old:
        old.add_all([make_record(n, payload=n, key_ids=("00112233",), manifest=b"\x00") for n in range(5)])
        lines = list(export_lines(old))
    with open_registry(place) as new:
        own = new.add(make_record(99))
        assert import_lines(new, lines, name="x") == Imported(5, 5)
        assert import_lines(new, [*lines, "\n"], name="x") == Imported(5, 0)
        records = [entry.record for entry in new.entries()]
        assert records == [own.record, *(transfer.parse_entry(line).record for line in lines)]
        assert new.by_mark("00112233", 3) is not None
        assert new.audit().clean


def test_a_changed_export_is_refused(tmp_path: Path, make_record: Make) -> None:
    with open_registry(str(tmp_path / "r.db")) as registry:
        registry.add_all([make_record(n) for n in range(3)])
        lines = list(export_lines(registry))
    changed = json.loads(lines[1])
    changed["record"]["generator"] = "x"
    with open_registry(str(tmp_path / "new.db")) as new:
        with pytest.raises(RegistryError, match=r"f: line 2: the record .* was changed after"):
            import_lines(new, [lines[0], json.dumps(changed)], name="f")
        with pytest.raises(UsageError, match="f: line 2: this is no exported record"):
            import_lines(new, [lines[0], "{}"], name="f")
        assert new.head()[0] == 0, "nothing of a batch with a fault is added"
        assert import_lines(new, lines[1:], name="f").added == 2, "a part can start anywhere"


def test_what_others_add_meanwhile_is_not_counted(
    tmp_path: Path, make_record: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transfer, "_BATCH", 1)
    with open_registry(str(tmp_path / "from.db")) as old:
        old.add_all([make_record(n) for n in range(3)])
        lines = list(export_lines(old))

    def slowly() -> Iterator[str]:
        for number, line in enumerate(lines):
            yield line
            new.add(make_record(100 + number))

    with open_registry(str(tmp_path / "new.db")) as new:
        assert import_lines(new, slowly(), name="x") == Imported(3, 3)
        assert new.head()[0] == 6
