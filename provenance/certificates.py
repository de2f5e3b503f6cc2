"""Certificates that sign Content Credentials: read, checked against what C2PA wants, and told in words.

What a signing certificate needs (C2PA specification 2.x, section 14.5): X.509 v3, no authority (CA:false),
key usage digitalSignature, an extended key usage for signing (claim signing, documents or e-mail) and not
"any", an authority key identifier, and an organization in its subject. The chain starts with it, each
certificate is signed by the next one, and the root is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from earwitness.errors import CertificateError, CertificateExpiredError

__all__ = [
    "CLAIM_SIGNING",
    "WARN_DAYS",
    "CertificateInfo",
    "PrivateKey",
    "algorithm",
    "check_chain",
    "check_dates",
    "describe",
    "expiry_warning",
    "is_self_signed",
    "load_certificates",
    "load_key",
    "to_pem",
]

CLAIM_SIGNING = x509.ObjectIdentifier("1.3.6.1.4.1.62558.2.1")
"""C2PA's own extended key usage, c2pa-kp-claimSigning."""
WARN_DAYS = 30
_SIGNING_USES = frozenset(
    {CLAIM_SIGNING, ExtendedKeyUsageOID.EMAIL_PROTECTION, x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36")}
)
_CURVES = {"secp256r1": "es256", "secp384r1": "es384", "secp521r1": "es512"}
MIN_RSA_BITS = 2048

Extension = TypeVar("Extension", bound=x509.ExtensionType)
PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey


@dataclass(frozen=True, slots=True)
class CertificateInfo:
    """The public description of one certificate.

    starts, ends: ISO 8601 in UTC. sha256: its fingerprint, hex.
    """

    name: str
    organization: str | None
    issuer: str
    starts: str
    ends: str
    sha256: str
    authority: bool


def describe(certificate: x509.Certificate) -> CertificateInfo:
    """What people need to know about a certificate."""
    return CertificateInfo(
        name=_part(certificate.subject, NameOID.COMMON_NAME) or certificate.subject.rfc4514_string(),
        organization=_part(certificate.subject, NameOID.ORGANIZATION_NAME),
        issuer=_part(certificate.issuer, NameOID.COMMON_NAME) or certificate.issuer.rfc4514_string(),
        starts=_iso(certificate.not_valid_before_utc),
        ends=_iso(certificate.not_valid_after_utc),
        sha256=certificate.fingerprint(hashes.SHA256()).hex(),
        authority=_is_authority(certificate),
    )


def load_certificates(pem: bytes, subject: str) -> list[x509.Certificate]:
    """All certificates of a PEM text, in order. subject: what messages call it. Raises CertificateError."""
    try:
        found = x509.load_pem_x509_certificates(pem)
        for certificate in found:
            describe(certificate)  # damaged extensions show only when they are looked at
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise CertificateError(
            "holds no certificates in PEM form, or a damaged one.",
            subject=subject,
            hint="Such a file has lines that say -----BEGIN CERTIFICATE-----. "
            "From DER: openssl x509 -inform der -in FILE -out FILE.pem",
        ) from error
    return found


def load_key(pem: bytes, subject: str) -> PrivateKey:
    """The private key of a PEM text without a password. No message repeats any of it."""
    try:
        key = serialization.load_pem_private_key(pem, password=None)
    except TypeError:
        raise CertificateError(
            "the private key is protected by a password.",
            subject=subject,
            hint="Take it off first: openssl pkey -in KEY -out plain.pem (EarWitness keeps the key in a "
            "file that only you can read), and delete plain.pem afterwards.",
        ) from None
    except (ValueError, UnsupportedAlgorithm):
        raise CertificateError(
            "holds no private key in PEM form, or a damaged one.",
            subject=subject,
            hint="Such a file has a line that says -----BEGIN PRIVATE KEY-----.",
        ) from None
    if not isinstance(key, PrivateKey) or _algorithm(key) is None:
        raise CertificateError(
            "C2PA signs with ECDSA on P-256, P-384 or P-521, with Ed25519, or with RSA of "
            f"{MIN_RSA_BITS} bits or more, and this key is none of them.",
            subject=subject,
            hint="Ask for a certificate with such a key.",
        )
    return key


def algorithm(key: PrivateKey) -> str:
    """C2PA's name of the signature this key makes: es256, es384, es512, ed25519 or ps256."""
    return _algorithm(key) or ""


def check_chain(chain: Sequence[x509.Certificate], key: PrivateKey, subject: str) -> None:
    """Raise CertificateError, which lists everything that C2PA would refuse. Dates are not looked at."""
    leaf = chain[0]
    wrong = [*_leaf_problems(leaf), *_order_problems(chain)]
    if leaf.public_key() != key.public_key():
        wrong.append("the private key belongs to another certificate than the first of the chain")
    if wrong:
        raise CertificateError(
            f"C2PA would refuse this certificate: {'; '.join(wrong)}.",
            subject=subject,
            hint="Ask its authority for one for C2PA claim signing. For trying things out, make one: "
            "earwitness keys certificate create NAME",
        )


def check_dates(
    chain: Sequence[x509.Certificate], subject: str, remedy: str, now: datetime | None = None
) -> None:
    """Raise CertificateExpiredError when a certificate of the chain is out of date, or not valid yet."""
    now = now or datetime.now(UTC)
    for certificate in chain:
        name = describe(certificate).name
        if certificate.not_valid_after_utc < now:
            raise CertificateExpiredError(
                f'the certificate "{name}" expired on {certificate.not_valid_after_utc:%Y-%m-%d %H:%M} UTC; '
                "what it signs now would be refused everywhere.",
                subject=subject,
                hint=remedy,
            )
        if certificate.not_valid_before_utc > now:
            raise CertificateExpiredError(
                f'the certificate "{name}" is valid only from '
                f"{certificate.not_valid_before_utc:%Y-%m-%d %H:%M} UTC on.",
                subject=subject,
                hint="Wait until then, or check the clock of this machine.",
            )


def expiry_warning(
    chain: Sequence[x509.Certificate], remedy: str, now: datetime | None = None, days: int = WARN_DAYS
) -> str | None:
    """A sentence when a certificate of the chain ends within ``days``; None otherwise."""
    now = now or datetime.now(UTC)
    first = min(chain, key=lambda certificate: certificate.not_valid_after_utc)
    left = first.not_valid_after_utc - now
    if left > timedelta(days=days):
        return None
    if left < timedelta(0):
        when = "has expired"
    else:
        when = f"expires in {left.days} days" if left.days != 1 else "expires in 1 day"
    ends = f"{first.not_valid_after_utc:%Y-%m-%d}"
    return f'The signing certificate "{describe(first).name}" {when} ({ends}). {remedy}'


def is_self_signed(certificate: x509.Certificate) -> bool:
    """True for a root: its own issuer."""
    return _issued(certificate, certificate)


def to_pem(certificates: Sequence[x509.Certificate]) -> str:
    """As PEM text, in order."""
    return "".join(c.public_bytes(serialization.Encoding.PEM).decode("ascii") for c in certificates)


def _leaf_problems(leaf: x509.Certificate) -> list[str]:
    wrong = []
    if leaf.version is not x509.Version.v3:
        wrong.append("it is not of X.509 version 3")
    if is_self_signed(leaf):
        wrong.append("it is signed by itself and not by an authority")
    elif _is_authority(leaf):
        wrong.append("the first certificate is an authority's (the signer's own comes first)")
    usage = _extension(leaf, x509.KeyUsage)
    if usage is None or not usage.digital_signature:
        wrong.append("its key usage lacks digitalSignature")
    uses = set(_extension(leaf, x509.ExtendedKeyUsage) or ())
    if not uses & _SIGNING_USES or ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE in uses:
        wrong.append("its extended key usage is not for signing claims, documents or e-mail")
    if _extension(leaf, x509.AuthorityKeyIdentifier) is None:
        wrong.append("it has no authority key identifier")
    if not _part(leaf.subject, NameOID.ORGANIZATION_NAME):
        wrong.append("its subject names no organization (O=)")
    return wrong


def _order_problems(chain: Sequence[x509.Certificate]) -> list[str]:
    return [
        f'"{describe(below).name}" is not signed by "{describe(above).name}", which follows it'
        for below, above in pairwise(chain)
        if not _issued(below, above)
    ]


def _issued(certificate: x509.Certificate, by: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(by)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def _algorithm(key: PrivateKey) -> str | None:
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return _CURVES.get(key.curve.name)
    if isinstance(key, rsa.RSAPrivateKey):
        return "ps256" if key.key_size >= MIN_RSA_BITS else None
    return "ed25519"


def _is_authority(certificate: x509.Certificate) -> bool:
    constraints = _extension(certificate, x509.BasicConstraints)
    return constraints is not None and constraints.ca


def _extension(certificate: x509.Certificate, kind: type[Extension]) -> Extension | None:
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def _part(name: x509.Name, oid: x509.ObjectIdentifier) -> str | None:
    found = name.get_attributes_for_oid(oid)
    return str(found[0].value) if found and found[0].value else None


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
