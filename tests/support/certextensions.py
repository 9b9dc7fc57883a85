"""Extensions for the laboratory's certificates, each with its criticality, as `certlab.server` takes them in *extra*.

>>> server(INTERMEDIATE, extra=[MUST_STAPLE, listed_at("http://crl.example/1.crl"), logged("a", "b")])
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.x509.oid import ExtensionOID

from tests.support.certlab import NOW
from tests.support.der import OCTETS, tlv

Extension = tuple[x509.ExtensionType, bool]

MUST_STAPLE: Extension = (x509.TLSFeature([x509.TLSFeatureType.status_request]), False)
"""The certificate demands an OCSP answer in the handshake."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def point(*urls: str, indirect: bool = False) -> x509.DistributionPoint:
    """Where a list of revoked certificates is; that of another issuer when *indirect*."""
    other = x509.DirectoryName(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Another")]))
    names = [x509.UniformResourceIdentifier(url) for url in urls]
    return x509.DistributionPoint(names or None, None, None, [other] if indirect else None)


def listed_at(*urls: str) -> Extension:
    """One distribution point for each of *urls*."""
    return x509.CRLDistributionPoints([point(url) for url in urls]), False


def log_id(name: str) -> bytes:
    """The identifier of a log of the laboratory."""
    return hashlib.sha256(name.encode()).digest()


def sct(log: str, at: datetime | int = NOW, *, version: int = 0) -> bytes:
    """A log's timestamp with a signature of nobody; *at* may be any number of milliseconds."""
    milliseconds = at if isinstance(at, int) else (at - _EPOCH) // timedelta(milliseconds=1)
    signature = b"\x04\x03" + _counted(b"signature")
    return bytes([version]) + log_id(log) + milliseconds.to_bytes(8, "big") + _counted(b"") + signature


def sct_list(*timestamps: bytes) -> bytes:
    """Timestamps as the TLS extension carries them."""
    return _counted(b"".join(map(_counted, timestamps)))


def logged(*logs: str, at: datetime = NOW) -> Extension:
    """Timestamps of *logs*, built into a certificate."""
    return with_scts(*(sct(log, at) for log in logs))


def with_scts(*timestamps: bytes) -> Extension:
    """Any *timestamps*, built into a certificate."""
    listed = tlv(OCTETS, sct_list(*timestamps))
    return x509.UnrecognizedExtension(ExtensionOID.PRECERT_SIGNED_CERTIFICATE_TIMESTAMPS, listed), False


def _counted(body: bytes) -> bytes:
    return len(body).to_bytes(2, "big") + body
