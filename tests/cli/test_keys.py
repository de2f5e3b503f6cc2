"""cli/keys.py: the ring from the shell; no secret on any screen."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def key_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "keys.json"
    monkeypatch.setenv("EARWITNESS_KEYS", str(path))
    return path


def test_the_life_of_a_key(earwitness: Call, key_file: Path) -> None:
    code, out, _ = earwitness("keys", "create", "studio")
    assert code == 0
    assert str(key_file) in out
    code, out, _ = earwitness("keys", "rotate", "studio", "--json")
    assert json.loads(out)["state"] == "active"
    code, out, _ = earwitness("keys", "revoke", "studio", "--reason", "lost\x1b[31m")
    assert code == 0
    assert "Revoked: studio" in out
    code, out, _ = earwitness("keys", "list")
    assert out.count("studio") == 2
    assert "revoked: lost\\x1b" in out
    code, out, _ = earwitness("keys", "list", "--json")
    assert [info["state"] for info in json.loads(out)] == ["revoked", "revoked", "published"]


def test_no_secret_is_ever_printed(earwitness: Call, key_file: Path) -> None:
    shown = ""
    for words in (
        ("create", "studio"),
        ("create", "other", "--json"),
        ("list",),
        ("list", "--json"),
        ("show", "studio"),
        ("rotate", "studio"),
        ("revoke", "studio", "--json"),
        ("create", "studio"),
    ):
        _, out, err = earwitness("keys", *words)
        shown += out + err
    secrets = [entry["secret"] for entry in json.loads(key_file.read_text())["keys"]]
    assert len(secrets) == 3
    assert not any(secret[:16] in shown for secret in secrets)


def test_one_of_several_keys_is_revoked_by_its_id(earwitness: Call) -> None:
    old = json.loads(earwitness("keys", "create", "studio", "--json")[1])["key_id"]
    earwitness("keys", "rotate", "studio")
    revoked = json.loads(earwitness("keys", "revoke", "studio", "--key-id", old, "--json")[1])
    assert [info["key_id"] for info in revoked] == [old]
    assert earwitness("keys", "revoke", "studio", "--key-id", old) == (
        0,
        "studio: it was revoked before.\n",
        "",
    )


def test_errors_are_one_line_and_code_2(earwitness: Call, key_file: Path) -> None:
    for words, said in (
        (("show", "nobody"), "no key of this name"),
        (("create", "BAD NAME"), "no name for a key"),
        (("revoke", "signpost"), "cannot be changed"),
    ):
        code, out, err = earwitness("keys", *words)
        assert (code, out) == (2, "")
        assert said in err
        assert err.count("\n") == 1
    earwitness("keys", "create", "studio")
    key_file.chmod(0o644)
    code, _, err = earwitness("keys", "list")
    assert code == 2
    assert "chmod 600" in err
