"""Scans of real stacks, over the daemon's own network: what each is set up to accept is what must be found, and no more."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from OpenSSL import SSL

from checks.tls.posture import Answered, Posture, Verdict
from checks.tls.suites import BROKEN, Strength, suite_name
from tests.support.certlab import NOW, Issued, ders
from tests.support.scanning import deeply, handshake, quickly, spoken
from tests.support.tlsservers import NAME, ecdsa_chain, pyopenssl_server, python_server, rsa_chain, tlslite_server

Scanner = Callable[[Path, int], Posture]

both = pytest.mark.parametrize("scan", [quickly, deeply])
VERSIONS = {
    "TLSv1.0": ssl.TLSVersion.TLSv1,
    "TLSv1.1": ssl.TLSVersion.TLSv1_1,
    "TLSv1.2": ssl.TLSVersion.TLSv1_2,
    "TLSv1.3": ssl.TLSVersion.TLSv1_3,
}


def accepted_kinds(posture: Posture) -> set[Strength]:
    return {Strength(kind) for kind, verdict in posture.weak.items() if verdict is Verdict.YES}


@both
@pytest.mark.parametrize("version", VERSIONS)
def test_a_server_of_one_version(version: str, scan: Scanner, tmp_path: Path) -> None:
    only = VERSIONS[version]
    with python_server(tmp_path, rsa_chain(), lowest=only, highest=only) as port:
        posture = scan(tmp_path, port)
    assert posture.answered is Answered.TLS
    assert spoken(posture) == {version}


@both
@pytest.mark.parametrize("version", [SSL.TLS1_2_VERSION, SSL.TLS1_3_VERSION])
def test_a_server_that_says_no_leaves_nothing_open(version: int, scan: Scanner, tmp_path: Path) -> None:
    with pyopenssl_server(rsa_chain(), lowest=version, highest=version) as port:
        posture = scan(tmp_path, port)
    assert [*posture.versions.values()].count(Verdict.YES) == 1
    assert Verdict.UNKNOWN not in posture.versions.values()
    assert not posture.notes


@both
def test_every_version(scan: Scanner, tmp_path: Path) -> None:
    with python_server(tmp_path, rsa_chain()) as port:
        posture = scan(tmp_path, port)
    assert spoken(posture) == set(VERSIONS)
    assert {*BROKEN} & accepted_kinds(posture)


_SINCE = {"TLSv1.2": {"TLSv1.2"}, "TLSv1.0": {"TLSv1.0", "TLSv1.1", "TLSv1.2"}, "SSLv3": {"TLSv1.0", "TLSv1.1", "TLSv1.2"}}
_EXCHANGES = {"kx-rsa", "kx-ecdhe", "kx-any"}
"""What needs neither Diffie-Hellman parameters nor a shared key, of which the server has none."""


def openssl_suites(version: str) -> set[str]:
    """What the system's OpenSSL accepts in *version* with an RSA certificate, by its own list (SSL_CIPHER_get_id(3))."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers("ALL:COMPLEMENTOFALL:@SECLEVEL=0")
    return {
        suite_name(each["id"] & 0xFFFF)
        for each in context.get_ciphers()
        if (version in _SINCE.get(each["protocol"], {each["protocol"]}))
        and each["kea"] in _EXCHANGES
        and each["auth"] != "auth-ecdsa"
    }


def test_every_suite_is_found(tmp_path: Path) -> None:
    with python_server(tmp_path, rsa_chain()) as port:
        posture = deeply(tmp_path, port)
    assert {version: set(suites) for version, suites in posture.suites.items()} == {
        version: openssl_suites(version) for version in VERSIONS
    }
    assert set(posture.complete) >= set(VERSIONS)
    assert posture.preference["TLSv1.2"] == "server"


@both
def test_no_forward_secrecy(scan: Scanner, tmp_path: Path) -> None:
    with python_server(tmp_path, rsa_chain(), highest=VERSIONS["TLSv1.2"], ciphers="AES128-SHA:@SECLEVEL=0") as port:
        posture = scan(tmp_path, port)
    assert accepted_kinds(posture) == {Strength.NO_FS}
    assert posture.suites["TLSv1.2"] == ("TLS_RSA_WITH_AES_128_CBC_SHA",)


@pytest.mark.parametrize("version", ["TLSv1.2", "TLSv1.3"])
def test_a_certificate_of_the_client_is_asked_for(version: str, tmp_path: Path) -> None:
    with python_server(tmp_path, rsa_chain(), highest=VERSIONS[version], asks_for_certificate=True) as port:
        posture = quickly(tmp_path, port)
        assert handshake(tmp_path, port).asks_for_certificate
    assert posture.asks_for_certificate is Verdict.YES


@both
@pytest.mark.parametrize("kind", [rsa_chain, ecdsa_chain])
def test_the_chain_is_read(kind: Callable[[], tuple[Issued, ...]], scan: Scanner, tmp_path: Path) -> None:
    with python_server(tmp_path, kind()) as port:
        posture, session = scan(tmp_path, port), handshake(tmp_path, port)
    assert posture.chains == (ders(*kind()),)
    assert session.chain == ders(*kind())
    assert posture.alpn == session.alpn == "h2"


