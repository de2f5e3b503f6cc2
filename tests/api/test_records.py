"""api/routes/records.py: as much of a record as the administrator publishes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from earwitness.fingerprints import Fingerprint
from earwitness.provenance.store import open_registry
from earwitness.records import Entry, Record

Start = Callable[..., TestClient]


@pytest.fixture
def entry(tmp_path: Path) -> Entry:
    with open_registry(str(tmp_path / "registry.db")) as registry:
        return registry.add(
            Record(
                content_sha256="0" * 64,
                payload=7,
                key_ids=("aabbccdd",),
                scheme="patchwork-1",
                fingerprint=Fingerprint("landmarks-1", bytes(80), 2.5),
                signer="Demo Lab",
                generator="tts",
                generator_version="2",
                manifest=b"no store",
                labels={"speaker": "Jane Doe"},
            )
        )


def test_nothing_is_told_unless_asked_for(start: Start, entry: Entry) -> None:
    assert start(ready=False).get(f"/v1/records/{entry.record.record_id}").status_code == 404


def test_public_leaves_marks_and_labels_out(start: Start, entry: Entry, tmp_path: Path) -> None:
    client = start(ready=False, records="public", registry=str(tmp_path / "registry.db"))
    answer = client.get(f"/v1/records/{entry.record.record_id}")
    assert answer.json() == {
        "id": entry.record.record_id,
        "number": 1,
        "chain": entry.chain,
        "created": entry.record.created,
        "content_sha256": "0" * 64,
        "scheme": "patchwork-1",
        "signer": "Demo Lab",
        "generator": "tts",
        "generator_version": "2",
        "manifest_id": None,
        "fingerprint": {"method": "landmarks-1", "duration_s": 2.5},
        "marks": None,
        "labels": None,
    }


def test_all_tells_them(start: Start, entry: Entry, tmp_path: Path) -> None:
    client = start(ready=False, records="all", registry=str(tmp_path / "registry.db"))
    answer = client.get(f"/v1/records/{entry.record.record_id.upper()}").json()
    assert answer["marks"] == {"payload": 7, "key_ids": ["aabbccdd"]}
    assert answer["labels"] == {"speaker": "Jane Doe"}


@pytest.mark.parametrize("unknown", ["nonsense", "%00", "%FF", "00000000-0000-4000-8000-000000000000"])
@pytest.mark.usefixtures("entry")
def test_unknown_records(start: Start, tmp_path: Path, unknown: str) -> None:
    client = start(ready=False, records="all", registry=str(tmp_path / "registry.db"))
    answer = client.get(f"/v1/records/{unknown}")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    assert "registry.db" not in answer.text
