"""A small certificate authority of one's own, so that signing can be tried out, and used inside a house.

It makes a root, an issuing authority below it, and signing certificates with exactly what C2PA wants. The
root's private key is thrown away at once: nobody can ever make a second authority below it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from earwitness.provenance.certificates import CLAIM_SIGNING, PrivateKey

__all__ = ["SIGNING_DAYS", "Issued", "create", "key_to_pem", "renew"]

AUTHORITY_DAYS = 3650
SIGNING_DAYS = 365
_CLOCKS_DIFFER = timedelta(minutes=5)
_SHA256 = hashes.SHA256()


@dataclass(frozen=True, slots=True)
class Issued:
    """A signing certificate and everything above it. chain: the leaf, then its issuer; the root is apart."""

    chain: tuple[x509.Certificate, ...]
    root: x509.Certificate
    key: PrivateKey = field(repr=False)
    issuer_key: PrivateKey = field(repr=False)


def create(name: str, organization: str, *, days: int = SIGNING_DAYS, now: datetime | None = None) -> Issued:
    """A new root, issuer and signing certificate.

    name, organization: of the signer (CN and O), at most 64 characters. days: that the signing certificate
    is valid from ``now`` on; the authorities are for ten years.
    """
    now = now or datetime.now(UTC)
    root_key, issuer_key = _fresh_key(), _fresh_key()
    root_name = _name(f"{organization} test root"[:64], organization)
    root = _sign(root_name, root_key, root_name, root_key, now, AUTHORITY_DAYS, path_length=1)
    issuer_name = _name(f"{organization} test issuer"[:64], organization)
    issuer = _sign(issuer_name, issuer_key, root_name, root_key, now, AUTHORITY_DAYS, path_length=0)
    key = _fresh_key()
    leaf = _signing(name, organization, key, issuer, issuer_key, now, days)
    return Issued((leaf, issuer), root, key, issuer_key)


def renew(
    chain: Sequence[x509.Certificate],
    root: x509.Certificate,
    issuer_key: PrivateKey,
    *,
    days: int = SIGNING_DAYS,
    now: datetime | None = None,
) -> Issued:
    """A new key and signing certificate for the same name below the same root, so that trust stays.

    Never beyond the end of its issuer. chain, issuer_key: as :func:`create` gave them.
    """
    now = now or datetime.now(UTC)
    leaf, issuer = chain[0], chain[1]
    key = _fresh_key()
    name, organization = (
        str(leaf.subject.get_attributes_for_oid(oid)[0].value)
        for oid in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME)
    )
    fresh = _signing(name, organization, key, issuer, issuer_key, now, days)
    return Issued((fresh, issuer), root, key, issuer_key)


def key_to_pem(key: PrivateKey) -> str:
    """PKCS #8 without a password: for a file that only its owner can read, and for the C2PA library."""
    encoded = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return encoded.decode("ascii")


def _signing(
    name: str,
    organization: str,
    key: PrivateKey,
    issuer: x509.Certificate,
    issuer_key: PrivateKey,
    now: datetime,
    days: int,
) -> x509.Certificate:
    return _sign(
        _name(name, organization),
        key,
        issuer.subject,
        issuer_key,
        now,
        days,
        not_after=issuer.not_valid_after_utc,
    )


def _sign(
    subject: x509.Name,
    key: PrivateKey,
    issuer: x509.Name,
    issuer_key: PrivateKey,
    now: datetime,
    days: int,
    *,
    path_length: int | None = None,
    not_after: datetime | None = None,
) -> x509.Certificate:
    """One certificate: an authority's where ``path_length`` is given, else a signer's."""
    authority = path_length is not None
    ends = now + timedelta(days=days)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(min(now, ends) - _CLOCKS_DIFFER)
        .not_valid_after(min(ends, not_after or ends))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=path_length), critical=True)
        .add_extension(_usage(authority), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False
        )
    )
    if not authority:
        uses = x509.ExtendedKeyUsage([CLAIM_SIGNING, ExtendedKeyUsageOID.EMAIL_PROTECTION])
        builder = builder.add_extension(uses, critical=False)
    return builder.sign(issuer_key, _SHA256)


def _usage(authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        key_cert_sign=authority,
        crl_sign=authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _name(common: str, organization: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def _fresh_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())