def test_both_certificates_are_found(tmp_path: Path) -> None:
    with pyopenssl_server(rsa_chain(), ecdsa_chain()) as port:
        posture = deeply(tmp_path, port)
    assert set(posture.chains) == {ders(*rsa_chain()), ders(*ecdsa_chain())}


def test_a_name_that_is_required(tmp_path: Path) -> None:
    with python_server(tmp_path, rsa_chain(), highest=VERSIONS["TLSv1.2"], only_named=NAME) as port:
        posture = deeply(tmp_path, port)
    assert posture.chains
    assert "certificate" not in posture.without_name + posture.wrong_name
    assert posture.without_name
    assert posture.wrong_name


def test_a_name_that_is_not_needed(tmp_path: Path) -> None:
    with python_server(tmp_path, rsa_chain()) as port:
        posture = deeply(tmp_path, port)
    assert (posture.without_name, posture.wrong_name) == ("same certificate", "same certificate")


@cache
def staple() -> bytes:
    """What the intermediate says of the RSA leaf."""
    leaf, issuer = rsa_chain()
    answer = x509.ocsp.OCSPResponseBuilder().add_response(
        cert=leaf.certificate,
        issuer=issuer.certificate,
        algorithm=hashes.SHA256(),
        cert_status=x509.ocsp.OCSPCertStatus.GOOD,
        this_update=NOW,
        next_update=NOW + timedelta(days=7),
        revocation_time=None,
        revocation_reason=None,
    )
    by = answer.responder_id(x509.ocsp.OCSPResponderEncoding.HASH, issuer.certificate)
    return by.sign(issuer.key, hashes.SHA256()).public_bytes(Encoding.DER)


@pytest.mark.parametrize("version", [SSL.TLS1_2_VERSION, SSL.TLS1_3_VERSION])
def test_a_staple(version: int, tmp_path: Path) -> None:
    with pyopenssl_server(rsa_chain(), staple=staple(), lowest=version, highest=version) as port:
        posture, session = quickly(tmp_path, port), handshake(tmp_path, port)
    assert session.staple == staple()
    assert posture.staple == (staple() if version == SSL.TLS1_2_VERSION else b"")


@both
def test_groups_for_after_quantum_computers(scan: Scanner, tmp_path: Path) -> None:
    with pyopenssl_server(ecdsa_chain()) as port:
        posture, session = scan(tmp_path, port), handshake(tmp_path, port)
    assert posture.pq is Verdict.YES
    assert posture.group == session.group == "X25519MLKEM768"


def test_groups_before_quantum_computers(tmp_path: Path) -> None:
    with python_server(tmp_path, rsa_chain()) as port:
        posture = deeply(tmp_path, port)
    if ssl.OPENSSL_VERSION_INFO < (3, 5):  # The first one with ML-KEM.
        assert posture.pq is Verdict.NO
    assert {"x25519", "secp256r1", "x448", "secp521r1", "secp384r1"} <= set(posture.groups)


OLD = {
    "3des": (Strength.BLOCK64, "TLS_RSA_WITH_3DES_EDE_CBC_SHA"),
    "rc4": (Strength.RC4, "TLS_RSA_WITH_RC4_128_SHA"),
    "null": (Strength.NULL, "TLS_RSA_WITH_NULL_SHA"),
}


@both
@pytest.mark.parametrize("cipher", OLD)
def test_what_no_openssl_speaks(cipher: str, scan: Scanner, tmp_path: Path) -> None:
    kind, suite = OLD[cipher]
    with tlslite_server(rsa_chain(), ciphers=[cipher]) as port:
        posture = scan(tmp_path, port)
    assert accepted_kinds(posture) == {kind}
    if posture.deep:  # A quick scan stops at the first suite that is broken, whichever that is.
        assert suite in posture.suites["TLSv1.2"]


def test_ssl_3(tmp_path: Path) -> None:
    with tlslite_server(rsa_chain(), ciphers=["rc4", "3des", "aes128"], highest=(3, 0)) as port:
        posture = deeply(tmp_path, port)
        assert spoken(quickly(tmp_path, port)) == spoken(posture) == {"SSLv3"}
    assert set(posture.suites["SSLv3"]) == {
        "TLS_RSA_WITH_RC4_128_SHA",
        "TLS_RSA_WITH_RC4_128_MD5",
        "TLS_RSA_WITH_3DES_EDE_CBC_SHA",
        "TLS_RSA_WITH_AES_128_CBC_SHA",
    }


@both
def test_nobody_is_authenticated(scan: Scanner, tmp_path: Path) -> None:
    with tlslite_server(rsa_chain(), ciphers=["aes128"], exchanges=["dh_anon"], lowest=(3, 1)) as port:
        posture = scan(tmp_path, port)
    assert accepted_kinds(posture) == {Strength.ANON}
    assert not posture.chains


def test_the_size_of_the_group_is_measured(tmp_path: Path) -> None:
    with tlslite_server(rsa_chain(), ciphers=["aes128"], exchanges=["dhe_rsa"]) as port:
        assert deeply(tmp_path, port).dh_bits == 2048
