"""core/records.py: what may be a record."""

from __future__ import annotations

from typing import Any

import pytest

from earwitness import plugins
from earwitness.errors import PluginError, UsageError
from earwitness.fingerprints import Fingerprint
from earwitness.records import MAX_LABELS, MAX_TEXT, Record, RegistryAudit, load_registry

SHA = "0" * 64


def test_a_record_gets_an_id_and_a_time_and_no_personal_data() -> None:
    one, two = Record(content_sha256=SHA), Record(content_sha256=SHA)
    assert one.record_id != two.record_id
    assert one.created.endswith("Z")
    assert one.signer is None
    assert one.labels == {}


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"content_sha256": "0" * 63}, "content_sha256"),
        ({"content_sha256": "A" * 64}, "content_sha256"),
        ({"record_id": "7"}, "UUID"),
        ({"created": "yesterday"}, "time"),
        ({"created": "2026-01-01T00:00:00+02:00"}, "time"),
        ({"created": "2026-01-01T00:00:00"}, "time"),
        ({"payload": 2**32, "key_ids": ("00112233",)}, "32 bits"),
        ({"payload": -1, "key_ids": ("00112233",)}, "32 bits"),
        ({"payload": 1}, "need each other"),
        ({"key_ids": ("00112233",)}, "need each other"),
        ({"payload": 1, "key_ids": ("0011223",)}, "8 hex digits"),
        ({"payload": 1, "key_ids": ("00112233", "00112233")}, "twice"),
        ({"labels": {str(n): "x" for n in range(MAX_LABELS + 1)}}, "labels"),
        ({"labels": {"": "x"}}, "empty"),
        ({"generator": "x" * (MAX_TEXT + 1)}, "longer"),
        ({"signer": "a\x00b"}, "cannot be stored"),
        ({"signer": "\ud800"}, "cannot be stored"),
    ],
)
def test_what_is_no_record(values: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        Record(**{"content_sha256": SHA, **values})


def test_bytes_stay_out_of_messages() -> None:
    record = Record(
        content_sha256=SHA, manifest=b"raw bytes", fingerprint=Fingerprint("x-1", b"raw bytes", 1.0)
    )
    # (Not "abc": three hex digits, and a random identifier holds them now and then.)
    assert "raw bytes" not in repr(record)


def test_an_audit_is_clean_without_problems() -> None:
    assert RegistryAudit(0, "").clean
    assert not RegistryAudit(0, "", ("x",)).clean


def test_the_registry_comes_from_its_plugin(monkeypatch: pytest.MonkeyPatch) -> None:
    offered: dict[str, Any] = {plugins.REGISTRIES: lambda place, create: [place, create]}
    monkeypatch.setattr(plugins, "load", lambda group: offered[group])
    opened: Any = load_registry("there")
    assert opened == ["there", True]
    monkeypatch.undo()
    with pytest.raises(PluginError):
        plugins.load(plugins.REGISTRIES, "none")
