"""What a certificate says beside whom it is for: purposes, staples, lists of revoked ones, promises of logs.

An extension that is there and cannot be read is `checks.x509.reading.load`'s to refuse; one that is absent says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import TypeVar

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from checks.x509.scts import Sct, carried

MAX_PURPOSES = 10
MAX_CRL_URLS = 4
_MAX_URL = 500
_MAX_OID = 60

_PURPOSES = {
    ExtendedKeyUsageOID.SERVER_AUTH: "serverAuth",
    ExtendedKeyUsageOID.CLIENT_AUTH: "clientAuth",
    ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE: "anyExtendedKeyUsage",
}
"""The purposes that findings speak of, as RFC 5280, section 4.2.1.12, calls them."""

_E = TypeVar("_E", bound=x509.ExtensionType)


def extension(certificate: x509.Certificate, kind: type[_E]) -> _E | None:
    """The extension of a kind, where there is one."""
    with suppress(x509.ExtensionNotFound):
        return certificate.extensions.get_extension_for_class(kind).value
    return None


def purposes(certificate: x509.Certificate) -> tuple[str, ...] | None:
    """What the key may be used for: known purposes by name and first, others by number. None when nothing is said."""
    usages = extension(certificate, x509.ExtendedKeyUsage)
    if usages is None:
        return None
    stated = set(usages)
    named = [name for usage, name in _PURPOSES.items() if usage in stated]
    others = sorted(usage.dotted_string[:_MAX_OID] for usage in stated - _PURPOSES.keys())
    return (*named, *others)[:MAX_PURPOSES]


def must_staple(certificate: x509.Certificate) -> bool:
    """Whether clients may demand an OCSP answer in the handshake (RFC 7633, section 4)."""
    features = extension(certificate, x509.TLSFeature)
    return features is not None and x509.TLSFeatureType.status_request in features


def crl_urls(certificate: x509.Certificate) -> tuple[str, ...]:
    """Where the issuer's own list of revoked certificates is (RFC 5280, section 4.2.1.13), over HTTP."""
    points = extension(certificate, x509.CRLDistributionPoints) or ()
    own = (name.value for point in points if not point.crl_issuer for name in _addresses(point))
    return tuple(dict.fromkeys(filter(_is_fetchable, own)))[:MAX_CRL_URLS]


def embedded_scts(certificate: x509.Certificate) -> tuple[Sct, ...]:
    """The logs' promises that the issuer built in."""
    return carried(extension(certificate, x509.PrecertificateSignedCertificateTimestamps) or ())


def _addresses(point: x509.DistributionPoint) -> Iterator[x509.UniformResourceIdentifier]:
    for name in point.full_name or ():
        if isinstance(name, x509.UniformResourceIdentifier):
            yield name


def _is_fetchable(url: str) -> bool:
    """Whether *url* may be kept as it stands: an address that was cut or cleaned would be another one."""
    is_plain = url.isascii() and url.isprintable() and " " not in url and len(url) <= _MAX_URL
    return is_plain and url.lower().startswith(("http://", "https://"))
