"""Of several ways to a root the one that lasts is taken, and none over a key that only costs time."""

from __future__ import annotations

import math

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from checks.network import TrustFault
from checks.x509 import MAX_CERTIFICATES, Roots, read
from checks.x509.signatures import is_affordable, signed
from tests.support.certlab import HOST, NOW, ROOT, Issued, authority, ders, issue, key, lab_roots, server

CA = (x509.BasicConstraints(ca=True, path_length=None), True)


@pytest.mark.parametrize("order", [1, -1])
def test_a_root_that_ends_does_not_stand_before_its_successor(order: int) -> None:
    own = key("Corp Root")
    old, new = (authority("Corp Root", starts=-3640, days=days, with_key=own) for days in (3643, 5000))
    issuer = authority("Corp Issuer", old)
    trust = Roots(ders(old, new)[::order]).trust(ders(server(issuer), issuer), HOST, NOW)
    assert trust.path[-1] == new.der


@pytest.mark.parametrize("order", [1, -1])
def test_a_cross_sign_that_ends_does_not_stand_before_one_that_lasts(order: int) -> None:
    own = key("Issuer")
    old, new = authority("Old Root", starts=-3640, days=3643), authority("New Root")
    ending = authority("Issuer", old, starts=-365, days=368, with_key=own)
    lasting = authority("Issuer", new, days=1000, with_key=own)
    leaf = server(lasting)
    trust = Roots(ders(old, new)).trust((leaf.der, *ders(ending, lasting)[::order]), HOST, NOW)
    assert trust.path == ders(leaf, lasting, new)


def heavy(bits: int) -> rsa.RSAPrivateKey:
    """An RSA key with an exponent of so many bits."""
    easy = rsa.generate_private_key(65537, 2048).private_numbers()
    p, q = easy.p, easy.q
    around = (p - 1) * (q - 1)
    e = next(e for e in range((1 << (bits - 1)) + 1, 1 << bits, 2) if math.gcd(e, around) == 1)
    d = pow(e, -1, around)
    public = rsa.RSAPublicNumbers(e, p * q)
    return rsa.RSAPrivateNumbers(p, q, d, d % (p - 1), d % (q - 1), pow(q, -1, p), public).private_key()


def test_an_issuer_whose_signatures_cost_too_much_has_signed_nothing() -> None:
    def through(bits: int) -> Issued:
        return authority("Heavy", ROOT, with_key=heavy(bits))

    affordable, costly = through(64), through(65)
    assert lab_roots().trust(ders(server(affordable), affordable), HOST, NOW).fault is None
    refused = lab_roots().trust(ders(server(costly), costly), HOST, NOW)
    assert refused.fault is TrustFault.UNTRUSTED
    assert "whose key did not sign it" in refused.detail
    leaf = server(costly).certificate
    assert not signed(
        costly.certificate.public_key(), leaf.signature, leaf.tbs_certificate_bytes, leaf.signature_hash_algorithm
    )


@pytest.mark.parametrize(("bits", "expected"), [(8192, True), (8193, False)])
def test_a_modulus_has_a_limit(bits: int, *, expected: bool) -> None:
    public = rsa.RSAPublicNumbers(65537, (1 << (bits - 1)) + 1).public_key()
    assert is_affordable(issue("x", ROOT, bearing=public).certificate) is expected


def test_a_maze_of_costly_keys_is_left_at_once() -> None:
    own = heavy(2047)
    maze = [issue("Maze", with_key=own, serial=number, extensions=[CA]) for number in range(1, MAX_CERTIFICATES)]
    chain = ders(server(maze[0]), *maze)
    assert lab_roots().trust(chain, HOST, NOW).fault is TrustFault.UNTRUSTED  # Nobody found the root in the maze.
    assert not any(read(der).self_signed for der in chain)
