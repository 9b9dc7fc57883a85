"""Roots to trust, out of the text of a PEM file: all of them or none.

A bundle that lost a part trusts less than its owner thinks, and would say so only as downtime of some vendors.
"""

from __future__ import annotations

import binascii
import re
import warnings

from cryptography.utils import CryptographyDeprecationWarning

from checks.x509.trust import Roots

_BEGIN = b"-----BEGIN CERTIFICATE-----"
_CERTIFICATE = re.compile(_BEGIN + rb"([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----")


def roots(pem: bytes) -> Roots:
    """The certificates of *pem* as roots. Raises `ValueError` when there is none, or one that cannot be read."""
    with warnings.catch_warnings():
        # A root that cryptography only frowns at is still what the file's owner wants to trust.
        warnings.simplefilter("ignore", CryptographyDeprecationWarning)
        return Roots(certificates(pem))


def certificates(pem: bytes) -> list[bytes]:
    """The certificates of *pem* (RFC 7468, section 5) as DER, whatever stands between them. Raises `ValueError`."""
    bodies = _CERTIFICATE.findall(pem)
    begun = pem.count(_BEGIN)
    if not begun:
        msg = "no certificate in PEM form (-----BEGIN CERTIFICATE-----) in it"
        raise ValueError(msg)
    if len(bodies) < begun:
        msg = f"of {begun} certificates that begin in it {begun - len(bodies)} cannot be read to the end"
        raise ValueError(msg)
    return [_der(number, body) for number, body in enumerate(bodies, 1)]


def _der(number: int, body: bytes) -> bytes:
    try:
        return binascii.a2b_base64(body)
    except binascii.Error as error:
        msg = f"trusted root {number} is not Base64: {error}"
        raise ValueError(msg) from error
