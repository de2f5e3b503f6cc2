"""provenance/authority.py: a chain that signs at once, and a renewal that keeps trust."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from earwitness.provenance import authority
from earwitness.provenance.certificates import CLAIM_SIGNING, check_chain, describe


def test_the_leaf_has_what_c2pa_asks_for() -> None:
    leaf, issuer = authority.create("studio", "Demo Lab").chain
    extensions = leaf.extensions
    constraints = extensions.get_extension_for_class(x509.BasicConstraints)
    usage = extensions.get_extension_for_class(x509.KeyUsage)
    uses = extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    assert leaf.version is x509.Version.v3
    assert (constraints.value.ca, constraints.critical) == (False, True)
    assert (usage.value.digital_signature, usage.value.key_cert_sign, usage.critical) == (True, False, True)
    assert set(uses.value) == {CLAIM_SIGNING, ExtendedKeyUsageOID.EMAIL_PROTECTION}
    own = extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    above = extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value
    assert own == x509.SubjectKeyIdentifier.from_public_key(leaf.public_key())
    assert above.key_identifier == x509.SubjectKeyIdentifier.from_public_key(issuer.public_key()).digest


def test_the_chain_hangs_together_and_leaves_the_root_out() -> None:
    made = authority.create("studio", "Demo Lab")
    made.chain[0].verify_directly_issued_by(made.chain[1])
    made.chain[1].verify_directly_issued_by(made.root)
    assert made.root not in made.chain
    depth = made.chain[1].extensions.get_extension_for_class(x509.BasicConstraints).value.path_length
    assert depth == 0, "the issuer may make no authorities"


def test_renewal_keeps_names_and_root_and_changes_the_key() -> None:
    made = authority.create("studio", "Demo Lab", days=1)
    again = authority.renew(made.chain, made.root, made.issuer_key, days=30)
    check_chain(again.chain, again.key, "x")
    assert again.root == made.root
    assert describe(again.chain[0]).name == "studio"
    assert again.key.public_key() != made.key.public_key()
    assert again.chain[0].not_valid_after_utc > made.chain[0].not_valid_after_utc


def test_no_certificate_outlives_its_issuer() -> None:
    made = authority.create("studio", "Demo Lab")
    late = datetime.now(UTC) + timedelta(days=3600)
    again = authority.renew(made.chain, made.root, made.issuer_key, days=365, now=late)
    assert again.chain[0].not_valid_after_utc == made.chain[1].not_valid_after_utc


def test_secrets_are_not_in_the_repr() -> None:
    assert "PrivateKey" not in repr(authority.create("studio", "Demo Lab"))
