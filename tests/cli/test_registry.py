"""cli/registry.py and cli/registry_view.py: the registry from the shell."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from earwitness.cli.registry_view import parse_heads
from earwitness.errors import UsageError
from earwitness.fingerprints import Fingerprint
from earwitness.provenance.store import open_registry
from earwitness.records import Record

Call = Callable[..., tuple[int, str, str]]
KEY = "aabbccdd"


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    path = str(tmp_path / "registry.db")
    monkeypatch.setenv("EARWITNESS_REGISTRY", path)
    return path


@pytest.fixture
def record(place: str) -> Record:
    """One of three records that are there."""
    made = Record(
        content_sha256="ab" * 32,
        payload=2790235144,
        key_ids=(KEY,),
        scheme="patchwork-1",
        generator="tts\x1b[31m",
        generator_version="2",
        signer="Studio",
        manifest=b"123",
        manifest_type="application/c2pa",
        fingerprint=Fingerprint("landmarks-1", b"1234", 2.0),
        labels={"job": "7"},
    )
    with open_registry(place) as registry:
        registry.add_all([Record(content_sha256="0" * 64), made, Record(content_sha256="1" * 64)])
    return made


def test_list_is_newest_first(earwitness: Call, record: Record) -> None:
    code, out, _ = earwitness("registry", "list")
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()] == ["3", "2", "1"]
    assert "\x1b" not in out
    _, out, _ = earwitness("registry", "list", "-n", "2", "--json")
    assert [entry["number"] for entry in json.loads(out)] == [3, 2]
    assert json.loads(out)[1]["record"]["labels"] == {"job": "7"}
    assert record.record_id in out


@pytest.mark.parametrize("words", ["id", "2790235144", f"{2790235144:#X}", "ab" * 32])
def test_show_by_id_payload_and_file(earwitness: Call, record: Record, words: str) -> None:
    code, out, _ = earwitness("registry", "show", record.record_id if words == "id" else words)
    assert code == 0, out
    assert record.record_id in out
    assert "2790235144 (patchwork-1, keys aabbccdd)" in out
    assert "3 bytes (application/c2pa)" in out
    assert "2.0 s, fingerprint landmarks-1" in out
    assert "  job       7" in out
    assert "\x1b" not in out


def test_show_json(earwitness: Call, record: Record) -> None:
    _, out, _ = earwitness("registry", "show", record.record_id, "--json")
    (entry,) = json.loads(out)
    assert entry["record"]["payload"] == 2790235144


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("1234", "knows no such mark or file"),
        ("f" * 64, "knows no such mark or file"),
        ("nonsense", "no record of this id"),
        ("4294967296", "0 to 4294967295"),
        ("0xzz", "0 to 4294967295"),
    ],
)
def test_what_is_not_there(earwitness: Call, record: Record, words: str, said: str) -> None:
    assert record
    code, _, err = earwitness("registry", "show", words)
    assert code == 2
    assert said in err
    assert len(err.splitlines()) == 1


def test_audit_says_what_to_note_and_finds_changes(earwitness: Call, record: Record, place: str) -> None:
    code, out, _ = earwitness("registry", "audit")
    assert code == 0
    assert "3 entries, and nothing shows that any was changed." in out
    noted = out.splitlines()[-1].removeprefix("Head: ")
    assert earwitness("registry", "audit", "--expect", noted)[0] == 0
    with open_registry(place) as registry, registry._database.writing() as connection:
        connection.execute(text("DROP TRIGGER registry_entries_no_update"))
        connection.execute(text("UPDATE registry_entries SET generator = 'x' WHERE number = 2"))
    code, out, _ = earwitness("registry", "audit")
    assert code == 1
    assert f"Entry 2 (record {record.record_id}) was changed" in out
    assert "HISTORY WAS CHANGED" in out
    code, out, _ = earwitness("registry", "audit", "--json", "--expect", "1:" + "0" * 64)
    assert code == 1
    found = json.loads(out)
    assert (found["clean"], found["entries"], len(found["problems"])) == (False, 3, 2)


def test_export_and_import(
    earwitness: Call, record: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, exported, _ = earwitness("registry", "export")
    assert len(exported.splitlines()) == 3
    file = tmp_path / "records.jsonl"
    file.write_text(exported, encoding="utf-8")
    other = tmp_path / "other.db"
    code, out, _ = earwitness("registry", "import", file, "--registry", other)
    assert (code, out) == (0, f"3 records read, 3 added to {other}.\n")
    monkeypatch.setattr(sys, "stdin", io.StringIO(exported))
    assert "3 records read, 0 added" in earwitness("registry", "import", "-", "--registry", other)[1]
    _, again, _ = earwitness("registry", "export", "--registry", other)
    assert again == exported
    file.write_text(exported.replace('"job": "7"', '"job": "8"'), encoding="utf-8")
    code, _, err = earwitness("registry", "import", file, "--registry", tmp_path / "third.db")
    assert code == 2
    assert f"line 2: the record {record.record_id} was changed after it was exported" in err


def test_files_that_cannot_be_imported(earwitness: Call, tmp_path: Path) -> None:
    assert "no such file" in earwitness("registry", "import", tmp_path / "none")[2]
    assert "cannot be read" in earwitness("registry", "import", tmp_path)[2]


@pytest.mark.parametrize("command", ["list", "audit", "export"])
def test_looking_makes_no_registry(earwitness: Call, place: str, command: str) -> None:
    code, _, err = earwitness("registry", command)
    assert code == 2
    assert "there is no registry here yet" in err
    assert not Path(place).exists()


def test_an_empty_registry(earwitness: Call, place: str) -> None:
    with open_registry(place):
        pass
    assert earwitness("registry", "list")[1] == "The registry holds no record yet.\n"
    assert "0 entries" in earwitness("registry", "audit")[1]


@pytest.mark.parametrize(
    "value",
    ["", "1", "1:abc", "x:" + "0" * 64, "1:" + "g" * 64, "0:" + "0" * 64, "9" * 5000 + ":" + "0" * 64],
)
def test_heads_that_are_none(value: str) -> None:
    with pytest.raises(UsageError, match="no number and chain"):
        parse_heads([value])


def test_words_that_are_no_unicode(earwitness: Call, place: str) -> None:
    with open_registry(place):
        pass
    for words in ("\udcff", "\udcff" * 64):
        code, _, err = earwitness("registry", "show", words)
        assert code == 2
        assert "no Unicode" in err
