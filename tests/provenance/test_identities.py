"""provenance/identities.py: one file a certificate, its owner's alone; imports are checked first."""

from __future__ import annotations

from pathlib import Path

import pytest

from earwitness.errors import (
    CertificateError,
    CertificateExpiredError,
    CertificateNotFoundError,
    KeyFileError,
    SourceNotFoundError,
    UsageError,
)
from earwitness.provenance import authority
from earwitness.provenance.certificates import to_pem
from earwitness.provenance.identities import Identities, read_pem


@pytest.fixture
def store(tmp_path: Path) -> Identities:
    return Identities(tmp_path / "certificates")


def test_there_and_back(store: Identities) -> None:
    made = store.create("studio", organization="Demo Lab", days=10)
    found = store.get()
    assert (found.chain, found.root) == (made.chain, made.root)
    assert found.own
    assert "PrivateKey" not in repr(found)
    assert (store.folder / "studio.json").stat().st_mode & 0o777 == 0o600
    assert [identity.name for identity in store.list()] == ["studio"]


def test_beside_the_key_ring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EARWITNESS_KEYS", str(tmp_path / "here" / "keys.json"))
    assert Identities().folder == tmp_path / "here" / "certificates"


def test_which_one(store: Identities) -> None:
    with pytest.raises(CertificateNotFoundError, match="certificate create NAME"):
        store.get()
    store.create("one", organization="x", days=10)
    store.create("two", organization="x", days=10)
    with pytest.raises(CertificateError, match="--certificate one or two"):
        store.get()
    with pytest.raises(CertificateNotFoundError, match="Known: one, two"):
        store.get("three")
    with pytest.raises(CertificateNotFoundError):
        store.get("../one")


def test_a_name_is_taken_once(store: Identities) -> None:
    store.create("studio", organization="x", days=10)
    with pytest.raises(CertificateError, match="already"):
        store.create("studio", organization="x", days=10)
    with pytest.raises(CertificateError, match="no name"):
        store.create("../studio", organization="x", days=10)


@pytest.mark.parametrize(("organization", "days"), [("", 10), ("x" * 65, 10), ("x", 0), ("x", 4000)])
def test_nonsense_is_refused(store: Identities, organization: str, days: int) -> None:
    with pytest.raises(UsageError):
        store.create("studio", organization=organization, days=days)


def test_renewing(store: Identities) -> None:
    made = store.create("studio", organization="x", days=10)
    again = store.renew("studio", days=20)
    assert again.root == made.root
    assert store.get("studio").chain == again.chain != made.chain


def test_importing_keeps_the_root_apart(store: Identities) -> None:
    made = authority.create("press", "Paper")
    chain = to_pem([*made.chain, made.root]).encode()
    kept = store.add("press", chain, authority.key_to_pem(made.key).encode())
    assert (kept.chain, kept.root) == (made.chain, made.root)
    assert not store.get("press").own
    with pytest.raises(CertificateError, match="issued elsewhere"):
        store.renew("press", days=10)
    store.add("press", chain, authority.key_to_pem(made.key).encode(), replace=True)


def test_importing_what_c2pa_would_refuse_keeps_nothing(store: Identities) -> None:
    made, other = authority.create("press", "Paper"), authority.create("press", "Paper")
    late = authority.create("press", "Paper", days=-1)
    key = authority.key_to_pem(made.key).encode()
    with pytest.raises(CertificateError, match=r"c\.pem.*another certificate"):
        store.add("press", to_pem(other.chain).encode(), key, chain_name="c.pem")
    with pytest.raises(CertificateError, match=r"k\.pem: holds no private key"):
        store.add("press", to_pem(made.chain).encode(), b"x", key_name="k.pem")
    with pytest.raises(CertificateExpiredError):
        store.add("press", to_pem(late.chain).encode(), authority.key_to_pem(late.key).encode())
    assert store.names() == []


def test_a_file_open_to_others_is_refused(store: Identities) -> None:
    store.create("studio", organization="x", days=10)
    (store.folder / "studio.json").chmod(0o644)
    with pytest.raises(KeyFileError, match="chmod 600"):
        store.get("studio")


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"format":"earwitness.certificate/1","chain":3}'])
def test_a_damaged_file_is_told_without_its_content(store: Identities, content: bytes) -> None:
    store.create("studio", organization="x", days=10)
    (store.folder / "studio.json").write_bytes(content)
    with pytest.raises(KeyFileError, match="damaged"):
        store.get("studio")


def test_pem_files(tmp_path: Path) -> None:
    with pytest.raises(SourceNotFoundError):
        read_pem(str(tmp_path / "none.pem"))
