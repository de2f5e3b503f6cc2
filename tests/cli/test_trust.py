"""cli/trust.py: the trust list from the shell."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from earwitness.provenance import authority
from earwitness.provenance.certificates import describe, to_pem

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("EARWITNESS_KEYS", str(tmp_path / "settings" / "keys.json"))
    path = tmp_path / "My Root.pem"
    path.write_text(to_pem([authority.create("studio", "Demo Lab").root]))
    return path


def test_the_life_of_an_entry(earwitness: Call, root: Path) -> None:
    assert "empty" in earwitness("trust", "list")[1]
    code, out, _ = earwitness("trust", "add", root)
    assert (code, out) == (0, "Trusted from now on: Demo Lab test root (entry my-root).\n")
    assert "Demo Lab" in earwitness("trust", "list")[1]
    (told,) = json.loads(earwitness("trust", "list", "--json")[1])
    from earwitness.provenance.certificates import load_certificates

    assert told["sha256"] == describe(load_certificates(root.read_bytes(), "x")[0]).sha256
    assert told["entry"] == "my-root"
    assert earwitness("trust", "remove", "my-root")[0] == 0
    assert json.loads(earwitness("trust", "list", "--json")[1]) == []


def test_errors_are_one_line_and_code_2(earwitness: Call, root: Path, tmp_path: Path) -> None:
    (tmp_path / "x.pem").write_text("hello")
    for words, said in (
        (("add", tmp_path / "none.pem"), "no such file"),
        (("add", tmp_path / "x.pem"), "x.pem: holds no certificates"),
        (("add", root, "--name", "A/B"), "no name"),
        (("remove", "nobody"), "no such entry"),
    ):
        code, out, err = earwitness("trust", *words)
        assert (code, out) == (2, "")
        assert said in err
        assert err.count("\n") == 1
