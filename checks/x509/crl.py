"""Lists of revoked certificates (RFC 5280, section 5): read, verified with the issuer's key, and asked for one number.

Taken are whole lists of an issuer, and parts of one that are found where the certificate says (Let's Encrypt's are such).
Lists that speak for other issuers, of changes only or for some reasons only are refused: no silence of theirs acquits.
"""

from __future__ import annotations

import binascii
from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import AsymmetricPadding

from checks.foreign import one_line
from checks.x509.extensions import extension
from checks.x509.reading import called, load
from checks.x509.revocation import Revoked, word
from checks.x509.signatures import signed

MAX_LIST_BYTES = 8_000_000
"""The longest list looked at; one of 100,000 certificates has about five million bytes."""
_MAX_URLS = 20
_BEGIN, _END = b"-----BEGIN X509 CRL-----", b"-----END X509 CRL-----"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RevocationList:
    """A list whose signature has been verified.

    *urls* are the places whose part of the issuer's certificates it covers, as certificates name them; empty for a list of
    all. Its silence acquits only a certificate that it covers, and only while it is not stale. Of a list of 100,000
    certificates little more is kept than its bytes, and a `find` reads through them in about 10 ms.
    """

    this_update: datetime
    next_update: datetime | None
    urls: tuple[str, ...]
    _listed: x509.CertificateRevocationList = field(repr=False)

    def __len__(self) -> int:
        return len(self._listed)

    def find(self, serial: str) -> Revoked | None:
        """When and why the certificate with a serial number, in hexadecimal, was revoked, if it was.

        It counts even in a list that is out of date, for nobody takes that back.
        """
        number = int(serial, 16)
        # No authority may give out a negative number, and the library cannot look for one.
        entry = self._listed.get_revoked_certificate_by_serial_number(number) if number >= 0 else None
        return None if entry is None else Revoked(entry.revocation_date_utc, _reason(entry))


def read_crl(body: bytes, issuer: bytes) -> RevocationList:
    """The list in *body*, DER or PEM, made by whom the certificate *issuer*, in DER, belongs to.

    Raises `ValueError`, with a sentence about the list as "it", when it cannot be read, is of somebody else, is not signed
    by the issuer's key, or is of a kind that cannot tell whether a server's certificate was revoked.
    """
    der = _der(body)
    listed = _parsed(der)
    _require_issuer(listed, der, load(issuer))
    urls = _part(listed)
    return RevocationList(
        this_update=listed.last_update_utc,
        next_update=listed.next_update_utc,
        urls=urls,
        _listed=listed,
    )


def _der(body: bytes) -> bytes:
    if len(body) > MAX_LIST_BYTES:
        msg = f"it has {len(body):,} bytes, more than the {MAX_LIST_BYTES:,} that are looked at"
        raise ValueError(msg)
    _, begun, rest = body.partition(_BEGIN)
    if not begun:
        return body
    try:
        return binascii.a2b_base64(rest.partition(_END)[0])
    except binascii.Error as error:
        msg = f"it is not Base64: {error}"
        raise ValueError(msg) from error


def _parsed(der: bytes) -> x509.CertificateRevocationList:
    """A list of which every field that counts has been read once: the library parses lazily, but for the entries."""
    try:
        listed = x509.load_der_x509_crl(der)
        listed.issuer.rfc4514_string()
        _ = listed.last_update_utc, listed.next_update_utc
        _ = [found.value for found in listed.extensions]
    except Exception as error:  # What hostile bytes raise is not in the library's contract.
        msg = f"it is not a list of revoked certificates: {one_line(str(error)) or type(error).__name__}"
        raise ValueError(msg) from error
    return listed


def _require_issuer(listed: x509.CertificateRevocationList, der: bytes, issuer: x509.Certificate) -> None:
    if listed.issuer != issuer.subject:
        msg = f"it is a list of {called(listed.issuer)}, not of {called(issuer.subject)}"
        raise ValueError(msg)
    usage = extension(issuer, x509.KeyUsage)
    if usage is not None and not usage.crl_sign:
        msg = f"{called(issuer.subject)} may not sign lists of revoked certificates (key usage)"
        raise ValueError(msg)
    if not _is_signed(listed, der, issuer):
        msg = f"its signature is not that of {called(issuer.subject)}"
        raise ValueError(msg)


def _is_signed(listed: x509.CertificateRevocationList, der: bytes, issuer: x509.Certificate) -> bool:
    try:
        key, algorithm = issuer.public_key(), listed.signature_hash_algorithm
        scheme = listed.signature_algorithm_parameters
    except (UnsupportedAlgorithm, ValueError):
        return False
    padding = scheme if isinstance(scheme, AsymmetricPadding) else None
    return signed(key, listed.signature, _first_element(der), algorithm, padding)


def _first_element(der: bytes) -> bytes:
    """The first element of a structure that has been parsed: what is signed. The library would write it anew, slowly."""
    start = _content(der, 0)
    content = _content(der, start)
    return der[start : content + _length(der, start)]


def _content(der: bytes, start: int) -> int:
    """Where the content of the element at *start* begins."""
    first = der[start + 1]
    return start + 2 + (first & 0x7F if first & 0x80 else 0)


def _length(der: bytes, start: int) -> int:
    """How long the content of the element at *start* is."""
    first = der[start + 1]
    return int.from_bytes(der[start + 2 : _content(der, start)], "big") if first & 0x80 else first


def _part(listed: x509.CertificateRevocationList) -> tuple[str, ...]:
    """The places whose certificates the list covers. Raises `ValueError` for a kind of list that nothing follows from."""
    places: tuple[str, ...] = ()
    for found in listed.extensions:
        match found.value:
            case x509.DeltaCRLIndicator():
                msg = "it tells only what has changed since another list"
                raise ValueError(msg)
            case x509.UnrecognizedExtension() if found.critical:
                msg = f"it demands what nobody here knows (critical extension {found.oid.dotted_string[:60]})"
                raise ValueError(msg)
            case x509.IssuingDistributionPoint() as scope:
                places = _places(scope)
    return places


def _places(scope: x509.IssuingDistributionPoint) -> tuple[str, ...]:
    """Where the part of the certificates is that a list is about (RFC 5280, section 5.2.5); empty when it is about all."""
    if narrowing := _narrowing(scope):
        msg = f"it is a list {narrowing}"
        raise ValueError(msg)
    names = scope.full_name or []
    urls = tuple(name.value for name in names if isinstance(name, x509.UniformResourceIdentifier))
    if (scope.relative_name or names) and not urls:
        msg = "it covers a part of the certificates that no address names"
        raise ValueError(msg)
    return urls[:_MAX_URLS]


def _narrowing(scope: x509.IssuingDistributionPoint) -> str:
    """What keeps a list from telling whether a server's certificate was revoked; empty for nothing."""
    if scope.indirect_crl:
        return "of several issuers (indirect)"
    if scope.only_contains_ca_certs:
        return "of authorities' certificates only"
    if scope.only_contains_attribute_certs:
        return "of attribute certificates only"
    return "of certificates revoked for some reasons only" if scope.only_some_reasons else ""


def _reason(entry: x509.RevokedCertificate) -> str:
    """The reason that stands beside an entry; empty where there is none that can be read: it is revoked all the same."""
    try:
        return word(entry.extensions.get_extension_for_class(x509.CRLReason).value.reason)
    except Exception:  # noqa: BLE001 - what strange extensions raise is not in the library's contract
        return ""
