"""A certificate laboratory: authorities and servers' certificates with any fault, made in memory.

Everything is the same in each run: dates stand around `NOW`, keys come from their names, signatures from both.
"""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from checks.network import Connection, Session, Trust
from checks.x509 import Roots

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
HOST = "vendor.example"
SERVER = ExtendedKeyUsageOID.SERVER_AUTH
CLIENT = ExtendedKeyUsageOID.CLIENT_AUTH

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey | ed448.Ed448PrivateKey
_CURVES: dict[str, ec.EllipticCurve] = {
    "p224": ec.SECP224R1(),
    "p256": ec.SECP256R1(),
    "p521": ec.SECP521R1(),
    "brainpool": ec.BrainpoolP256R1(),
}


@cache
def key(name: str, kind: str = "p256") -> Key:
    """The key of a name: a curve, ed25519, ed448, or RSA by its size. Only RSA differs from run to run."""
    digest = hashlib.sha256(f"{kind} {name}".encode()).digest()
    if kind == "ed25519":
        return ed25519.Ed25519PrivateKey.from_private_bytes(digest)
    if kind == "ed448":
        return ed448.Ed448PrivateKey.from_private_bytes(digest + digest[:25])
    if kind in _CURVES:
        return ec.derive_private_key(int.from_bytes(digest[:27], "big"), _CURVES[kind])
    return rsa.generate_private_key(65537, int(kind))


@dataclass(frozen=True)
class Issued:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: Key

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)


def named(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def issue(
    name: str,
    by: Issued | None = None,
    *,
    starts: float = -30,
    days: float = 90,
    with_key: Key | None = None,
    bearing: CertificatePublicKeyTypes | None = None,
    subject: x509.Name | None = None,
    serial: int = 0,
    extensions: Sequence[tuple[x509.ExtensionType, bool]] = (),
) -> Issued:
    """A certificate with just these *extensions*, each with its criticality; signed by its own key without *by*.

    It lives *days* from *starts* on, in days from `NOW`; *serial* of 0 makes one from the name and the dates.
    *bearing* is a public key to certify in place of its own.
    """
    own = with_key or key(name)
    called = named(name) if subject is None else subject
    begins = NOW + timedelta(days=starts)
    digest = hashlib.sha256(f"{name} {starts} {days}".encode()).digest()
    builder = (
        x509.CertificateBuilder()
        .subject_name(called)
        .issuer_name(by.certificate.subject if by else called)
        .public_key(bearing or own.public_key())
        .serial_number(serial or int.from_bytes(digest[:16], "big"))
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=days))
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    return Issued(_signed(builder, by.key if by else own), own)


def _signed(builder: x509.CertificateBuilder, by: Key) -> x509.Certificate:
    if isinstance(by, ed25519.Ed25519PrivateKey | ed448.Ed448PrivateKey):
        return builder.sign(by, None)
    if isinstance(by, ec.EllipticCurvePrivateKey):
        return builder.sign(by, hashes.SHA256(), ecdsa_deterministic=True)
    return builder.sign(by, hashes.SHA256())


def authority(
    name: str,
    by: Issued | None = None,
    *,
    starts: float = -365,
    days: float = 3650,
    with_key: Key | None = None,
    path_length: int | None = None,
    may_sign: bool = True,
    constraints: x509.NameConstraints | None = None,
    usages: Sequence[x509.ObjectIdentifier] = (),
) -> Issued:
    """A certificate authority: a root, or an intermediate issued *by* one."""
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=may_sign,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )
    extensions: list[tuple[x509.ExtensionType, bool]] = [
        (x509.BasicConstraints(ca=True, path_length=path_length), True),
        (usage, True),
    ]
    if constraints:
        extensions.append((constraints, True))
    if usages:
        extensions.append((x509.ExtendedKeyUsage(usages), False))
    return issue(name, by, starts=starts, days=days, with_key=with_key, extensions=extensions)


def server(
    by: Issued | None,
    *names: str,
    starts: float = -30,
    days: float = 90,
    with_key: Key | None = None,
    common_name: str = HOST,
    usages: Sequence[x509.ObjectIdentifier] = (SERVER,),
    is_ca: bool = False,
    extra: Sequence[tuple[x509.ExtensionType, bool]] = (),
) -> Issued:
    """A server's certificate for *names*, by default `HOST`; self-signed when *by* is None."""
    extensions: list[tuple[x509.ExtensionType, bool]] = [(x509.BasicConstraints(ca=is_ca, path_length=None), True)]
    if usages:
        extensions.append((x509.ExtendedKeyUsage(usages), False))
    sans = names or (HOST,)
    if sans != ("",):
        extensions.append((x509.SubjectAlternativeName([alternative(name) for name in sans]), False))
    own = with_key or key("server")
    return issue(common_name, by, starts=starts, days=days, with_key=own, extensions=[*extensions, *extra])


NO_NAMES = ""
"""What `server` takes for a certificate without subject alternative names."""

ROOT = authority("Lab Root")
INTERMEDIATE = authority("Lab Intermediate", ROOT, days=1825, path_length=0)
STRANGER = authority("Stranger Root")
GOOD = server(INTERMEDIATE)


def weakly_signed(by: Issued, algorithm: hashes.SHA1 | hashes.MD5, whose: Issued | None = None) -> bytes:
    """*whose* certificate with a signature the library no longer makes, by default a server's. *by* has an RSA key.

    The identifiers of the RSA signatures differ in their last byte alone: it is patched and the rest is signed again.
    """
    if not isinstance(by.key, rsa.RSAPrivateKey):
        msg = "only RSA signatures can be patched"
        raise TypeError(msg)
    good = (whose or server(by)).certificate
    stem, last = bytes.fromhex("2a864886f70d0101"), b"\x05" if isinstance(algorithm, hashes.SHA1) else b"\x04"
    body = good.tbs_certificate_bytes.replace(stem + b"\x0b", stem + last)
    signature = by.key.sign(body, padding.PKCS1v15(), algorithm)
    whole = good.public_bytes(Encoding.DER).replace(good.tbs_certificate_bytes, body).replace(good.signature, signature)
    return whole.replace(stem + b"\x0b", stem + last)


def ders(*chain: Issued) -> tuple[bytes, ...]:
    return tuple(issued.der for issued in chain)


@cache
def lab_roots() -> Roots:
    """What a client of the laboratory trusts."""
    return Roots([ROOT.der])


def shown(chain: Sequence[bytes], host: str = HOST, at: datetime = NOW, trust: Trust | None = None) -> Connection:
    """What a handshake with a server of *chain* shows, trust included."""
    session = Session(
        version="TLSv1.3",
        cipher="TLS_AES_128_GCM_SHA256",
        group="X25519MLKEM768",
        alpn="h2",
        chain=tuple(chain),
        trust=trust or lab_roots().trust(chain, host, at),
    )
    return Connection(address="203.0.113.5", port=443, ip_family="ipv4", session=session)
