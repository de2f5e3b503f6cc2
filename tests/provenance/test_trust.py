"""provenance/trust.py: empty until its owner decides; signers and strangers do not get onto it."""

from __future__ import annotations

from pathlib import Path

import pytest

from earwitness.errors import TrustListError
from earwitness.provenance import authority
from earwitness.provenance.certificates import to_pem
from earwitness.provenance.trust import TrustList

MADE = authority.create("studio", "Demo Lab")
ROOT = to_pem([MADE.root])


@pytest.fixture
def trust(tmp_path: Path) -> TrustList:
    return TrustList(tmp_path / "trust")


def test_the_life_of_an_entry(trust: TrustList) -> None:
    assert (trust.list(), trust.as_pem()) == ((), "")
    entry = trust.add("studio", ROOT.encode())
    assert [info.name for info in entry.authorities] == ["Demo Lab test root"]
    assert trust.list() == (entry,)
    assert trust.as_pem() == ROOT
    trust.remove("studio")
    assert trust.as_pem() == ""


def test_one_file_may_hold_many(trust: TrustList) -> None:
    text = f"# the official list\n{ROOT}\n# another\n{to_pem([authority.create('b', 'B').root])}"
    assert len(trust.add("official", text.encode()).authorities) == 2
    assert trust.as_pem().count("BEGIN CERTIFICATE") == 2
    assert "official" not in trust.as_pem()


def test_what_does_not_get_onto_it(trust: TrustList) -> None:
    for name, pem, said in (
        ("studio", to_pem(MADE.chain).encode(), "signer, not of an authority"),
        ("studio", b"hello", "no certificates"),
        ("../studio", ROOT.encode(), "no name"),
    ):
        with pytest.raises(TrustListError, match=said):
            trust.add(name, pem)
    assert trust.names() == []


def test_names_are_taken_once_and_unknown_ones_told(trust: TrustList) -> None:
    trust.add("studio", ROOT.encode())
    with pytest.raises(TrustListError, match="already"):
        trust.add("studio", ROOT.encode())
    trust.add("studio", ROOT.encode(), replace=True)
    with pytest.raises(TrustListError, match="It has: studio"):
        trust.remove("other")


def test_a_list_that_others_can_change_is_not_believed(trust: TrustList) -> None:
    trust.add("studio", ROOT.encode())
    (trust.folder / "studio.pem").chmod(0o666)
    with pytest.raises(TrustListError, match="chmod go-w"):
        trust.as_pem()


def test_a_damaged_entry_is_an_error_and_not_an_empty_list(trust: TrustList) -> None:
    trust.add("studio", ROOT.encode())
    (trust.folder / "studio.pem").write_text("gone")
    for look in (trust.list, trust.as_pem):
        with pytest.raises(TrustListError, match=r"studio\.pem"):
            look()
