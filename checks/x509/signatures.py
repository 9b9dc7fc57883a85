"""Whether a key made a signature. The algorithms are those that authorities have used, the broken ones included.

A signature that verifies says who signed, not that clients should believe it: what is too weak is told elsewhere.
"""

from __future__ import annotations

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.padding import AsymmetricPadding
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.hazmat.primitives.hashes import HashAlgorithm

_MAX_MODULUS_BITS = 8192
_MAX_EXPONENT_BITS = 64
"""Larger RSA keys are in nobody's use (the exponent is 65537 almost everywhere); OpenSSL has the same limit of exponents for
moduli over 3072 bits."""


def issued(child: x509.Certificate, parent: x509.Certificate) -> bool:
    """Whether *parent* bears the issuer's name of *child* and its key signed *child*, whatever else it may be."""
    if child.issuer != parent.subject or not is_affordable(parent):
        return False
    try:
        child.verify_directly_issued_by(parent)
    except (UnsupportedAlgorithm, ValueError, TypeError):
        return _issued_long_ago(child, parent)
    except InvalidSignature:
        return False
    return True


def is_affordable(certificate: x509.Certificate) -> bool:
    """Whether a signature by the key of *certificate* can be checked without effort; also where the key cannot be read.

    RSA keys come in any size, and checking costs the more the larger modulus and exponent are: up to 50 ms apiece.
    """
    try:
        return _is_cheap(certificate.public_key())
    except (UnsupportedAlgorithm, ValueError):
        return True


def _is_cheap(key: CertificatePublicKeyTypes) -> bool:
    if not isinstance(key, rsa.RSAPublicKey):
        return True
    return key.key_size <= _MAX_MODULUS_BITS and key.public_numbers().e.bit_length() <= _MAX_EXPONENT_BITS


def _issued_long_ago(child: x509.Certificate, parent: x509.Certificate) -> bool:
    """`issued` for MD5 and SHA-1, which the library's own comparison refuses to look at."""
    try:
        key, algorithm = parent.public_key(), child.signature_hash_algorithm
    except (UnsupportedAlgorithm, ValueError):
        return False
    return signed(key, child.signature, child.tbs_certificate_bytes, algorithm)


def signed(
    key: CertificatePublicKeyTypes,
    signature: bytes,
    body: bytes,
    algorithm: HashAlgorithm | None,
    scheme: AsymmetricPadding | None = None,
) -> bool:
    """Whether *key* made *signature* over *body*: RSA, ECDSA, or EdDSA, which has no hash of its own.

    *scheme* is the padding of an RSA signature, by default that of PKCS #1 v1.5. What a huge key made is not looked at.
    """
    if not _is_cheap(key):
        return False
    try:
        match key, algorithm:
            case rsa.RSAPublicKey(), HashAlgorithm():
                key.verify(signature, body, scheme or padding.PKCS1v15(), algorithm)
            case ec.EllipticCurvePublicKey(), HashAlgorithm():
                key.verify(signature, body, ec.ECDSA(algorithm))
            case ((ed25519.Ed25519PublicKey() | ed448.Ed448PublicKey()), None):
                key.verify(signature, body)
            case _:
                return False
    except (InvalidSignature, UnsupportedAlgorithm, ValueError):
        return False
    return True
