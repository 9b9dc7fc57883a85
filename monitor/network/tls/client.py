"""The client's side of a connection: what it offers, what it lets pass, and what it takes note of."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from OpenSSL import SSL

from checks.hosts import is_address

_ASKED = b"SSLv3/TLS read server certificate request"
"""The state in which OpenSSL is once it has read a CertificateRequest, of TLS 1.2 or 1.3 (``SSL_state_string_long``)."""
_FATAL = 2
"""The level of an alert that ends a session (RFC 5246, section 7.2)."""
_WARY = b"DEFAULT:@SECLEVEL=2"
_CURIOUS = b"DEFAULT:@SECLEVEL=0"


class Offer(Enum):
    """The protocols offered for inside a session (RFC 7301), in the order of preference, and OpenSSL's suites and level."""

    HTTP1 = ((b"http/1.1",), _WARY)
    """What requests are sent by."""
    LOOK = ((b"http/1.1",), _CURIOUS)
    """What requests offer, to see what the peer shows them."""
    NEWEST = ((b"h2", b"http/1.1"), _CURIOUS)
    """What a browser offers, to see what the peer takes."""


@dataclass(slots=True)
class Told:
    """What a peer has said so far that OpenSSL does not keep. *name* is the server name that it was told, if any."""

    name: str
    staple: bytes = b""
    asks: bool = False
    alert: int | None = None
    """The number of the alert that ended the session."""


def context(offer: Offer) -> SSL.Context:
    """What all connections with one offer have in common."""
    protocols, suites = offer.value
    made = SSL.Context(SSL.TLS_CLIENT_METHOD)
    made.set_min_proto_version(SSL.TLS1_2_VERSION)
    made.set_cipher_list(suites)
    made.set_options(SSL.OP_LEGACY_SERVER_CONNECT)
    made.set_session_cache_mode(SSL.SESS_CACHE_OFF)
    made.set_mode(SSL.MODE_RELEASE_BUFFERS)  # An idle connection need not hold some 34 kB of buffers.
    made.set_alpn_protos(list(protocols))
    made.set_ocsp_client_callback(_keep_staple)
    made.set_info_callback(_notice)
    return made


def client(within: SSL.Context, host: str, *, staple: bool) -> tuple[SSL.Connection, Told]:
    """A connection to *host* before its first word, and where what the peer says will be noted."""
    told = Told("" if is_address(host) else host.rstrip("."))  # An address is no server name (RFC 6066, section 3).
    connection = SSL.Connection(within, None)
    connection.set_app_data(told)
    if staple:
        connection.request_ocsp()
    if told.name:
        connection.set_tlsext_host_name(told.name.encode("ascii"))
    connection.set_connect_state()
    return connection, told


def told_by(connection: SSL.Connection) -> Told:
    """What the peer at the other end of *connection* has said so far."""
    told: Told = connection.get_app_data()
    return told


def _keep_staple(connection: SSL.Connection, staple: bytes, _: object) -> bool:
    """Keep the OCSP response that came with the certificate, if one did; what it is worth is judged elsewhere."""
    told_by(connection).staple = staple
    return True


def _notice(connection: SSL.Connection, where: int, number: int) -> None:
    """Note a request for our certificate, and the alert that ends the session, which comes with its level above its code."""
    if where == SSL.SSL_CB_CONNECT_LOOP and connection.get_state_string() == _ASKED:
        told_by(connection).asks = True
    elif where == SSL.SSL_CB_READ_ALERT and number >> 8 == _FATAL:
        told_by(connection).alert = number & 0xFF
