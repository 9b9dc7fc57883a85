"""From DER to plain facts. What cannot be read is a `ValueError`, however the parser put it."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509.oid import NameOID

from checks.foreign import one_line
from checks.x509.extensions import crl_urls, embedded_scts, extension, must_staple, purposes
from checks.x509.scts import Sct
from checks.x509.signatures import issued

MAX_BYTES = 65_536
"""The longest certificate looked at; one with a thousand names has about 25,000 bytes."""
_KEPT_BYTES = 8_192
"""Up to which size a certificate that was read is kept: few are larger, and those that are cost a hundred times as much."""
_MAX_NAME = 253
"""The longest DNS name, written out (RFC 1035, section 2.3.4)."""
_LEAST_BITS = {"rsa": 2048, "dsa": 2048, "ec": 256}
"""The shortest keys a public authority may certify (CA/Browser Forum Baseline Requirements 2.2.6, section 6.1.5)."""
_WEAK_HASHES = frozenset({"md5", "sha1"})
"""Collisions of both were shown with certificates or documents: 2008 and 2017."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """What a certificate says, as plain values.

    *subject* and *issuer* are whole names (RFC 4514), *subject_name* and *issuer_name* the part people call them by;
    *issuer_organization* is empty where the issuer names none. Texts are bounded and printable. *name_count* is the number
    of subject alternative names of all kinds. *key_type* is rsa, ec, ed25519, ed448, dsa or other, and *key_bits* is 0 for
    the last; *key_curve* is empty for all but ec. *signature_hash* is empty where the algorithm has none of its own.
    *self_signed* is a signature that verifies with the certificate's own key, not only a name that repeats.

    *purposes* are the extended key usages: serverAuth, clientAuth, anyExtendedKeyUsage, numbers for others; None when there
    is no such extension, which allows every purpose. *crl_urls* are those of the issuer's own lists over HTTP, and *scts*
    the timestamps that are built in.
    """

    subject: str
    subject_name: str
    issuer: str
    issuer_name: str
    issuer_organization: str
    name_count: int
    dns_names: tuple[str, ...]
    ip_addresses: tuple[str, ...]
    not_before: datetime
    not_after: datetime
    serial: str
    sha256: str
    key_type: str
    key_bits: int
    key_curve: str
    signature_hash: str
    is_ca: bool
    self_signed: bool
    purposes: tuple[str, ...] | None
    must_staple: bool
    crl_urls: tuple[str, ...]
    scts: tuple[Sct, ...]

    @property
    def key_weak(self) -> bool:
        """Whether the key is shorter than any that clients should still trust."""
        return self.key_bits < _LEAST_BITS.get(self.key_type, 0)

    @property
    def sig_weak(self) -> bool:
        """Whether its issuer signed it with a broken hash. The signature of a root on itself vouches for nothing."""
        return self.signature_hash in _WEAK_HASHES and not self.self_signed


@contextmanager
def _without_warnings() -> Iterator[None]:
    """A serial number of zero deserves a warning to its issuer, not to whoever runs the daemon."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CryptographyDeprecationWarning)
        yield


def read(der: bytes) -> Certificate:
    """The facts of a certificate. Raises `ValueError` for anything that is not one, or is longer than `MAX_BYTES`."""
    return _kept(der) if len(der) <= _KEPT_BYTES else _read(der)


@lru_cache(maxsize=512)  # The same few chains are read at every connection.
def _kept(der: bytes) -> Certificate:
    return _read(der)


@_without_warnings()
def _read(der: bytes) -> Certificate:
    certificate = load(der)
    alternatives = extension(certificate, x509.SubjectAlternativeName) or x509.SubjectAlternativeName([])
    constraints = extension(certificate, x509.BasicConstraints)
    key_type, key_bits, key_curve = _key(certificate)
    return Certificate(
        subject=one_line(certificate.subject.rfc4514_string()),
        subject_name=called(certificate.subject),
        issuer=one_line(certificate.issuer.rfc4514_string()),
        issuer_name=called(certificate.issuer),
        issuer_organization=_first(certificate.issuer, NameOID.ORGANIZATION_NAME),
        name_count=len(alternatives),
        dns_names=tuple(map(_escaped, alternatives.get_values_for_type(x509.DNSName))),
        ip_addresses=tuple(str(address) for address in alternatives.get_values_for_type(x509.IPAddress)),
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        serial=f"{certificate.serial_number:x}",
        sha256=certificate.fingerprint(hashes.SHA256()).hex(),
        key_type=key_type,
        key_bits=key_bits,
        key_curve=key_curve,
        signature_hash=_signature_hash(certificate),
        is_ca=bool(constraints and constraints.ca),
        self_signed=issued(certificate, certificate),
        purposes=purposes(certificate),
        must_staple=must_staple(certificate),
        crl_urls=crl_urls(certificate),
        scts=embedded_scts(certificate),
    )


@_without_warnings()
def load(der: bytes) -> x509.Certificate:
    """A certificate of which every field has been read once.

    The library parses lazily: a malformed name surfaces only when it is asked for, and then as `ValueError` or even
    `KeyError`. Raises `ValueError` for all of that.
    """
    if len(der) > MAX_BYTES:
        msg = f"it has {len(der):,} bytes, more than the {MAX_BYTES:,} that are looked at"
        raise ValueError(msg)
    try:
        certificate = x509.load_der_x509_certificate(der)
        _touch(certificate)
    except Exception as error:  # What hostile bytes raise is not in the library's contract.
        msg = f"it is not a certificate: {one_line(str(error)) or type(error).__name__}"
        raise ValueError(msg) from error
    return certificate


def readable(chain: Iterable[bytes]) -> Iterator[x509.Certificate]:
    """What can be read of *chain*, each certificate once. The rest may not be needed."""
    for der in dict.fromkeys(chain):
        try:
            yield load(der)
        except ValueError:
            continue


def _touch(certificate: x509.Certificate) -> None:
    """Make the library parse what it has put off."""
    for name in (certificate.subject, certificate.issuer):
        name.rfc4514_string()
    _ = certificate.serial_number, certificate.not_valid_before_utc, certificate.not_valid_after_utc
    _ = certificate.signature_algorithm_oid, certificate.public_key_algorithm_oid
    for found in certificate.extensions:
        _ = found.value


def _key(certificate: x509.Certificate) -> tuple[str, int, str]:
    """The type of the public key, from a closed set, its size in bits and its curve."""
    try:
        key = certificate.public_key()
    except (UnsupportedAlgorithm, ValueError):
        return "other", 0, ""
    match key:
        case rsa.RSAPublicKey():
            return "rsa", key.key_size, ""
        case ec.EllipticCurvePublicKey():
            return "ec", key.key_size, key.curve.name
        case dsa.DSAPublicKey():
            return "dsa", key.key_size, ""
        case ed25519.Ed25519PublicKey():
            return "ed25519", 256, ""
        case ed448.Ed448PublicKey():
            return "ed448", 456, ""
        case _:
            return "other", 0, ""


def _signature_hash(certificate: x509.Certificate) -> str:
    try:
        algorithm = certificate.signature_hash_algorithm
    except (UnsupportedAlgorithm, ValueError):
        return ""
    return algorithm.name if algorithm else ""


def called(name: x509.Name) -> str:
    """What people call the bearer of *name*: the common name, else the organisation, else all of it."""
    usual = _first(name, NameOID.COMMON_NAME) or _first(name, NameOID.ORGANIZATION_NAME)
    return usual or one_line(name.rfc4514_string()) or "nobody"


def _first(name: x509.Name, part: x509.ObjectIdentifier) -> str:
    """The first of a kind of parts that says something, in one line; empty when none does."""
    return next(filter(None, (one_line(str(one.value)) for one in name.get_attributes_for_oid(part))), "")


def _escaped(name: str) -> str:
    """A DNS name in bounded, printable ASCII. Cleaning it must never make it a name that it is not."""
    escaped = name.encode("unicode_escape").decode("ascii")
    return escaped if len(escaped) <= _MAX_NAME else escaped[: _MAX_NAME - 1] + "…"
