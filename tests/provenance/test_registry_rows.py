"""provenance/registry_rows.py: damaged rows are errors of ours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from earwitness.errors import RegistryError
from earwitness.fingerprints import Fingerprint
from earwitness.provenance.registry_rows import entry_of, row_of
from earwitness.provenance.registry_tables import ENTRIES
from earwitness.records import Entry, Record


def test_there_and_back(make_record: Callable[..., Record]) -> None:
    record = make_record(1, payload=3, key_ids=("00112233",), fingerprint=Fingerprint("x-1", b"ab", 2.0))
    for entry in (Entry(1, record, "c" * 64), Entry(2, make_record(2), "d" * 64)):
        row = row_of(entry)
        assert set(row) == {column.name for column in ENTRIES.columns}
        assert entry_of(row, "here") == entry


@pytest.mark.parametrize("change", [{"labels": "["}, {"labels": None}, {"payload": "x"}, {"created": None}])
def test_a_damaged_row_is_named(make_record: Callable[..., Record], change: dict[str, Any]) -> None:
    row = row_of(Entry(7, make_record(1, payload=3, key_ids=("00112233",)), "c" * 64))
    with pytest.raises(RegistryError, match="here: the entry number 7 is damaged"):
        entry_of({**row, **change}, "here")
