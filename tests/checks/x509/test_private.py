"""Private authorities do what public ones may not and clients on OpenSSL take: a second opinion is asked and counts."""

from __future__ import annotations

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from checks.network import Trust, TrustFault
from checks.x509 import Roots
from monitor.network.tls import follows
from tests.support.certlab import (
    CLIENT,
    HOST,
    NOW,
    SERVER,
    STRANGER,
    Issued,
    authority,
    ders,
    issue,
    key,
    server,
)
from tests.support.der import SEQUENCE, parts, tlv
from tests.support.revocation import signed_again

POLICY = x509.CertificatePolicies([x509.PolicyInformation(x509.ObjectIdentifier("1.2.3.4"), None)])
LISTS = x509.CRLDistributionPoints(
    [x509.DistributionPoint([x509.UniformResourceIdentifier("http://ca.test/1.crl")], None, None, None)]
)
SPIFFE = x509.SubjectAlternativeName([x509.DNSName(HOST), x509.UniformResourceIdentifier(f"spiffe://{HOST}/api")])


def trust(root: Issued | bytes, *chain: Issued | bytes, opinion: bool = True) -> Trust:
    """What a client is to think of *chain* that trusts only *root*."""
    sent = [each if isinstance(each, bytes) else each.der for each in chain]
    return Roots([root if isinstance(root, bytes) else root.der]).trust(sent, HOST, NOW, follows if opinion else None)


def within(*names: x509.GeneralName) -> Issued:
    """A root that is limited to *names*."""
    return authority("Corp Root", constraints=x509.NameConstraints(list(names), None))


DOTTED = within(x509.DNSName(f".{HOST.partition('.')[2]}"))


def private(kind: str) -> Issued:
    return authority("Corp Root", with_key=key("Corp Root", kind))


def of_version_one(root: Issued) -> bytes:
    """The certificate of *root* as it was before there were extensions."""
    content, algorithm, _ = parts(root.der)
    return signed_again(tlv(SEQUENCE, *parts(content)[1:-1]), algorithm, root)


def salted_to_the_brim(root: Issued) -> Issued:
    """A server's certificate that *root* signed by RSA-PSS with as much salt as there is room for."""
    good = server(root)
    builder = x509.CertificateBuilder(
        good.certificate.issuer,
        good.certificate.subject,
        good.certificate.public_key(),
        4711,
        good.certificate.not_valid_before_utc,
        good.certificate.not_valid_after_utc,
        list(good.certificate.extensions),
    )
    assert isinstance(root.key, rsa.RSAPrivateKey)
    scheme = padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.MAX_LENGTH)
    return Issued(builder.sign(root.key, hashes.SHA256(), rsa_padding=scheme), good.key)


@pytest.mark.parametrize("kind", ["ed25519", "ed448", "brainpool"])
def test_an_authority_may_have_a_rare_key(kind: str) -> None:
    root = private(kind)
    assert trust(root, server(root)).path == ders(server(root), root)
    between = authority("Corp Issuer", root, with_key=key("Corp Issuer", kind))
    assert trust(root, server(between), between).path == ders(server(between), between, root)


def test_constraints_that_the_verifier_cannot_read_are_no_breach() -> None:
    assert trust(DOTTED, server(DOTTED)).fault is None
    places = within(x509.DNSName(HOST), x509.UniformResourceIdentifier(HOST))
    leaf = issue(HOST, places, with_key=key("server"), extensions=[(SPIFFE, False)])
    assert trust(places, leaf).fault is None


@pytest.mark.parametrize("extension", [POLICY, LISTS, x509.InhibitAnyPolicy(3), x509.PolicyConstraints(5, None)])
def test_policies_and_lists_may_be_critical(extension: x509.ExtensionType) -> None:
    root = authority("Corp Root")
    assert trust(root, server(root, extra=[(extension, True)]), opinion=False).fault is None


def test_a_root_may_be_older_than_extensions() -> None:
    root = authority("Corp Root")
    old = of_version_one(root)
    assert trust(old, server(root)).path == (server(root).der, old)


def test_signatures_may_have_any_salt() -> None:
    root = authority("Corp Root", with_key=key("Corp Root", "2048"))
    leaf = salted_to_the_brim(root)
    assert trust(root, leaf).path == ders(leaf, root)


def test_dates_stand_by_themselves_here_too() -> None:
    root = private("ed25519")
    assert trust(root, server(root, starts=-200)).fault is None
    expired = authority("Corp Issuer", root, starts=-400, days=300)
    assert trust(root, server(expired, days=900), expired).fault is TrustFault.CHAIN_EXPIRED


def test_a_second_opinion_excuses_nothing_that_clients_refuse() -> None:
    root = private("ed25519")
    clients = authority("Clients", root, usages=[CLIENT])
    brief = authority("Brief", root, path_length=0)
    below = authority("Below", brief)
    unknown = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.99999.1"), b"\x05\x00")
    refused = {
        "for clients": trust(root, server(root, usages=[CLIENT])),
        "below one for clients": trust(root, server(clients, usages=[SERVER]), clients),
        "too long": trust(root, server(below), below, brief),
        "no authority": trust(
            root, server(server(root, "x.example", common_name="x")), server(root, "x.example", common_name="x")
        ),
        "unknown": trust(root, server(root, extra=[(unknown, True)])),
        "weak": trust(root, server(weak := authority("Weak", root, with_key=key("Weak", "1024"))), weak),
        "another name": trust(DOTTED, server(DOTTED, "vendor.test")),
    }
    assert {name: found.fault for name, found in refused.items()} == {
        "for clients": TrustFault.EKU,
        "below one for clients": TrustFault.EKU,
        "too long": TrustFault.UNTRUSTED,
        "no authority": TrustFault.UNTRUSTED,
        "unknown": TrustFault.UNTRUSTED,
        "weak": TrustFault.KEY_WEAK,
        "another name": TrustFault.NAME_CONSTRAINT,
    }


def test_nobody_is_asked_about_what_leads_to_no_root() -> None:
    def asked(_: object) -> bool:
        raise AssertionError

    roots = Roots([private("ed25519").der])
    assert roots.trust(ders(server(STRANGER), STRANGER), HOST, NOW, asked).fault is TrustFault.UNTRUSTED_ROOT
    assert roots.trust(ders(server(None)), HOST, NOW, asked).fault is TrustFault.SELF_SIGNED


def test_without_a_second_opinion_nothing_is_said_of_all_clients() -> None:
    root = private("ed25519")
    alone = trust(root, server(root), opinion=False)
    assert (alone.fault, alone.detail) == (
        TrustFault.UNTRUSTED,
        "an issuer in the chain has a key of a kind that not every client takes",
    )


@pytest.mark.parametrize("path", [(), (b"",), (b"junk", b"junk"), ders(STRANGER), (STRANGER.der, b"\x30\x80")])
def test_what_cannot_be_read_is_not_followed(path: tuple[bytes, ...]) -> None:
    assert not follows(path)
