"""What stands behind a ServerHello in clear text, up to TLS 1.2: certificates, staple, key exchange. Pure.

No signature is verified here, and no certificate looked into: `checks.x509` does that.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from checks.tls.codes import TLS12
from checks.tls.cursor import Cursor, Malformed
from checks.tls.serverhello import ServerHello
from checks.tls.suites import suite_name

MAX_CERTIFICATES = 20
_OCSP = 1
_NAMED_CURVE = 3
_ELLIPTIC = re.compile(r"TLS_(ECDHE_|ECDH_anon_|CECPQ1_)")
_FINITE = re.compile(r"TLS_(DHE_|DH_anon_)")
_EXPORTED = re.compile(r"TLS_RSA_EXPORT")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyExchange:
    """How a server would agree on a key, as far as its ServerKeyExchange says.

    *group* is the named curve of an exchange over one; *dh_bits* the size of the prime of one over a finite field;
    *rsa_bits* that of a temporary RSA key, which only export suites have; *scheme* what the server signed this with,
    which it says from TLS 1.2 on.
    """

    group: int | None = None
    dh_bits: int | None = None
    rsa_bits: int | None = None
    scheme: int | None = None


def read_certificates(body: bytes) -> tuple[bytes, ...]:
    """The certificates, as DER, leaf first (RFC 5246, section 7.4.2). Raises `Malformed`."""
    cursor, found = Cursor(body), list[bytes]()
    certificates = Cursor(cursor.vector(3))
    cursor.finish()
    while certificates:
        found.append(certificates.vector(3))
        if len(found) > MAX_CERTIFICATES or not found[-1]:
            msg = "a certificate in it is empty" if not found[-1] else f"it has more than {MAX_CERTIFICATES} certificates"
            raise Malformed(msg)
    return tuple(found)


def read_staple(body: bytes) -> bytes:
    """The OCSP response, as DER; empty for a status of another kind (RFC 6066, section 8). Raises `Malformed`."""
    cursor = Cursor(body)
    return cursor.vector(3) if cursor.number(1) == _OCSP else b""


def read_key_exchange(body: bytes, choice: ServerHello) -> KeyExchange:
    """The parameters of *choice*'s key exchange (RFC 5246, section 7.4.3; RFC 8422, section 5.4). Raises `Malformed`.

    Kinds that nobody can ask for without a secret of their own are passed over.
    """
    name, cursor = suite_name(choice.suite), Cursor(body)
    if _ELLIPTIC.search(name):
        if cursor.number(1) != _NAMED_CURVE:
            return KeyExchange()  # A curve spelt out, which RFC 8422 forbids: there is no name to report.
        group = cursor.number(2)
        cursor.vector(1)
        return KeyExchange(group=group, scheme=_scheme(cursor, choice, name))
    if _FINITE.search(name):
        prime, _, _ = cursor.vector(2), cursor.vector(2), cursor.vector(2)
        return KeyExchange(dh_bits=_bits(prime), scheme=_scheme(cursor, choice, name))
    if _EXPORTED.search(name):
        modulus, _ = cursor.vector(2), cursor.vector(2)
        return KeyExchange(rsa_bits=_bits(modulus), scheme=_scheme(cursor, choice, name))
    return KeyExchange()


def _scheme(cursor: Cursor, choice: ServerHello, name: str) -> int | None:
    """The signature scheme at *cursor*: there is one from TLS 1.2 on, unless nobody signs."""
    return cursor.number(2) if choice.version >= TLS12 and "_anon_" not in name else None


def _bits(number: bytes) -> int:
    return int.from_bytes(number).bit_length()
