"""Keys and signatures too weak to trust: told on the certificate, and as the fault of a chain."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from checks.network import Trust, TrustFault
from checks.x509 import Roots, read
from tests.support.certlab import (
    HOST,
    INTERMEDIATE,
    NOW,
    ROOT,
    SERVER,
    Issued,
    authority,
    ders,
    issue,
    key,
    lab_roots,
    server,
    weakly_signed,
)

RSA_ROOT = authority("RSA Root", with_key=key("RSA Root", "2048"))
RSA_INTERMEDIATE = authority("RSA Intermediate", RSA_ROOT, with_key=key("RSA Intermediate", "2048"))
SHA1, MD5 = hashes.SHA1(), hashes.MD5()  # noqa: S303 - they are weak on purpose
each_weak_hash = pytest.mark.parametrize("algorithm", [SHA1, MD5], ids=["sha1", "md5"])


def trusted(*chain: bytes, root: Issued = RSA_ROOT) -> Trust:
    return Roots([root.der]).trust(chain, HOST, NOW)


@pytest.mark.parametrize(
    ("kind", "weak"),
    [("1024", True), ("2048", False), ("p224", True), ("p256", False), ("p521", False), ("ed25519", False)],
)
def test_a_key_is_weak_below_what_authorities_may_certify(kind: str, *, weak: bool) -> None:
    assert read(server(INTERMEDIATE, with_key=key("server", kind)).der).key_weak is weak


@each_weak_hash
def test_a_broken_hash_makes_a_signature_weak(algorithm: hashes.SHA1 | hashes.MD5) -> None:
    facts = read(weakly_signed(RSA_INTERMEDIATE, algorithm))
    assert (facts.signature_hash, facts.sig_weak) == (algorithm.name, True)
    assert not read(server(RSA_INTERMEDIATE).der).sig_weak


@each_weak_hash
def test_what_a_root_says_of_itself_is_not_judged_by_its_hash(algorithm: hashes.SHA1 | hashes.MD5) -> None:
    old = weakly_signed(RSA_ROOT, algorithm, RSA_ROOT)
    assert (read(old).self_signed, read(old).sig_weak) == (True, False)
    leaf, intermediate = server(RSA_INTERMEDIATE).der, RSA_INTERMEDIATE.der
    assert Roots([old]).trust([leaf, intermediate], HOST, NOW).path == (leaf, intermediate, old)


def test_a_name_that_repeats_under_another_weak_signature_is_not_a_self_signature() -> None:
    other = Issued(RSA_ROOT.certificate, key("another", "2048"))
    assert not read(weakly_signed(other, SHA1, RSA_ROOT)).self_signed


@each_weak_hash
def test_a_weak_signature_is_named_wherever_it_stands(algorithm: hashes.SHA1 | hashes.MD5) -> None:
    leaf = trusted(weakly_signed(RSA_INTERMEDIATE, algorithm), RSA_INTERMEDIATE.der)
    said = f"is signed with {algorithm.name}, too weak to trust"
    assert (leaf.fault, leaf.detail) == (TrustFault.SIG_WEAK, f"the certificate of {HOST} {said}")
    issuer = trusted(server(RSA_INTERMEDIATE).der, weakly_signed(RSA_ROOT, algorithm, RSA_INTERMEDIATE))
    assert (issuer.fault, issuer.detail) == (TrustFault.SIG_WEAK, f"the certificate of RSA Intermediate {said}")


def test_a_weak_signature_hides_neither_a_self_signature_nor_a_missing_issuer() -> None:
    own = server(None, with_key=key("server", "2048"))
    assert trusted(weakly_signed(own, SHA1, own)).fault is TrustFault.SELF_SIGNED
    assert trusted(weakly_signed(RSA_INTERMEDIATE, SHA1)).fault is TrustFault.CHAIN_INCOMPLETE


def test_an_old_leaf_does_not_excuse_a_weak_signature_below_a_renewed_issuer() -> None:
    renewed = authority("RSA Intermediate", RSA_ROOT, starts=-10, with_key=RSA_INTERMEDIATE.key)
    expired = server(RSA_INTERMEDIATE, starts=-200)
    assert trusted(expired.der, renewed.der).path == ders(expired, renewed, RSA_ROOT)
    assert trusted(weakly_signed(RSA_INTERMEDIATE, SHA1, expired), renewed.der).fault is TrustFault.SIG_WEAK


@pytest.mark.parametrize(("kind", "said"), [("1024", "rsa, 1024 bits"), ("p224", "ec, 224 bits")])
def test_an_issuer_with_a_weak_key_is_named_the_root_included(kind: str, said: str) -> None:
    weak = authority("Weak", with_key=key("Weak", kind))
    below = authority("Weak", ROOT, with_key=weak.key)
    leaf = server(weak)
    expected = f"the key of Weak, an issuer in the chain, is too weak to trust ({said})"
    for trust in (trusted(leaf.der, root=weak), lab_roots().trust(ders(leaf, below), HOST, NOW)):
        assert (trust.fault, trust.detail) == (TrustFault.KEY_WEAK, expected)


def test_a_kind_of_key_that_hardly_any_client_takes_is_not_called_weak() -> None:
    rare = authority("Rare", ROOT, with_key=key("Rare", "ed25519"))
    trust = lab_roots().trust(ders(server(rare), rare), HOST, NOW)
    assert trust.fault is TrustFault.UNTRUSTED
    assert "of a kind that not every client takes" in trust.detail


def test_whose_purpose_is_wrong_is_told() -> None:
    client = x509.ExtendedKeyUsage([x509.ObjectIdentifier("1.3.6.1.5.5.7.3.2")])
    issuer = authority("Clients", ROOT, usages=list(client))
    own = lab_roots().trust(ders(server(INTERMEDIATE, usages=list(client)), INTERMEDIATE), HOST, NOW)
    above = lab_roots().trust(ders(server(issuer, usages=[SERVER]), issuer), HOST, NOW)
    assert (own.fault, above.fault) == (TrustFault.EKU, TrustFault.EKU)
    assert own.detail.startswith("the certificate is not for servers")
    assert above.detail.startswith("an issuer in the chain may not certify servers")


def test_a_signature_of_a_kind_that_nobody_makes_is_nobodys() -> None:
    named_like_root = issue("x", Issued(ROOT.certificate, key("x", "ed25519")))
    assert lab_roots().trust([named_like_root.der], HOST, NOW + timedelta(hours=1)).fault is TrustFault.UNTRUSTED


def test_an_issuer_with_a_key_nobody_knows_has_signed_nothing() -> None:
    curve = bytes.fromhex("06072a8648ce3d0201")
    odd = INTERMEDIATE.der.replace(curve, curve[:-1] + b"\x7f")
    trust = lab_roots().trust([server(INTERMEDIATE).der, odd], HOST, NOW)
    assert trust.fault is TrustFault.UNTRUSTED
    assert trust.detail == "an issuer in the chain has a key of a kind that not every client takes"
