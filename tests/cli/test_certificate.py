"""cli/certificate.py: certificates from the shell; no private key on any screen."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

Call = Callable[..., tuple[int, str, str]]
KEYS = ("keys", "certificate")


@pytest.fixture(autouse=True)
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("EARWITNESS_KEYS", str(tmp_path / "keys.json"))
    return tmp_path


def test_the_life_of_a_certificate(earwitness: Call, settings: Path) -> None:
    code, out, _ = earwitness(*KEYS, "create", "studio", "--organization", "Demo Lab", "--days", "9")
    assert code == 0
    assert "certificate root studio" in out
    code, out, err = earwitness(*KEYS, "list")
    assert "Demo Lab test issuer" in out
    assert "expires in" in err
    assert "renew studio" in err
    before = json.loads(earwitness(*KEYS, "list", "--json")[1])[0]
    assert (before["name"], before["own"], before["organization"]) == ("studio", True, "Demo Lab")
    assert earwitness(*KEYS, "renew", "studio")[0] == 0
    after = json.loads(earwitness(*KEYS, "list", "--json")[1])[0]
    assert after["ends"] > before["ends"]
    assert after["warning"] is None
    code, out, _ = earwitness(*KEYS, "root", "studio")
    assert out.startswith("-----BEGIN CERTIFICATE-----")
    (settings / "root.pem").write_text(out)
    assert earwitness("trust", "add", settings / "root.pem")[0] == 0


def test_no_private_key_is_ever_printed(earwitness: Call, settings: Path) -> None:
    shown = ""
    for words in (
        ("create", "studio", "--organization", "x", "--json"),
        ("list",),
        ("list", "--json"),
        ("root", "studio"),
        ("renew", "studio", "--json"),
        ("create", "studio", "--organization", "x"),
    ):
        _, out, err = earwitness(*KEYS, *words)
        shown += out + err
    assert "PRIVATE KEY" not in shown
    kept = json.loads((settings / "certificates" / "studio.json").read_text())
    assert kept["key"].splitlines()[1] not in shown


def test_trust_in_one_go(earwitness: Call) -> None:
    earwitness(*KEYS, "create", "studio", "--organization", "Demo Lab", "--trust")
    assert "Demo Lab test root" in earwitness("trust", "list")[1]


def test_importing(earwitness: Call, settings: Path) -> None:
    from earwitness.provenance import authority
    from earwitness.provenance.certificates import to_pem

    made = authority.create("press", "Paper")
    (settings / "chain.pem").write_text(to_pem(made.chain))
    (settings / "key.pem").write_text(authority.key_to_pem(made.key))
    code, out, _ = earwitness(*KEYS, "import", "press", settings / "chain.pem", settings / "key.pem")
    assert code == 0
    assert "valid until" in out
    for words, said in (
        (("root", "press"), "not in the chain"),
        (("renew", "press"), "issued elsewhere"),
        (("import", "press", settings / "chain.pem", settings / "key.pem"), "already"),
        (("import", "b", settings / "key.pem", settings / "chain.pem"), "key.pem: holds no certificates"),
        (("import", "b", settings / "chain.pem", settings / "none.pem"), "no such file"),
        (("create", "B B", "--organization", "x"), "no name"),
    ):
        code, out, err = earwitness(*KEYS, *words)
        assert (code, out) == (2, "")
        assert said in err
        assert err.count("\n") == 1
