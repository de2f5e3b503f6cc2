"""provenance/certificates.py: exactly what C2PA wants, and each thing that it would refuse by name."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from earwitness.errors import CertificateError, CertificateExpiredError
from earwitness.provenance import authority
from earwitness.provenance.certificates import (
    PrivateKey,
    algorithm,
    check_chain,
    check_dates,
    describe,
    expiry_warning,
    is_self_signed,
    load_certificates,
    load_key,
    to_pem,
)

PEM = serialization.Encoding.PEM
PKCS8 = serialization.PrivateFormat.PKCS8


def remade(
    issued: authority.Issued,
    *,
    drop: type | None = None,
    add: x509.ExtensionType | None = None,
    subject: x509.Name | None = None,
) -> x509.Certificate:
    """The leaf again, signed by its issuer, without or with something."""
    leaf, issuer = issued.chain
    builder = (
        x509.CertificateBuilder(
            issuer_name=issuer.subject, subject_name=leaf.subject if subject is None else subject
        )
        .public_key(leaf.public_key())
        .serial_number(5)
        .not_valid_before(leaf.not_valid_before_utc)
        .not_valid_after(leaf.not_valid_after_utc)
    )
    for extension in leaf.extensions:
        if not (drop and isinstance(extension.value, drop)):
            builder = builder.add_extension(extension.value, extension.critical)
    if add is not None:
        builder = builder.add_extension(add, critical=False)
    return builder.sign(issued.issuer_key, hashes.SHA256())


@pytest.fixture(scope="module")
def issued() -> authority.Issued:
    return authority.create("studio", "Demo Lab")


def test_a_chain_of_ours_passes(issued: authority.Issued) -> None:
    check_chain(issued.chain, issued.key, "x")
    check_dates(issued.chain, "x", "remedy")
    assert expiry_warning(issued.chain, "remedy") is None
    info = describe(issued.chain[0])
    assert (info.name, info.organization, info.authority) == ("studio", "Demo Lab", False)
    assert describe(issued.root).authority
    assert is_self_signed(issued.root)


@pytest.mark.parametrize(
    ("drop", "said"),
    [
        (x509.KeyUsage, "digitalSignature"),
        (x509.ExtendedKeyUsage, "extended key usage"),
        (x509.AuthorityKeyIdentifier, "authority key identifier"),
    ],
)
def test_what_is_missing_is_named(issued: authority.Issued, drop: type, said: str) -> None:
    with pytest.raises(CertificateError, match=said):
        check_chain([remade(issued, drop=drop), issued.chain[1]], issued.key, "x")


def test_other_faults_are_named(issued: authority.Issued) -> None:
    leaf, issuer = issued.chain
    other = authority.create("other", "Elsewhere")
    any_use = remade(
        issued,
        drop=x509.ExtendedKeyUsage,
        add=x509.ExtendedKeyUsage([ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE]),
    )
    nameless = remade(issued, subject=x509.Name([]))
    for chain, key, said in (
        ([any_use, issuer], issued.key, "extended key usage"),
        ([nameless, issuer], issued.key, "no organization"),
        ([leaf, issuer], other.key, "private key belongs to another"),
        ([issuer, leaf], issued.key, "signer's own comes first"),
        ([leaf, other.chain[1]], issued.key, "is not signed by"),
        ([issued.root], issued.key, "signed by itself"),
    ):
        with pytest.raises(CertificateError, match=said):
            check_chain(chain, key, "x")


def test_dates(issued: authority.Issued) -> None:
    now = datetime.now(UTC)
    with pytest.raises(CertificateExpiredError, match=r"expired on .*renew it"):
        check_dates(issued.chain, "x", "renew it", now + timedelta(days=366))
    with pytest.raises(CertificateExpiredError, match="valid only from"):
        check_dates(issued.chain, "x", "renew it", now - timedelta(days=1))
    soon = expiry_warning(issued.chain, "renew it", now + timedelta(days=350))
    assert soon is not None
    assert "expires in 14 days" in soon
    assert soon.endswith("renew it")
    late = expiry_warning(issued.chain, "renew it", now + timedelta(days=400))
    assert late is not None
    assert "has expired" in late


@pytest.mark.parametrize(
    ("key", "name"),
    [
        (ec.generate_private_key(ec.SECP256R1()), "es256"),
        (ec.generate_private_key(ec.SECP384R1()), "es384"),
        (ec.generate_private_key(ec.SECP521R1()), "es512"),
        (ed25519.Ed25519PrivateKey.generate(), "ed25519"),
        (rsa.generate_private_key(65537, 2048), "ps256"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_keys_that_c2pa_signs_with(key: PrivateKey, name: str) -> None:
    again = load_key(authority.key_to_pem(key).encode(), "k")
    assert algorithm(again) == name
    assert again.public_key() == key.public_key()


def test_keys_that_it_does_not() -> None:
    plain = serialization.NoEncryption()
    for key in (
        ec.generate_private_key(ec.SECP256K1()),
        dsa.generate_private_key(2048),
        rsa.generate_private_key(65537, 1024),
    ):
        with pytest.raises(CertificateError, match="none of them"):
            load_key(key.private_bytes(PEM, PKCS8, plain), "k")
    locked = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        PEM, PKCS8, serialization.BestAvailableEncryption(b"secret")
    )
    with pytest.raises(CertificateError, match="password"):
        load_key(locked, "k")


@pytest.mark.parametrize(
    "junk", [b"", b"x", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
)
def test_junk_is_no_certificate_and_no_key(junk: bytes) -> None:
    with pytest.raises(CertificateError, match="no certificates"):
        load_certificates(junk, "a.pem")
    with pytest.raises(CertificateError, match="no private key"):
        load_key(junk, "a.pem")


def test_pem_there_and_back(issued: authority.Issued) -> None:
    assert tuple(load_certificates(to_pem(issued.chain).encode(), "x")) == issued.chain
