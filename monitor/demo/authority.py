"""Who signs the certificates of simulated servers: an interface, and the demo's own small certificate authority.

Its key and its servers' keys are made when it is, and are gone with the process; only servers' keys touch the disk, in a
folder of the demo's, because OpenSSL loads them from files. RSA, since a server without forward secrecy needs it (RFC 5246,
appendix F.1.1.2). The only module of the demo that knows cryptography.
"""

from __future__ import annotations

import ssl
from datetime import datetime, timedelta
from functools import cache
from ipaddress import ip_address
from pathlib import Path
from typing import Protocol

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from monitor.clock import Clock

_AGE = timedelta(days=60)
"""How long ago everything was issued: as with real ones, a certificate that ends soon is not new."""
_ROOT_LIFE = timedelta(days=3650)
_ROOT_NAME = "vendorwatch demo"


class Authority(Protocol):
    """Signs certificates of servers."""

    def certify(self, context: ssl.SSLContext, host: str, lasting: timedelta) -> None:
        """Have *context* show a certificate for the address *host* that ends so long from now, to whoever comes now."""


class OwnAuthority:
    """An authority that nobody trusts but who is told to, with the file of its root."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        """Make its key and its root; *folder* is there, and nobody else's."""
        self._folder = folder
        self._clock = clock
        self._key = _new_key()
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, _ROOT_NAME)])
        self._key_of = cache(lambda _: _new_key())
        self.ca_file = folder / "ca.pem"
        self.ca_file.write_bytes(self._root().public_bytes(Encoding.PEM))

    def certify(self, context: ssl.SSLContext, host: str, lasting: timedelta) -> None:
        """See `Authority.certify`."""
        key = self._key_of(host)
        leaf = self._leaf(host, key, lasting)
        file = self._folder / f"{host}.pem"
        file.touch(mode=0o600)
        file.write_bytes(
            key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + leaf.public_bytes(Encoding.PEM)
        )
        context.load_cert_chain(file)

    def _root(self) -> x509.Certificate:
        purposes = _key_usage(signs_certificates=True)
        return (
            self._begun(self._name, self._key, _ROOT_LIFE)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(purposes, critical=True)
            .sign(self._key, hashes.SHA256())
        )

    def _leaf(self, host: str, key: rsa.RSAPrivateKey, lasting: timedelta) -> x509.Certificate:
        address = x509.SubjectAlternativeName([x509.IPAddress(ip_address(host))])
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        return (
            self._begun(x509.Name([]), key, lasting)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(address, critical=True)
            .add_extension(issuer, critical=False)
            .add_extension(_key_usage(signs_certificates=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .sign(self._key, hashes.SHA256())
        )

    def _begun(self, subject: x509.Name, key: rsa.RSAPrivateKey, lasting: timedelta) -> x509.CertificateBuilder:
        """What every certificate has."""
        now: datetime = self._clock.now()
        return (
            x509.CertificateBuilder(issuer_name=self._name, subject_name=subject, public_key=key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - _AGE)
            .not_valid_after(now + lasting)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        )


def _new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=not signs_certificates,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )
